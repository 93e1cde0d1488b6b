"""What a reader marks, and who may ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Of an article."""

    read: bool
    starred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamQuery:
    """Which articles a reader's app asks for: all conditions hold."""

    source_ids: frozenset[int] | None = None
    """None: of all sources."""
    unread: bool | None = None
    """True: unread only; False: read only; None: both."""
    starred: bool = False
    """Starred only."""
    copies: bool = True
    """False: without what is a copy, or the same again, in its story."""
    above: int | None = None
    """Ids greater than this; None: no bound."""
    below: int | None = None
    """Ids smaller than this; None: no bound."""
    since: datetime | None = None
    """First seen then or later; None: no bound."""
    until: datetime | None = None
    """First seen before; None: no bound."""
    newest_first: bool = True
    """By id, which grows with when an article was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamItem:
    article_id: int
    source_id: int
    first_seen_at: datetime
    read: bool
    starred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Of a source."""

    articles: int
    newest_at: datetime
    """When the newest of them was first seen."""


class Scope(StrEnum):
    """What may be done; each includes those before it."""

    READ = "read"
    """Look at everything."""
    MARK = "mark"
    """Mark as read, and star."""
    ADMIN = "admin"
    """Change sources, watches, stories and digests."""

    def includes(self, other: Scope) -> bool:
        order = tuple(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a program or an app shows instead of the password. Only hashes are stored."""

    token_id: int
    """0: it is not stored yet."""
    name: str
    """Unique."""
    scope: Scope
    hash: bytes = field(repr=False)
    """SHA-256 of the token, which is 256 bits of chance and needs no slower one."""
    fever_hash: bytes = field(repr=False)
    """SHA-256 of the hexadecimal MD5 of `NAME:TOKEN`, which Fever's clients send."""
    created_at: datetime
    used_at: datetime | None = None
    """As of some minutes; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """Somebody who has logged in with a browser."""

    hash: bytes = field(repr=False)
    """SHA-256 of what the cookie holds."""
    created_at: datetime
    seen_at: datetime
    """As of some minutes."""
    agent: str
    """The browser, as it calls itself; shortened."""
