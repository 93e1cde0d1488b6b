"""Rows to sources and to what is known of their feeds."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from aggregator.storage.rows import (
    from_us,
    from_us_or_none,
    object_or_none,
    pairs,
    strings,
)
from aggregator.storage.sql import Row
from aggregator.types import (
    FeedState,
    Manners,
    Pace,
    PagePolicy,
    PageRules,
    PageSelectors,
    PollHints,
    Source,
)

SOURCE_COLUMNS = (
    "s.id, s.name, s.url, s.tags, s.language, s.interval_us, s.pages, s.weight, s.headers, "
    "s.etag, s.last_modified, s.body_hash, s.next_poll_at, s.hold_until, s.last_poll_at, "
    "s.last_ok_at, s.last_error, s.last_status, s.failures, s.title, s.site_url, "
    "s.max_interval_us, s.respect_robots, s.proxy, s.selectors, s.why, s.not_before_at, "
    "s.pace, s.hints, s.address, s.moved_to, s.moved_times, s.gone_at, s.retired_at, s.rules, "
    "s.grouped, s.never_join"
)


def source(row: Row) -> Source:
    return Source(
        name=row["name"],
        url=row["url"],
        tags=strings(row["tags"]),
        language=row["language"],
        interval=timedelta(microseconds=row["interval_us"]),
        pages=PagePolicy(row["pages"]),
        weight=row["weight"],
        headers=pairs(row["headers"]),
        max_interval=None
        if row["max_interval_us"] is None
        else timedelta(microseconds=row["max_interval_us"]),
        respect_robots=bool(row["respect_robots"]),
        proxy=row["proxy"],
        selectors=object_or_none(row["selectors"], PageSelectors),
        rules=object_or_none(row["rules"], PageRules),
        manners=manners(row["grouped"], row["never_join"]),
    )


@lru_cache(maxsize=1_024)
def manners(grouped: int, never_join: str) -> Manners:
    """Of a source's columns; the same ones for every article of it."""
    return Manners(grouped=bool(grouped), never_join=frozenset(strings(never_join)))


def feed_state(row: Row) -> FeedState:
    return FeedState(
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        next_poll_at=from_us(row["next_poll_at"]),
        hold_until=from_us_or_none(row["hold_until"]),
        last_poll_at=from_us_or_none(row["last_poll_at"]),
        last_ok_at=from_us_or_none(row["last_ok_at"]),
        last_error=row["last_error"],
        last_status=row["last_status"],
        failures=row["failures"],
        title=row["title"],
        site_url=row["site_url"],
        why=row["why"],
        not_before_at=from_us_or_none(row["not_before_at"]),
        pace=object_or_none(row["pace"], Pace),
        hints=object_or_none(row["hints"], PollHints),
        address=row["address"],
        moved_to=row["moved_to"],
        moved_times=row["moved_times"],
        gone_at=from_us_or_none(row["gone_at"]),
        retired_at=from_us_or_none(row["retired_at"]),
    )
