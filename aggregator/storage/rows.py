"""Rows to types and back: times, lists, and the columns of lists of articles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from aggregator import codec
from aggregator.storage.sql import Row
from aggregator.types import ArticleSummary, PageKind

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
