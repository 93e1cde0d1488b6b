"""How many articles match, and whose and when they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from aggregator.core.language_tags import primary_subtag
from aggregator.storage.search_pages import Finder, seen
from aggregator.storage.sql import Session, ids
from aggregator.types import SearchCounts

ENOUGH = 20_000
"""Articles; what is read together with the one that makes them enough is counted as a whole."""

_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)
# Rounded down, also before 1970.
_COUNTED = """
    SELECT a.source_id, a.language, (a.at - ((a.at % {day}) + {day}) % {day}) / {day} AS day,
      count(*) AS articles
    FROM articles a WHERE a.id IN ({found}) GROUP BY 1, 2, 3
"""
_NAMES = "SELECT id, name FROM sources WHERE id IN {ids}"


def counts(session: Session, finder: Finder, *, most: int) -> SearchCounts:
    total = 0
    by_source: Counter[int] = Counter()
    by_day: Counter[int] = Counter()
    by_language: Counter[str] = Counter()
    first = 0
    counted_from: datetime | None = None
    for lowest, statement, params in finder.walk():
        if total >= ENOUGH:
            counted_from = seen(session, first)
            break
        for row in session.rows(_COUNTED.format(day=_DAY, found=statement), params):
            articles = row["articles"]
            total += articles
            by_source[row["source_id"]] += articles
            by_day[row["day"]] += articles
            by_language[primary_subtag(row["language"] or "")] += articles
        first = lowest
    return SearchCounts(
        articles=total,
        by_source=_named(session, by_source, most),
        by_day=tuple((_EPOCH + timedelta(days=day), by_day[day]) for day in sorted(by_day)),
        by_language=_most(by_language.items(), most),
        counted_from=counted_from,
    )


def _named(session: Session, by_source: Counter[int], most: int) -> tuple[tuple[str, int], ...]:
    """Sources of one name, of which at most one is still polled, are one."""
    names = {row["id"]: row["name"] for row in session.rows(_NAMES.format(ids=ids(by_source)))}
    by_name: Counter[str] = Counter()
    for source_id, articles in by_source.items():
        by_name[names[source_id]] += articles
    return _most(by_name.items(), most)


def _most(counted: Iterable[tuple[str, int]], most: int) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted, key=lambda one: (-one[1], one[0]))[:most])
