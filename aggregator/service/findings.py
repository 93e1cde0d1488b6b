"""What a search for feeds begins with, and what it ends with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.candidates import Rank
from aggregator.core.feed_addresses import feed_address
from aggregator.core.freshness import DEAD_AFTER, Freshness
from aggregator.core.text import clean_line, shorten
from aggregator.core.urls import normalise
from aggregator.errors import UsageError
from aggregator.types import ParsedFeed

_WITH_SCHEME = re.compile(r"(?:[a-z]{2,8}:(?://)?)?https?://", re.IGNORECASE)
_READER_SCHEME = re.compile(r"(?:feed|itpc|itms|pcast|podcast|rss):(?://)?", re.IGNORECASE)
_OF_THE_FORMAT = re.compile(
    r"(?:\s*[-–—|:»·]\s*|\s+\(|\s+)(?:RSS|Atom|JSON)(?:[ -]?feeds?)?\)?\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that was fetched and read."""

    url: str
    """What to follow: where redirects lead for good, else what was asked."""
    parsed: ParsedFeed
    freshness: Freshness
    rank: Rank
    why: str
    """How it was found, a sentence."""
    name: str
    """What it calls itself, else what the page calls it; empty: nothing."""
    also: tuple[str, ...] = ()
    """Further addresses of the same feed, as far as they are known."""

    def is_alive(self, now: datetime) -> bool:
        """Whether somebody still seems to write it."""
        latest = self.freshness.latest_at
        return bool(self.freshness.items) and (latest is None or now - latest <= DEAD_AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A candidate that was asked and is no feed."""

    url: str
    why: str
    """Why it was asked, a sentence."""
    error: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    typed: str
    url: str
    """What was made of it."""
    feeds: tuple[FoundFeed, ...]
    """Those that are alive first, then the likeliest."""
    misses: tuple[Miss, ...]
    """In the order in which they were asked."""
    requests: int
    trouble: str | None
    """Why the address itself could not be had, a sentence; None: it could."""


def addresses(typed: str) -> tuple[str, ...]:
    """The addresses that somebody may mean, to be tried one after the other.

    Without a scheme that is https, then http; `feed:` and its like only call a reader. Raises
    UsageError for what is no web address, and for one with a login, which has its own place.
    """
    text = typed.strip().replace("&amp;", "&")
    bare = _READER_SCHEME.sub("", text, count=1)
    if _WITH_SCHEME.match(text):
        meant = [feed_address(text)]
    elif re.match(r"[\w+.-]+://", bare):
        meant = []
    else:
        meant = [normalise(f"{scheme}://{bare}") for scheme in ("https", "http")]
    found = tuple(url for url in meant if url)
    if "@" in (text.partition("://")[2] or bare).partition("/")[0]:
        raise UsageError(
            "the address holds a user name or password; leave it out, and give the source a "
            "`login` in feeds.yaml"
        )
    if not found or " " in text:
        raise UsageError(
            f"“{shorten(text, 100)}” is no web address; give one such as example.org or "
            "https://example.org/feed.xml"
        )
    return found


def format_name(code: str) -> str:
    """What a format is called, as in "RSS 2.0"; `code` is that of `ParsedFeed.format`."""
    match = re.fullmatch(r"(rss|atom|json|cdf)([0-9]?)([0-9]*)", code)
    if match is None:
        return {"sitemap-news": "news sitemap", "page": "web page"}.get(code, code)
    family = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed", "cdf": "CDF"}[match[1]]
    version = f" {match[2]}.{match[3] or 0}" if match[2] else ""
    return family + version


def own_name(feed: FoundFeed) -> str:
    """What it calls itself, without what only says that it is a feed."""
    title = clean_line(feed.name)
    return _OF_THE_FORMAT.sub("", title) or title
