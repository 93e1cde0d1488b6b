"""What a reader's app lists, and how much came from each source day by day.

An app asks for the newest or the oldest ids under some conditions, up to ten thousand at a time.
They are looked for from the sources, in the index by source and id, in one span of ids after the
other, each some times as long as the one before: most answers lie in the first one, and what is
rare is found without sorting everything on the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nlargest, nsmallest

from aggregator.storage.marks import MARKED, READ
from aggregator.storage.read_or_not import FIRST_OF_EACH
from aggregator.storage.rows import from_us, to_us
from aggregator.storage.sql import Row, Session, ids
from aggregator.types import Relation, StreamItem, StreamQuery

_FIRST_SPAN = 1_000
"""Ids, at least; else twice as many as are wanted."""
_LONGER = 8
_SLACK = timedelta(hours=1)
"""By how much the order of ids and that in which articles were first seen may differ: polls that
were recorded late, and clocks."""
_DAY = 24 * 60 * 60 * 1_000_000

_COLUMNS = f"""
    a.id, a.source_id, a.first_seen_at, {READ} AS read,
    CASE WHEN t.article_id IS NULL THEN 0 ELSE 1 END AS starred
"""
_REST = """
    LEFT JOIN read_marks r ON r.article_id = a.id
    LEFT JOIN stars t ON t.article_id = a.id
"""
_SPAN = f"""
    SELECT {_COLUMNS} FROM sources s LEFT JOIN read_until u ON u.source_id = s.id
    CROSS JOIN articles a {_REST}
    WHERE a.source_id = s.id AND a.id > {{above}} AND a.id > :above AND a.id < :below {{conditions}}
    ORDER BY a.id {{order}} LIMIT :limit
"""  # noqa: S608 - the parts are above
# What has been passed cannot be unread but by a mark of its own: see _SAVED. SQLite begins there,
# source by source; PostgreSQL, which does not know how little there is beyond, takes the span.
_ABOVE_READ = "CASE WHEN u.article_id > :above THEN u.article_id ELSE :above END"
_SAVED = f"""
    SELECT {_COLUMNS} FROM articles a {MARKED} LEFT JOIN stars t ON t.article_id = a.id
    WHERE a.id IN (SELECT m.article_id FROM read_marks m WHERE m.read = 0)
      AND a.id <= coalesce(u.article_id, 0) AND a.id > :above AND a.id < :below {{conditions}}
    ORDER BY a.id {{order}} LIMIT :limit
"""  # noqa: S608 - the parts are above
_STARRED = f"""
    SELECT {_COLUMNS} FROM articles a {MARKED} LEFT JOIN stars t ON t.article_id = a.id
    WHERE a.id IN (SELECT m.article_id FROM stars m)
      AND a.id > :above AND a.id < :below {{conditions}}
    ORDER BY a.id {{order}} LIMIT :limit
"""  # noqa: S608 - the parts are above
_NO_COPY = f"""
    AND NOT EXISTS (
      SELECT 1 FROM assignments x WHERE x.article_id = a.id
        AND x.relation IN ('{Relation.COPY.value}', '{Relation.SAME.value}')
    )
"""  # noqa: S608 - the parts are above
_ENDS = """
    SELECT (SELECT min(id) FROM articles) AS first, (SELECT max(id) FROM articles) AS last
"""
_LAST_READ = """
    SELECT coalesce((SELECT max(article_id) FROM read_until), 0) AS passed,
      coalesce((SELECT max(article_id) FROM read_marks WHERE read = 1), 0) AS marked
"""
_SEEN_FROM = """
    SELECT id FROM articles WHERE first_seen_at >= ? ORDER BY first_seen_at, id LIMIT 1
"""
_SEEN_BEFORE = """
    SELECT id FROM articles WHERE first_seen_at < ? ORDER BY first_seen_at DESC, id DESC LIMIT 1
"""
_FIRST_UNREAD = f"SELECT min(o.id) AS id FROM ({FIRST_OF_EACH}) o"  # noqa: S608 - it is ours
_DAILY = f"""
    SELECT s.id, a.first_seen_at / {_DAY} AS day, count(*) AS articles
    FROM sources s CROSS JOIN articles a
    WHERE a.source_id = s.id AND a.id > ? AND a.first_seen_at >= ? {{of_sources}}
    GROUP BY s.id, a.first_seen_at / {_DAY}
