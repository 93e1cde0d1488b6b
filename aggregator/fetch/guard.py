"""Which addresses may be reached: public ones, and those that the configuration opens.

Whoever writes a feed, a page or a redirect chooses what is asked next; without this, they could
have the machine ask its own services, its neighbours or the cloud's metadata (SSRF). The decision
is made about the address that is connected to, not about a name, which may mean another address a
moment later. `network.py` asks for it at every connection.

The `is_global` of the standard library is not what is needed here. In every version up to 3.13 it
calls multicast (224.0.0.0/4, ff00::/8), site-local (fec0::/10), IPv4-compatible (::127.0.0.1),
documentation (3fff::/20), unallocated space and a NAT64 address of 127.0.0.1 global; until the
releases of 2024 also 192.0.0.0/24, 64:ff9b:1::/48 and 6to4 (2002::/16). So the registries of IANA
are written down here.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from aggregator.core.urls import host_key

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry and multicast-addresses
_SPECIAL_4 = [
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private network"),
        ("100.64.0.0/10", "shared address space"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "the platform of Azure"),  # public by number only
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private network"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private network"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
]
# https://www.iana.org/assignments/iana-ipv6-special-registry
_SPECIAL_6 = [
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "this host"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("2001::/32", "Teredo"),
        ("2001:2::/48", "benchmarking"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private network"),
        ("ff00::/8", "multicast"),
    )
]
_UNICAST_6 = IPv6Network("2000::/3")  # all that IANA gives out
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
# As the URL standard tells addresses from names: by the last label.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE | re.ASCII)
# Names that never lead to the public (RFC 6761, 6762, 8375 and the reservation of .internal).
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "home.arpa")


def is_public(address: str | Address) -> bool:
    """Whether an address is one of the public internet. Raises ValueError for what is none."""
    return _special(_parsed(address)) is None


def literal(host: str) -> Address | None:
    """The address that a host stands for by itself; None: it is a name, to be looked up.

    Reads every form that resolvers read: 127.1, 0x7f000001, 0177.0.0.1 and 2130706433 are all
    127.0.0.1. Raises ValueError for what ends in a number and is none of them: no name does.
    """
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        if not _NUMBER.fullmatch(host.rpartition(".")[2]):
            return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        raise ValueError(f"{host} is neither a name nor an address") from None


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses all but public addresses and what was opened. Make it with `allowing`."""

    _names: frozenset[tuple[str, int | None]]
    """(host, port); None: every port."""
    _networks: tuple[tuple[Network, int | None], ...]

    @classmethod
    def allowing(cls, allow: Iterable[str] = ()) -> Guard:
        """`allow`: host names (themselves only, wherever they lead), addresses and networks.

        A name or an address may have a port, which is then the only one that is open. Raises
        ValueError, with a sentence, for what is none of these.
        """
        names: set[tuple[str, int | None]] = set()
        networks: list[tuple[Network, int | None]] = []
        for entry in allow:
            opened, port = _read(entry.strip())
            if isinstance(opened, str):
                names.add((opened, port))
            else:
                networks.append((opened, port))
        return cls(frozenset(names), tuple(networks))

    def refusal(self, host: str, port: int, address: str | Address) -> str | None:
        """Why `host` is not asked at `address`, as a sentence; None: it may be."""
        parsed = _parsed(address)
        kind = _special(parsed)
        if kind is None or self._opens(host, port) or self._opens_address(parsed, port):
            return None
        if literal(host) is not None:
            return (
                f"{_shown(host, parsed)} is not asked, for it is not public ({kind}); {_cure(host)}"
            )
        return (
            f"{host} is not asked, for its address {parsed} is not public ({kind}); {_cure(host)}"
        )

    def refusal_unresolved(self, host: str, port: int) -> str | None:
        """The same when a proxy will look `host` up, so that only the host itself can be judged.

        What a public name leads to is then the proxy's affair. Numbers are only let through in
        their usual form, for proxies differ in how they read 010.0.0.1.
        """
        if self._opens(host, port):
            return None
        address = literal(host)
        if address is None:
            local = "." not in host or host.endswith(tuple(f".{name}" for name in _LOCAL_SUFFIXES))
            return f"{host} is not asked, for it is a local name; {_cure(host)}" if local else None
        if isinstance(address, IPv4Address) and str(address) != host:
            return f"{host} is not asked, for it is an unusual way to write {address}"
        return self.refusal(host, port, address)

    def _opens(self, host: str, port: int) -> bool:
        name = host.lower().removesuffix(".")
        return (name, None) in self._names or (name, port) in self._names

    def _opens_address(self, address: Address, port: int) -> bool:
        forms = {address, _unmapped(address)}
        return any(
            form in network and opened in {None, port}
            for network, opened in self._networks
            for form in forms
        )


def _special(address: Address) -> str | None:
    """What kind of address it is; None: a public one."""
    address = _unmapped(address)
    if isinstance(address, IPv6Address) and address in _NAT64:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _SPECIAL_4 if address in network), None)
    for network, kind in _SPECIAL_6:
        if address in network:
            return kind
    return None if address in _UNICAST_6 else "reserved"


def _unmapped(address: Address) -> Address:
    """Connecting to ::ffff:10.0.0.1 is connecting to 10.0.0.1."""
    if isinstance(address, IPv6Address) and address in _MAPPED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _parsed(address: str | Address) -> Address:
    return ip_address(address) if isinstance(address, str) else address


def _shown(host: str, address: Address) -> str:
    return host if host.strip("[]") == str(address) else f"{host} (which is {address})"


def _cure(host: str) -> str:
    return f'add "{host}" to `allow` in the configuration to open it'


def _read(entry: str) -> tuple[str | Network, int | None]:
    """(a host name, or the addresses meant; the port, None: all)."""
    if "/" in entry and "://" not in entry:
        return _read_network(entry), None
    host, port = _host_and_port(entry)
    try:
        address = literal(host)
    except ValueError:
        raise _unreadable(entry) from None
    if address is not None:
        return ip_network(address), port
    name = host_key(f"http://{host}/") if host else ""
    if not name or ":" in name or set(host) & set("@/\\?#"):
        raise _unreadable(entry)
    return name, port


def _read_network(entry: str) -> Network:
    try:
        return ip_network(entry)
    except ValueError:
        pass
    try:
        wide = ip_network(entry, strict=False)
    except ValueError:
        raise _unreadable(entry) from None
    raise ValueError(f"{entry} is an address in the network {wide}; give one or the other")


def _host_and_port(entry: str) -> tuple[str, int | None]:
    bracketed = entry.startswith("[")
    host, colon, port = entry.rpartition(":")
    if not colon or (bracketed and not host.endswith("]")) or (not bracketed and ":" in host):
        return entry, None  # no port, or an IPv6 address
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        raise _unreadable(entry)
    return host, int(port)


def _unreadable(entry: str) -> ValueError:
    return ValueError(
        f"{entry!r} is no host, address or network;"
        " give such as intranet.example.org, 127.0.0.1:8080 or 10.0.0.0/8"
    )
