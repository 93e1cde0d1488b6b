"""The address of a proxy, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

from aggregator.core.urls import host_key

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """Where a proxy is and how to log in there; as text it shows no password."""

    scheme: str
    """http, https or socks5; names are looked up by the proxy in every case."""
    host: str
    """A name, or an address without brackets."""
    port: int
    login: tuple[bytes, bytes] | None = field(repr=False)
    """User and password; None: it asks for none."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @classmethod
    def parse(cls, url: str) -> Proxy:
        """Raises ValueError, with a sentence that does not repeat the address: it has secrets."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise _unusable() from None
        scheme = parts.scheme.lower()
        netloc = host_key(f"http://{parts.hostname and _bracketed(parts.hostname)}/")
        if scheme not in _PORTS or not parts.hostname or not netloc or parts.path.strip("/"):
            raise _unusable()
        login = None
        if parts.username:
            login = unquote_to_bytes(parts.username), unquote_to_bytes(parts.password or "")
        return cls(
            scheme=scheme.removesuffix("h"),
            host=netloc.strip("[]"),
            port=port or _PORTS[scheme],
            login=login,
        )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _unusable() -> ValueError:
    return ValueError(
        "the address of the proxy cannot be used; give one such as"
        " http://proxy.example.org:3128 or socks5://user:password@proxy.example.org:1080"
    )
