"""What grouping reads: articles that await a story, those they are compared with, and those that
are looked at once more.

An article that a person has placed with another one waits until that one has a story: it has no
place before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.storage.assignment_rows import ASSIGNMENT_COLUMNS, assignment
from aggregator.storage.printed import from_data
from aggregator.storage.rows import from_us, span_to_us, to_us
from aggregator.storage.source_rows import manners
from aggregator.storage.sql import Row, Session, chunks, ids, marks
from aggregator.types import Assignment, GroupInput, Regrouped, Unassigned

_WAITING = """
    a.id, s.name, a.title, a.url, a.at, a.text_version, s.grouped, s.never_join,
    coalesce(s.language, a.language) AS language, p.with_id, w.story_id AS placed_in
"""
_PLACED = """
    LEFT JOIN placements p ON p.article_id = a.id
    LEFT JOIN articles w ON w.id = p.with_id
"""
# The order first: sorting would carry the texts along.
_UNASSIGNED = f"""
    SELECT {_WAITING} FROM articles a JOIN sources s ON s.id = a.source_id {_PLACED}
    WHERE a.story_id IS NULL AND a.text_state <> 'pending'
      AND (p.with_id IS NULL OR p.with_id = a.id OR w.story_id IS NOT NULL)
    ORDER BY a.at, s.name, coalesce(a.url, ''), a.title, a.id LIMIT ?
"""  # noqa: S608 - the parts are above
_REGROUPED = f"""
    SELECT x.seq, {ASSIGNMENT_COLUMNS}, {_WAITING}
    FROM assignments x
    JOIN articles a ON a.id = x.article_id
    JOIN sources s ON s.id = a.source_id {_PLACED}
    WHERE x.seq > ? {{since}} ORDER BY x.seq LIMIT ?
"""  # noqa: S608 - the same
_TEXTS = "SELECT article_id, text FROM texts WHERE article_id IN {ids}"
_TEXTS_AT_A_TIME = 20
_MOST_TEXT = 2_000_000
"""Characters taken at once, about: a feed may bring thousands of long texts."""
_NEWEST = """
    SELECT newest.at FROM fingerprints newest
    JOIN assignments x ON x.article_id = newest.article_id
    ORDER BY newest.at DESC LIMIT 1
"""
_WINDOW = """
    SELECT x.article_id FROM assignments x
    WHERE x.article_id IN (SELECT f.article_id FROM fingerprints f WHERE f.at >= ?) ORDER BY x.seq
"""
_WINDOW_CHUNK = """
    SELECT a.id, s.name, f.at, f.data, s.grouped, s.never_join, {columns}
    FROM assignments x
    JOIN articles a ON a.id = x.article_id
    JOIN sources s ON s.id = a.source_id
    JOIN fingerprints f ON f.article_id = a.id
    WHERE x.article_id IN {ids} ORDER BY x.seq
"""
# Of few articles at a time and very often: with parameters the statement is read once.
_RECALL = """
    SELECT a.id, s.name, f.at, f.data, s.grouped, s.never_join,
      p.with_id, w.story_id AS placed_in
    FROM fingerprints f
    JOIN articles a ON a.id = f.article_id
    JOIN sources s ON s.id = a.source_id {placed}
    WHERE f.article_id IN {marks}
"""


def unassigned(session: Session, *, limit: int) -> list[Unassigned]:
    return _with_texts(session, session.rows(_UNASSIGNED, (limit,)))


def regrouped(
    session: Session, *, after: int, limit: int, since: datetime | None
) -> list[Regrouped]:
    bound = "" if since is None else "AND a.at >= ?"
    params = (after, limit) if since is None else (after, to_us(since), limit)
    rows = session.rows(_REGROUPED.format(since=bound), params)
    return [
        Regrouped(article=article, seq=row["seq"], before=assignment(row))
        # The texts end where there are enough of them.
        for row, article in zip(rows, _with_texts(session, rows), strict=False)
    ]


def _with_texts(session: Session, rows: Sequence[Row]) -> list[Unassigned]:
    """The first of them, up to where their texts are long enough."""
    found: list[Unassigned] = []
    size = 0
    for chunk in chunks(rows, _TEXTS_AT_A_TIME):
        if size > _MOST_TEXT:
            break
        texts = texts_of(session, [row["id"] for row in chunk])
        size += sum(len(text) for text in texts.values())
        found += [_unassigned(row, texts[row["id"]]) for row in chunk]
    return found


def texts_of(session: Session, article_ids: Collection[int]) -> Mapping[int, str]:
    """By article."""
    rows = session.rows(_TEXTS.format(ids=ids(article_ids)))
    return {row["article_id"]: row["text"] for row in rows}


def _unassigned(row: Row, text: str) -> Unassigned:
    return Unassigned(
        article_id=row["id"],
        source=row["name"],
        title=row["title"],
        url=row["url"],
        at=from_us(row["at"]),
        language=row["language"],
        text=text,
        version=row["text_version"],
        manners=manners(row["grouped"], row["never_join"]),
        placed_with=row["with_id"],
        placed_in=row["placed_in"],
    )


def newest(session: Session) -> int | None:
    """The time of the newest article that has a story; None: there is none."""
    row = session.row(_NEWEST)
    return None if row is None else int(row["at"])


def beyond(session: Session, span: timedelta) -> int:
    """The time before which no fingerprint is needed: `span` before the newest article's."""
    latest = newest(session)
    return 0 if latest is None else latest - span_to_us(span)


def taken_out(session: Session) -> list[int]:
    return [row["article_id"] for row in session.rows("SELECT article_id FROM taken_out")]


def window(session: Session, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
    """The order first, from the indexes alone; then the fingerprints, a chunk at a time."""
    order = [row["article_id"] for row in session.rows(_WINDOW, (beyond(session, span),))]
    for chunk in chunks(order):
        for row in session.rows(_WINDOW_CHUNK.format(columns=ASSIGNMENT_COLUMNS, ids=ids(chunk))):
            yield _kept(row), assignment(row)


def recall(session: Session, article_ids: Collection[int]) -> list[GroupInput]:
    return [
        replace(_kept(row), placed_with=row["with_id"], placed_in=row["placed_in"])
        for chunk in chunks(tuple(article_ids))
        for row in session.rows(_RECALL.format(placed=_PLACED, marks=marks(chunk)), chunk)
    ]


def _kept(row: Row) -> GroupInput:
    printed = from_data(row["data"])
    return GroupInput(
        article_id=row["id"],
        source=row["name"],
        title=printed.title,
        url=printed.url,
        at=from_us(row["at"]),
        fingerprint=printed.fingerprint,
        manners=manners(row["grouped"], row["never_join"]),
    )
