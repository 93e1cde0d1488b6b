"""Which watches there are, what they look at, and how far they have looked.

A cursor goes through the assignments in their order, which is the order of their commits: they are
all made under one lock. A second one goes through the articles by id for those that have no story
long after they came, most of them since their pages are slow; what it misses, as it was stored late
by a slow transaction, comes with its assignment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from aggregator.storage.grouping import texts_of
from aggregator.storage.notices import end_notices
from aggregator.storage.rows import from_us, span_to_us, strings, to_us
from aggregator.storage.sql import Row, Session, chunks, insert, marks
from aggregator.types import Relation, WatchCursor, WatchItem

FRESH = timedelta(days=3)
"""What had been published for longer when it was first seen is an archive's, and no news."""
FRESH_AT_FIRST = timedelta(days=1)
"""The same for what comes with the first reading of a feed; there, what has no date is no news."""
STALE = timedelta(days=7)
"""What was first seen longer ago is no news, even if its text or its story changes."""
_TEXTS_AT_A_TIME = 50
_MOST_TEXT = 2_000_000
"""Characters taken at once, about."""
_CURSOR = "SELECT key, value FROM meta WHERE key IN ('watch_seq', 'watch_article')"
_LATEST = """
    SELECT coalesce((SELECT max(seq) FROM assignments), 0) AS seq,
      coalesce((SELECT max(id) FROM articles), 0) AS article_id
"""
# Whoever was slow does not put it back.
_GO_ON = """
    INSERT INTO meta (key, value) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE meta.value < excluded.value
"""
ITEM = """
    a.id, a.story_id, a.source_id, s.name, s.tags, a.url, a.title, a.authors, a.language,
    a.image_url, a.at, a.first_seen_at, a.published_at, a.unseen_at, x.relation, o.outlets,
    o.first_at
"""
_ASSIGNED = f"""
    SELECT x.seq, {ITEM} FROM assignments x
    JOIN articles a ON a.id = x.article_id
    JOIN sources s ON s.id = a.source_id
    LEFT JOIN stories o ON o.id = x.story_id
    WHERE x.seq > ? ORDER BY x.seq LIMIT ?
"""  # noqa: S608 - the columns are above
FROM_ARTICLES = """
    FROM articles a
    JOIN sources s ON s.id = a.source_id
    LEFT JOIN assignments x ON x.article_id = a.id
    LEFT JOIN stories o ON o.id = x.story_id
"""
_ALONE = f"""
    SELECT {ITEM} {FROM_ARTICLES} WHERE a.id > ? AND a.id <= ? AND a.story_id IS NULL
    ORDER BY a.id LIMIT ?
"""
_OF_STORY = f"""
    SELECT {ITEM} {FROM_ARTICLES} WHERE a.story_id = ? ORDER BY a.at, a.id LIMIT ?
"""
# Not simply min(id): PostgreSQL would look for the first by id, which may be at the other end.
_YOUNGEST = "SELECT min(a.id + 0) AS id FROM articles a WHERE a.first_seen_at > ?"

_SET_UP = insert("watches", ("name", "since_id", "set_up_at"), "ON CONFLICT (name) DO NOTHING")
_FORGET = (
    "DELETE FROM watches WHERE name IN {names}",
    "DELETE FROM watch_hits WHERE told_at IS NULL AND watch IN {names}",
)


# --- which watches there are


def since(session: Session) -> dict[str, int]:
    """Of each watch that is set up, the last article that it does not look at."""
    return {row["name"]: row["since_id"] for row in session.rows("SELECT * FROM watches")}


def sync_watches(
    session: Session, names: Collection[str], channels: Collection[str], *, now: datetime
) -> dict[str, int]:
    """See `protocol.Storage`. The first watch of all begins with what comes from now on."""
    session.alone("watches")
    known = since(session)
    latest = latest_cursor(session)
    if not known and names:
        go_on(session, latest)
    last = latest.article_id
    added = sorted(set(names) - known.keys())
    session.many(_SET_UP, [(name, last, to_us(now)) for name in added])
    for chunk in chunks(sorted(known.keys() - set(names))):
        for statement in _FORGET:
            session.run(statement.format(names=marks(chunk)), chunk)
    end_notices(session, watches=names, channels=channels)
    return {name: known.get(name, last) for name in names}


