"""IP addresses, as peers and configurations write them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address


def ip_of(text: str) -> IPv4Address | IPv6Address | None:
    """Without brackets; an IPv6 address that stands for an IPv4 one is that one. None: it is no
    address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