"""  # noqa: S608 - the parts are above


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """Ids between these, neither included."""

    above: int
    below: int


def stream(session: Session, query: StreamQuery, *, limit: int) -> list[StreamItem]:
    bounds = _bounds(session, query)
    if bounds.above + 1 >= bounds.below:  # they may be numbers that no database holds
        return []
    if query.starred:
        rows = _ask(session, _STARRED, query, bounds, limit)
    else:
        rows = _spans(session, query, bounds, limit)
        if query.unread:
            saved = _ask(session, _SAVED, query, bounds, limit)
            best = nlargest if query.newest_first else nsmallest
            rows = best(limit, [*rows, *saved], key=lambda row: int(row["id"]))
    return list(map(_item, rows))


def _bounds(session: Session, query: StreamQuery) -> _Bounds:
    """Of all that can be in the answer."""
    row = session.row(_ENDS)
    if row is None or row["last"] is None:
        return _Bounds(above=0, below=0)
    above, below = [row["first"] - 1], [row["last"] + 1]
    if query.above is not None:
        above.append(query.above)
    if query.below is not None:
        below.append(query.below)
    if query.since is not None:
        above.append(seen_before(session, query.since))
    if query.until is not None:
        later = session.row(_SEEN_FROM, (to_us(query.until + _SLACK),))
        if later is not None:
            below.append(later["id"])
    return _Bounds(above=max(above), below=min(below))


def seen_before(session: Session, at: datetime) -> int:
    """An article, all later ones than which have greater ids if they were first seen since then."""
    row = session.row(_SEEN_BEFORE, (to_us(at - _SLACK),))
    return 0 if row is None else int(row["id"])


def _spans(session: Session, query: StreamQuery, bounds: _Bounds, limit: int) -> list[Row]:
    if query.unread:
        bounds = _from_first_unread(session, query, bounds)
    if query.unread is False and query.newest_first:
        bounds = _to_last_read(session, bounds)
    rows: list[Row] = []
    for span in _in_order(bounds, max(_FIRST_SPAN, 2 * limit), newest=query.newest_first):
        rows += _ask(session, _SPAN, query, span, limit - len(rows))
        if len(rows) >= limit:
            break
    return rows


def _in_order(bounds: _Bounds, size: int, *, newest: bool) -> Iterator[_Bounds]:
    above, below = bounds.above, bounds.below
    while above + 1 < below:
        if newest:
            start = max(above, below - 1 - size)
            yield _Bounds(above=start, below=below)
            below = start + 1
        else:
            end = min(below, above + 1 + size)
            yield _Bounds(above=above, below=end)
            above = end - 1
        size *= _LONGER


def _from_first_unread(session: Session, query: StreamQuery, bounds: _Bounds) -> _Bounds:
    statement = _FIRST_UNREAD.format(of_sources=_of_sources(query, "s.id"))
    row = session.row(statement)
    if row is None or row["id"] is None:
        return _Bounds(above=0, below=0)
    return _Bounds(above=max(bounds.above, row["id"] - 1), below=bounds.below)


def _to_last_read(session: Session, bounds: _Bounds) -> _Bounds:
    row = session.row(_LAST_READ)
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return _Bounds(
        above=bounds.above, below=min(bounds.below, max(row["passed"], row["marked"]) + 1)
    )


def _ask(
    session: Session, statement: str, query: StreamQuery, bounds: _Bounds, limit: int
) -> Sequence[Row]:
    params: dict[str, object] = {"above": bounds.above, "below": bounds.below, "limit": limit}
    conditions = [_of_sources(query, "s.id" if statement is _SPAN else "a.source_id")]
    if query.unread is not None:
        conditions.append(f"AND {READ} = {0 if query.unread else 1}")
    if query.starred:
        conditions.append("AND t.article_id IS NOT NULL")
    if not query.copies:
        conditions.append(_NO_COPY)
    if query.since is not None:
        conditions.append("AND a.first_seen_at >= :since")
        params["since"] = to_us(query.since)
    if query.until is not None:
        conditions.append("AND a.first_seen_at < :until")
        params["until"] = to_us(query.until)
    sql = statement.format(
        above=_ABOVE_READ if query.unread else ":above",
        conditions=" ".join(conditions),
        order="DESC" if query.newest_first else "ASC",
    )
    return session.rows(sql, params)


def _of_sources(query: StreamQuery, column: str) -> str:
    return "" if query.source_ids is None else f"AND {column} IN {ids(query.source_ids)}"


def _item(row: Row) -> StreamItem:
    return StreamItem(
        article_id=row["id"],
        source_id=row["source_id"],
        first_seen_at=from_us(row["first_seen_at"]),
        read=bool(row["read"]),
        starred=bool(row["starred"]),
    )


def daily_counts(
    session: Session, *, since: datetime, only: Collection[int] | None
) -> dict[int, dict[date, int]]:
    days: dict[int, date] = {}
    counts: dict[int, dict[date, int]] = {}
    statement = _DAILY.format(of_sources="" if only is None else f"AND s.id IN {ids(only)}")
    for row in session.rows(statement, (seen_before(session, since), to_us(since))):
        day = row["day"]
        if day not in days:
            days[day] = from_us(day * _DAY).date()
        counts.setdefault(row["id"], {})[days[day]] = row["articles"]
    return counts
