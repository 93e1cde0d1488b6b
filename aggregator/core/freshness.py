"""How alive a feed is, told from what it holds: for choosing among candidates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.entries import entry_keys
from aggregator.types import ParsedEntry, ParsedFeed

WINDOW = timedelta(days=28)
"""The rate is that of the last four weeks, or of as far as the feed goes back."""
MIN_SPAN = timedelta(days=1)
"""A feed whose items are all of one hour tells no more than that of one day."""
DEAD_AFTER = timedelta(days=180)
SHARED = 0.5
"""Share of the smaller feed's items that another has too, for them to be the same feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    items: int
    latest_at: datetime | None
    """Of the newest item, never later than now; None: no item has a date."""
    per_week: float | None
    """New items a week, lately; None: no item has a date."""
    says: str
    """All that in words, as in "12 items, about 8 a week, the newest 3 hours old"."""


def judge(parsed: ParsedFeed, now: datetime) -> Freshness:
    dates = sorted(
        min(entry.published_at, now) for entry in parsed.entries if entry.published_at is not None
    )
    items = len(parsed.entries)
    counted = "1 item" if items == 1 else f"{items:,} items"
    if not items:
        return Freshness(items=0, latest_at=None, per_week=None, says="no items")
    if not dates:
        return Freshness(
            items=items, latest_at=None, per_week=None, says=f"{counted}, none with a date"
        )
    span = max(min(now - dates[0], WINDOW), MIN_SPAN)
    recent = sum(1 for date in dates if date >= now - WINDOW)
    per_week = recent / (span / timedelta(weeks=1))
    age = now - dates[-1]
    rate = f"about {_round(per_week)} a week, " if recent else ""
    dead = ", so nobody may write it any more" if age > DEAD_AFTER else ""
    return Freshness(
        items=items,
        latest_at=dates[-1],
        per_week=per_week,
        says=f"{counted}, {rate}the newest {_age(age)} old{dead}",
    )


def is_same_feed(one: ParsedFeed, other: ParsedFeed) -> bool:
    """Whether two addresses gave the same feed, perhaps in another format or of another length."""
    smaller, larger = sorted((one, other), key=lambda feed: len(feed.entries))
    if not smaller.entries:
        return not larger.entries and (one.title, one.site_url) == (other.title, other.site_url)
    known = frozenset().union(*(_names(entry, larger) for entry in larger.entries))
    shared = sum(1 for entry in smaller.entries if not known.isdisjoint(_names(entry, smaller)))
    return shared >= SHARED * len(smaller.entries)


def _names(entry: ParsedEntry, feed: ParsedFeed) -> frozenset[str]:
    """By which an entry is known in any format: its identifiers, else its title."""
    keys = {key for key in entry_keys(entry, feed) if not key.startswith("t:")}
    return frozenset(keys or {f"title:{entry.title}"})


def _round(value: float) -> str:
    return f"{value:.1g}" if value < 1 else f"{value:,.0f}"


def _age(age: timedelta) -> str:
    for unit, size in (
        ("year", timedelta(days=365)),
        ("month", timedelta(days=30)),
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
    ):
        number = age // size
        if number:
            return f"1 {unit}" if number == 1 else f"{number} {unit}s"
    return "less than an hour"