# --- looking


def watch_cursor(session: Session) -> WatchCursor:
    found = {row["key"]: row["value"] for row in session.rows(_CURSOR)}
    if not found:
        return latest_cursor(session)
    return WatchCursor(seq=found["watch_seq"], article_id=found["watch_article"])


def latest_cursor(session: Session) -> WatchCursor:
    row = session.row(_LATEST)
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return WatchCursor(seq=row["seq"], article_id=row["article_id"])


def go_on(session: Session, cursor: WatchCursor) -> None:
    session.run(_GO_ON, ("watch_seq", cursor.seq))
    session.run(_GO_ON, ("watch_article", cursor.article_id))


def to_watch(
    session: Session, cursor: WatchCursor, *, limit: int, now: datetime, patience: timedelta
) -> tuple[list[WatchItem], WatchCursor]:
    """Rows that are no news are passed over before their texts are read."""
    rows = session.rows(_ASSIGNED, (cursor.seq, limit))
    items, taken = _items(session, rows, now)
    seq = rows[taken - 1]["seq"] if taken else cursor.seq
    article_id = cursor.article_id
    if taken == len(rows) < limit:
        room = limit - len(rows)
        last = max(article_id, _last_before(session, now - patience))
        rows = session.rows(_ALONE, (article_id, last, room))
        waiting, taken = _items(session, rows, now)
        items += waiting
        article_id = rows[taken - 1]["id"] if taken < len(rows) or taken == room else last
    return items, WatchCursor(seq=seq, article_id=article_id)


def _last_before(session: Session, at: datetime) -> int:
    """The last article of those that, as all before them, were first seen until then."""
    youngest = session.row(_YOUNGEST, (to_us(at),))
    if youngest is not None and youngest["id"] is not None:
        return int(youngest["id"]) - 1
    return latest_cursor(session).article_id


def watch_items(session: Session, story_id: int, *, limit: int) -> list[WatchItem]:
    rows = session.rows(_OF_STORY, (story_id, limit))
    texts = texts_of(session, [row["id"] for row in rows])
    return [_item(row, texts[row["id"]]) for row in rows]


def _items(session: Session, rows: Sequence[Row], now: datetime) -> tuple[list[WatchItem], int]:
    """Those of the first rows that are news, up to where their texts are long enough, and how many
    rows that were: at least one, if there are any."""
    items: list[WatchItem] = []
    size = taken = 0
    for chunk in chunks(rows, _TEXTS_AT_A_TIME):
        if size > _MOST_TEXT:
            break
        news = [row for row in chunk if _is_news(row, to_us(now))]
        texts = texts_of(session, [row["id"] for row in news])
        size += sum(map(len, texts.values()))
        items += [_item(row, texts[row["id"]]) for row in news]
        taken += len(chunk)
    return items, taken


def _is_news(row: Row, now: int) -> bool:
    seen = row["first_seen_at"]
    if seen < now - span_to_us(STALE):
        return False
    if row["unseen_at"] is not None:
        return bool(row["at"] >= seen - span_to_us(FRESH))
    dated = row["published_at"] is not None
    return dated and bool(row["at"] >= seen - span_to_us(FRESH_AT_FIRST))


def _item(row: Row, text: str) -> WatchItem:
    in_story = row["relation"] is not None
    return WatchItem(
        article_id=row["id"],
        story_id=row["story_id"],
        relation=Relation(row["relation"]) if in_story else None,
        outlets=row["outlets"] if in_story else 1,
        is_first=in_story and row["at"] == row["first_at"],
        source_id=row["source_id"],
        source=row["name"],
        tags=strings(row["tags"]),
        url=row["url"],
        title=row["title"],
        text=text,
        authors=strings(row["authors"]),
        language=row["language"],
        image_url=row["image_url"],
        at=from_us(row["at"]),
        first_seen_at=from_us(row["first_seen_at"]),
    )
