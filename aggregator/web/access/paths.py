"""What is open to everybody, because it shows nothing or asks by itself who comes."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_OPEN = frozenset({"/login", "/healthz", "/readyz", "/favicon.ico", "/robots.txt"})
_OPEN_BELOW = ("/static/", "/img/", "/feeds/", "/feeds.opml")
"""Pictures have addresses that are signed, and those of feeds may have a token in them."""
_PROBES = frozenset({"/healthz", "/readyz"})
_CLIENTS = ("/api/greader.php", "/accounts/", "/reader/", "/fever")
"""What readers' apps speak, each with a way of its own to log in."""
_FOR_PROGRAMS = ("/api/", "/feeds", "/metrics", "/img/", "/healthz", "/readyz", *_CLIENTS)


def is_open(path: str) -> bool:
    return path in _OPEN or path.startswith(_OPEN_BELOW) or is_for_clients(path)


def is_probe(path: str) -> bool:
    """Whether it says only that the program is well: to whoever asks, by whatever name they call
    it, and though the database that knows visitors is away."""
    return path in _PROBES


def is_for_clients(path: str) -> bool:
    return path.startswith(_CLIENTS)


def is_for_programs(path: str) -> bool:
    """Whether errors there are JSON whoever asks."""
    return path.startswith(_FOR_PROGRAMS)


def login_before(path: str, query: str) -> str:
    """The address of the page to log in on the way to another."""
    return f"/login?next={quote(f'{path}?{query}' if query else path, safe='/')}"


def local(address: str) -> str:
    """Where to go after logging in: a path of ours, or the first page for everything else."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return "/"
    if any(ord(character) < 0x21 or ord(character) == 0x7F for character in address):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else address
