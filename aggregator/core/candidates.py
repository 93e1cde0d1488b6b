"""What may be a feed, before it has been asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Rank(IntEnum):
    """In which order candidates are tried: what the page says, what addresses say, what most do."""

    ANNOUNCED = 90
    KNOWN_SITE = 85
    AMBIGUOUS = 75
    """Announced with a type that other things have too, such as application/json."""
    LINKED = 70
    READER = 65
    """Inside a link to a reader."""
    NAMED = 60
    """A link whose text says that it is a feed."""
    SYSTEM = 50
    UNNAMED = 45
    """Announced with such a type, and called a feed nowhere."""
    FOREIGN = 40
    """A link to a feed of another host."""
    NAMED_NEWS_SITEMAP = 36
    NEWS_SITEMAP = 35
    COMMON = 30
    NAMED_SITEMAP = 21
    SITEMAP = 20
    COMMENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed."""

    url: str
    rank: Rank
    why: str
    """A sentence."""
    title: str = ""
    """As the page calls it; empty: it does not."""
    guessed: bool = False
    """Neither the page nor robots.txt names it."""
    also: tuple[str, ...] = ()
    """The same in other formats or under other addresses, as far as the addresses tell."""
