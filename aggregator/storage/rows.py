"""Rows to types and back: times, lists, and the columns that several verbs read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from aggregator import codec
from aggregator.storage.sql import Row
from aggregator.types import (
    ArticleSummary,
    Assignment,
    FeedState,
    Manners,
    Pace,
    PageKind,
    PagePolicy,
    PageRules,
    PageSelectors,
    PollHints,
    Relation,
    Source,
)

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(at: datetime) -> int:
    """Microseconds since 1970 UTC of an aware time."""
    return (at - _EPOCH) // _MICROSECOND


def to_us_or_none(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def from_us(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def from_us_or_none(us: int | None) -> datetime | None:
    return None if us is None else _EPOCH + timedelta(microseconds=us)


def span_to_us(span: timedelta) -> int:
    return span // _MICROSECOND


def storable(text: str) -> str:
    """Without NUL, which PostgreSQL's texts cannot hold: every database stores the same."""
    return text.replace("\0", "") if "\0" in text else text


def storable_or_none(text: str | None) -> str | None:
    return None if text is None else storable(text)


def to_json(items: Sequence[object]) -> str:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")) if items else "[]"


def objects_to_json(items: Sequence[object]) -> str:
    """Dataclasses, without what they leave out."""
    if not items:
        return "[]"
    given = [
        {name: value for name, value in json.loads(codec.to_json(item)).items() if value}
        for item in items
    ]
    return storable(to_json(given))


def objects(value: str, kind: type[T]) -> T:
    """What `objects_to_json` wrote."""
    return codec.from_json(value, kind)


def strings(value: str) -> tuple[str, ...]:
    """A JSON list of strings."""
    return () if value == "[]" else tuple(json.loads(value))


def pairs(value: str) -> tuple[tuple[str, str], ...]:
    """A JSON list of pairs of strings."""
    return () if value == "[]" else tuple((first, second) for first, second in json.loads(value))


# --- sources -------------------------------------------------------------------------------------

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


def object_or_none(value: str | None, kind: type[T]) -> T | None:
    """What `codec.to_json` wrote."""
    return None if value is None else codec.from_json(value, kind)


# --- articles ------------------------------------------------------------------------------------

SUMMARY_COLUMNS = (
    "a.id, a.source_id, s.name AS source, a.url, a.title, a.published_at, a.first_seen_at, "
    "a.language, a.story_id, a.kind"
)
"""Of `articles a JOIN sources s`."""


def summary(row: Row) -> ArticleSummary:
    return ArticleSummary(
        article_id=row["id"],
        source_id=row["source_id"],
        source=row["source"],
        url=row["url"],
        title=row["title"],
        published_at=from_us_or_none(row["published_at"]),
        first_seen_at=from_us(row["first_seen_at"]),
        language=row["language"],
        story_id=row["story_id"],
        kind=PageKind(row["kind"]),
    )


ASSIGNMENT_COLUMNS = "x.story_id AS story, x.relation, x.of_id, x.score, x.why, x.continues_id"
"""Of `assignments x`."""


DECIDED = ("story_id", "relation", "of_id", "score", "why", "continues_id")
"""The columns of what has been decided about an article."""


def decided(item: Assignment) -> tuple[object, ...]:
    """Its values for DECIDED."""
    return (
        int(item.story),
        item.relation.value,
        None if item.of is None else int(item.of),
        item.score,
        storable(item.why),
        None if item.continues is None else int(item.continues),
    )


def assignment(row: Row) -> Assignment:
    return Assignment(
        article_id=row["id"],
        story=row["story"],
        relation=Relation(row["relation"]),
        of=row["of_id"],
        score=row["score"],
        why=row["why"],
        continues=row["continues_id"],
    )
