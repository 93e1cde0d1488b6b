"""Header fields: what is sent, and what an answer's fields mean."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

RawHeaders = Iterable[tuple[bytes, bytes]]
"""As they go over the wire; read and written as Latin-1, which keeps every byte."""

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?|")
_MAX_VALIDATOR = 4_096
_MAX_DELAY_DIGITS = 9
_COMMENT_BREAKERS = re.compile(r"[()\\]|[^\x20-\x7e]")
# What a source may set that is no secret, and so goes to whoever a redirect names.
_OPEN = frozenset({"user-agent", "accept", "accept-language"})
# Of which an answer has one; when a server or a cache before it repeats them, the first counts.
_SINGLE = frozenset(
    {"age", "content-type", "date", "expires", "last-modified", "location", "retry-after"}
)


def user_agent(version: str, contact: str | None, *, home: str | None = None) -> str:
    """The User-Agent: product, version, where the program is described (a URL), and whom a
    publisher can ask (an address, or a URL); None: nothing is said."""
    known = [_COMMENT_BREAKERS.sub("", one or "").strip() for one in (home, contact)]
    shown = [f"+{one}" if one.startswith(("http://", "https://")) else one for one in known if one]
    return f"aggregator/{version} ({'; '.join(shown)})" if shown else f"aggregator/{version}"


def merged(*layers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Fields ready to send; a later layer replaces the same names of an earlier one.

    Raises ValueError, with a sentence, when one cannot be sent.
    """
    fields: dict[str, tuple[bytes, bytes]] = {}
    for name, value in (field for layer in layers for field in layer):
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"the request header {name!r} has characters that cannot be sent")
        fields[name.lower()] = (name.encode("ascii"), value.encode("latin-1"))
    return list(fields.values())


def without_secrets(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those that may be sent to an origin other than the one they were meant for."""
    return tuple((name, value) for name, value in fields if name.lower() in _OPEN)


def basic_authorization(userinfo: str) -> tuple[str, str]:
    """The field for the "user:password" of an address (RFC 7617)."""
    user, _, password = userinfo.partition(":")
    login = f"{unquote(user)}:{unquote(password)}".encode()
    return "Authorization", "Basic " + base64.b64encode(login).decode("ascii")


def as_mapping(fields: RawHeaders) -> dict[str, str]:
    """Names in lower case; the values of a repeated field are joined by commas (RFC 9110, 5.3),
    but of those that may not be repeated the first counts."""
    joined: dict[str, list[str]] = {}
    for raw_name, raw_value in fields:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name not in _SINGLE or name not in joined:
            joined.setdefault(name, []).append(value)
    return {name: ", ".join(values) for name, values in joined.items()}


def validator(headers: dict[str, str], name: str) -> str | None:
    """ETag or Last-Modified, byte for byte; None: absent, or nothing that could be sent back."""
    value = headers.get(name)
    if not value or len(value) > _MAX_VALIDATOR or not _VALUE.fullmatch(value):
        return None
    return value


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """How long Retry-After asks to be left alone, from seconds or from a date.

    None: it does not ask, or what it says is in the past or means nothing. There is no upper
    bound here; whoever keeps to it sets one.
    """
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:_MAX_DELAY_DIGITS]))  # 30 years stand for more
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at - now if at > now else None


def declared_length(headers: dict[str, str]) -> int | None:
    """Content-Length in bytes; None: not given, or not a number."""
    value = headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
