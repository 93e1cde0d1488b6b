"""What a request says of how it came here: the name it was sent to, from where, and by whom.

A page elsewhere can give its own name this machine's address after it was loaded (DNS rebinding);
its scripts then reach what listens here, and browsers tell us by which name they were sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from aggregator.config.web import WebConfig, is_loopback
from aggregator.core.ip import ip_of

_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers that proxies add, which are not believed but show that there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    host: str
    """The name or address it was sent to, lowercase, an IPv6 one without brackets."""
    netloc: str
    """The same as it was sent, with the port."""
    address: str
    """Of the machine that asks; through a proxy that is trusted or at this machine, that which it
    names. Only tries of passwords are counted by it: who is let in does not hang on it."""
    local: bool
    """From this machine, and passed on by nobody."""
    secure: bool
    """By https."""
    user: str | None
    """As a trusted proxy says it; None: it says nothing, or is not trusted."""


class WrongHost(Exception):
    """A name that we are not called by; a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def origin_of(connection: HTTPConnection, web: WebConfig) -> Origin:
    """Raises WrongHost."""
    netloc = connection.headers.get("host", "")
    host = _host_of(netloc)
    if host is None:
        raise WrongHost(400, "The request does not say to which host it was sent.")
    if not _is_ours(host, web):
        raise WrongHost(
            421,
            f"This is not called {host[:100]}. If it should be, name it in feeds.yaml, under web:"
            " url or hosts.",
        )
    peer = connection.client.host if connection.client else ""
    trusted = _is_trusted(peer, web)
    return Origin(
        host=host,
        netloc=netloc.lower(),
        address=_first_outside(connection, peer) if trusted or is_loopback(peer) else peer,
        local=is_loopback(peer) and not any(name in connection.headers for name in _PASSED_ON),
        secure=_is_secure(connection, host, web, trusted=trusted),
        user=_user(connection, web) if trusted else None,
    )


def _host_of(netloc: str) -> str | None:
    try:
        parts = urlsplit(f"//{netloc}")
        _ = parts.port  # raises for one that is none
    except ValueError:
        return None
    if parts.netloc != netloc or "@" in netloc or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


def _is_ours(host: str, web: WebConfig) -> bool:
    if is_loopback(host) or host in web.hosts or host == web.url_host:
        return True
    if web.listen is None or web.listen.is_loopback:
        return False
    # No name can be bound to another address here, and an address is none.
    return host == web.listen.host.lower() or ip_of(host) is not None


def _is_trusted(peer: str, web: WebConfig) -> bool:
    if web.proxy is None:
        return False
    address = ip_of(peer)
    return address is not None and any(address in network for network in web.proxy.sources)


def _first_outside(connection: HTTPConnection, peer: str) -> str:
    """Whom the proxy had the request from: what it added last."""
    forwarded = connection.headers.getlist("x-forwarded-for")
    last = forwarded[-1].rpartition(",")[2].strip() if forwarded else ""
    return peer if ip_of(last) is None else last


def _is_secure(connection: HTTPConnection, host: str, web: WebConfig, *, trusted: bool) -> bool:
    if trusted and connection.headers.get("x-forwarded-proto", "").lower() == "https":
        return True
    return host == web.url_host and urlsplit(web.url or "").scheme == "https"


def _user(connection: HTTPConnection, web: WebConfig) -> str | None:
    if web.proxy is None:
        return None
    given = connection.headers.getlist(web.proxy.header)
    # Two of them: one may be what the visitor sent.
    name = given[0].strip() if len(given) == 1 else ""
    return name[:200] or None
