"""What watches have caught: each thing once, told or still to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from aggregator.storage.rows import from_us, span_to_us, storable, to_us
from aggregator.storage.sql import Row, Session, chunks, ids, insert, marks
from aggregator.storage.watches import FROM_ARTICLES, ITEM, go_on
from aggregator.types import NoticeItem, Relation, WatchCursor, WatchHit

KEPT = timedelta(days=90)
"""How long it is known what was caught: longer than anything comes again."""

_STORY = "story:"

_COLUMNS = ("watch", "subject", "article_id", "source_id", "snippet", "at")
_PUT = insert("watch_hits", _COLUMNS, "ON CONFLICT (subject, watch) DO NOTHING")
_KNOWN = "SELECT watch, subject FROM watch_hits WHERE subject IN {subjects}"
# Stories change their ids, when their first article is taken out or they are made anew.
_KNOWN_STORIES = """
    SELECT DISTINCT h.watch, a.story_id FROM articles a JOIN watch_hits h ON h.article_id = a.id
    WHERE a.story_id IN {ids}
"""
_OPEN = "SELECT * FROM watch_hits WHERE told_at IS NULL {only}"
_CAUGHT = """
    SELECT article_id, watch FROM watch_hits
    WHERE at >= ? AND at < ? AND article_id IS NOT NULL
"""
_TOLD = f"SELECT {ITEM} {FROM_ARTICLES} WHERE a.id IN {{ids}}"
_SOURCES = "SELECT id, name, site_url, url FROM sources WHERE id IN {ids}"
_OLD = """
    DELETE FROM watch_hits WHERE at < (SELECT max(l.at) FROM watch_hits l) - ?
      AND (article_id IS NOT NULL OR EXISTS (
        SELECT 1 FROM watch_hits l WHERE l.at > watch_hits.at AND l.article_id IS NULL
          AND l.source_id = watch_hits.source_id AND l.watch = watch_hits.watch
      ))
"""
"""Of a source that is silent for years it must stay known that this was told."""


def record_hits(session: Session, hits: Sequence[WatchHit], *, cursor: WatchCursor | None) -> int:
    """A story is known to a watch when any article of it is that was caught before."""
    session.alone("watches")
    new = _unknown(session, hits)
    session.many(
        _PUT,
        [
            (
                hit.watch,
                hit.subject,
                hit.article_id,
                hit.source_id,
                storable(hit.snippet),
                to_us(hit.at),
            )
            for hit in new
        ],
    )
    if cursor is not None:
        go_on(session, cursor)
    return len(new)


def _unknown(session: Session, hits: Sequence[WatchHit]) -> list[WatchHit]:
    """The first of each (watch, subject) that is not stored."""
    wanted = {(hit.watch, hit.subject): hit for hit in reversed(hits)}
    known: set[tuple[str, str]] = set()
    for chunk in chunks(sorted({subject for _, subject in wanted})):
        for row in session.rows(_KNOWN.format(subjects=marks(chunk)), chunk):
            known.add((row["watch"], row["subject"]))
    stories = {
        int(subject.removeprefix(_STORY)) for _, subject in wanted if subject.startswith(_STORY)
    }
    for numbers in chunks(sorted(stories)):
        for row in session.rows(_KNOWN_STORIES.format(ids=ids(numbers))):
            known.add((row["watch"], f"{_STORY}{row['story_id']}"))
    return [hit for key, hit in reversed(wanted.items()) if key not in known]


def open_hits(session: Session, watches: Collection[str] | None) -> list[WatchHit]:
    if watches is None:
        rows = list(session.rows(_OPEN.format(only="")))
    else:
        rows = [
            row
            for chunk in chunks(sorted(watches))
            for row in session.rows(_OPEN.format(only=f"AND watch IN {marks(chunk)}"), chunk)
        ]
    return [_hit(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


def _hit(row: Row) -> WatchHit:
    return WatchHit(
        watch=row["watch"],
        subject=row["subject"],
        article_id=row["article_id"],
        source_id=row["source_id"],
        snippet=row["snippet"],
        at=from_us(row["at"]),
    )


def caught(session: Session, *, since: datetime, until: datetime) -> dict[int, frozenset[str]]:
    watches: dict[int, set[str]] = {}
    for row in session.rows(_CAUGHT, (to_us(since), to_us(until))):
        watches.setdefault(row["article_id"], set()).add(row["watch"])
    return {article_id: frozenset(names) for article_id, names in watches.items()}


def notice_items(session: Session, hits: Sequence[WatchHit]) -> list[NoticeItem]:
    articles = _by_id(session, _TOLD, {one.article_id for one in hits if one.article_id})
    sources = _by_id(session, _SOURCES, {one.source_id for one in hits if one.article_id is None})
    items = []
    for hit in hits:
        if hit.article_id is not None and hit.article_id in articles:
            items.append(_told(articles[hit.article_id], hit))
        elif hit.article_id is None and hit.source_id in sources:
            items.append(_silent(sources[hit.source_id], hit))
    return items


def _by_id(session: Session, statement: str, wanted: Iterable[int]) -> dict[int, Row]:
    return {
        row["id"]: row
        for chunk in chunks(sorted(wanted))
        for row in session.rows(statement.format(ids=ids(chunk)))
    }


def _told(row: Row, hit: WatchHit) -> NoticeItem:
    in_story = row["relation"] is not None
    return NoticeItem(
        headline=row["title"],
        source=row["name"],
        at=from_us(row["at"]),
        url=row["url"],
        snippet=hit.snippet,
        article_id=row["id"],
        story_id=row["story_id"],
        outlets=row["outlets"] if in_story else 1,
        relation=Relation(row["relation"]) if in_story else None,
    )


def _silent(row: Row, hit: WatchHit) -> NoticeItem:
    return NoticeItem(
        headline=f"{row['name']} is silent",
        source=row["name"],
        at=hit.at,
        url=row["site_url"],
        snippet=hit.snippet,
        article_id=None,
        story_id=None,
        outlets=1,
        relation=None,
    )


def drop_old(session: Session) -> None:
    """Times count from the latest hit."""
    session.alone("watches")
    session.run(_OLD, (span_to_us(KEPT),))
