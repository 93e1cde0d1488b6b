"""What others say, without the parts of an address that may be secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

_PARTS = re.compile(r"[/?&=#@:;,+]+")
_SHORTEST = 4
"""Characters: what is shorter is no secret, and would be found in many a word."""


def without_address(text: str, address: str) -> str:
    """The text with "…" for every part of the address that it repeats, but for its host and for
    the names of its parameters."""
    secrets = {piece for piece in _pieces(address) if len(piece) >= _SHORTEST}
    if not secrets:
        return text
    longest_first = sorted(secrets, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "…", text, flags=re.IGNORECASE)


def _pieces(address: str) -> Iterator[str]:
    """Login, path and values, as they are written and as they are meant."""
    rest = address.partition("://")[2]
    before, _, query = rest.partition("?")
    try:
        host = urlsplit(f"http://{before}").hostname or ""
    except ValueError:
        host = ""
    for whole in (before, unquote(before)):
        yield from (piece for piece in _PARTS.split(whole) if piece.lower() != host)
    yield from (value for _, value in parse_qsl(query))
    yield from (pair.partition("=")[2] for pair in query.split("&"))
