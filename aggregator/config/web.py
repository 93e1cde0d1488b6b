"""The page: where it is served, by which names it may be called, and whom to believe."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from aggregator.config.credentials import header_name
from aggregator.config.values import host_name, quote, text, url
from aggregator.core.ip import ip_of

Networks = tuple[IPv4Network | IPv6Network, ...]

_LISTEN = (
    "must be an address and a port, as in 127.0.0.1:8460, an IPv6 address in brackets, as in"
    " [::1]:8460, or off"
)


class ImagePolicy(StrEnum):
    """How pictures of articles come to whoever reads them."""

    PROXY = "proxy"
    """This program fetches them, so that outlets do not see who reads."""
    BLOCK = "block"
    """Not at all."""
    DIRECT = "direct"
    """The browser loads them from the outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Where to listen."""

    host: str
    """An address, an IPv6 one without brackets, or a name."""
    port: int
    """0: any that is free."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedProxy:
    """One that has asked who it is."""

    header: str
    """In which it says who."""
    sources: Networks
    """Where it asks from; from elsewhere the header says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    listen: Listen | None = field(default_factory=lambda: Listen(host="127.0.0.1", port=8460))
    """None: nothing is served."""
    url: str | None = None
    """Where it is as seen from outside, without a slash at the end; None: as it is asked for."""
    hosts: tuple[str, ...] = ()
    """Further names that it may be called by, lowercase."""
    proxy: TrustedProxy | None = None
    images: ImagePolicy = ImagePolicy.PROXY
    title: str = "aggregator"

    @property
    def url_host(self) -> str | None:
        """The name in `url`, lowercase."""
        return None if self.url is None else urlsplit(self.url).hostname


def is_loopback(host: str) -> bool:
    """Whether a name or an address, without brackets, means this machine by itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    address = ip_of(host)
    return address is not None and address.is_loopback


def listen(value: object) -> Listen | None:
    """None for "off"."""
    line = text(value)
    if line.lower() == "off":
        return None
    host, colon, port = line.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if bracketed:
        host = host[1:-1]
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError(_LISTEN)
    if ":" in host:
        if not bracketed or not _is_address(host):
            raise ValueError(_LISTEN)
    elif bracketed:
        raise ValueError(_LISTEN)
    else:
        host = host_name(host)
    return Listen(host=host, port=int(port))


def own_url(value: object) -> str:
    """http or https, a host, and nothing after it: links of pages begin at the root."""
    address = url(value)
    parts = urlsplit(address)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must end after the host and the port, as in https://news.example.org")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    return f"{parts.scheme}://{parts.netloc}"


def host(value: object) -> str:
    """A name without a port."""
    line = text(value)
    if "/" in line or ":" in line:
        raise ValueError(f"must be a name without a port, such as news.home, not {quote(line)}")
    return host_name(line).lower().rstrip(".")


def proxy_header(value: object) -> str:
    name = header_name(value)
    if name.lower() in ("authorization", "cookie", "host", "x-forwarded-for", "forwarded"):
        raise ValueError("must be one that only the proxy sets, such as Remote-User")
    return name


def network(value: object) -> IPv4Network | IPv6Network:
    line = text(value)
    try:
        found = ip_network(line, strict=False)
    except ValueError:
        raise ValueError(
            f"must be an address or a network, such as 127.0.0.1 or 172.18.0.0/16, not"
            f" {quote(line)}"
        ) from None
    if found.prefixlen == 0:
        raise ValueError("would believe everybody; name the address of the proxy")
    return found


def any_network(found: Networks) -> Networks:
    if not found:
        raise ValueError("is empty; give the address of the proxy, from: 127.0.0.1")
    return found


def _is_address(line: str) -> bool:
    try:
        ip_address(line)
    except ValueError:
        return False
    return True
