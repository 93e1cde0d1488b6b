"""What a person has read.

Everything of a source up to some article is read (`read_until`), unless an article says otherwise
itself (`read_marks`). An article says so only where it differs: what `read_until` has passed needs
no row to be read, and what it has not passed needs none to be unread. So a reader who has caught up
leaves nothing behind, and years of articles cost nothing.

Identifiers of a source's articles grow in the order of their commits, since one process at a time
polls it; `read_until` never lies beyond the last one of them, so that what is stored meanwhile is
unread. All that writes here does it alone, the last lock that a transaction asks for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from aggregator.storage.rows import from_us, span_to_us, to_us
from aggregator.storage.sql import Row, Session, chunks, ids, insert
from aggregator.types import Marks, Unread

UNREAD_FOR = timedelta(days=30)
"""What was first seen longer ago is read, whatever was said of it."""

READ = """
    CASE WHEN r.article_id IS NOT NULL THEN r.read
      WHEN a.id <= coalesce(u.article_id, 0) THEN 1 ELSE 0 END
"""
"""1: the article is read. Of `articles a` with the tables of `MARKED`."""
MARKED = """
    LEFT JOIN read_until u ON u.source_id = a.source_id
    LEFT JOIN read_marks r ON r.article_id = a.id
"""
_LARGEST = 2**63 - 1
"""That a database holds."""
_OF = f"""
    SELECT a.id, {READ} AS read, CASE WHEN t.article_id IS NULL THEN 0 ELSE 1 END AS starred
    FROM articles a {MARKED} LEFT JOIN stars t ON t.article_id = a.id WHERE a.id IN {{ids}}
"""  # noqa: S608 - the parts are above
_CHANGED = f"""
    SELECT a.id, CASE WHEN a.id <= coalesce(u.article_id, 0) THEN 1 ELSE 0 END AS passed
    FROM articles a {MARKED} WHERE a.id IN {{ids}} AND {READ} <> ?
"""  # noqa: S608 - the parts are above
_MARK = insert(
    "read_marks",
    ("article_id", "read", "marked_at"),
    "ON CONFLICT (article_id) DO UPDATE SET read = excluded.read, marked_at = excluded.marked_at",
)
_UNMARK = "DELETE FROM read_marks WHERE article_id IN {ids}"

# Every one of these has been passed.
_SAVED = """
    FROM read_marks r CROSS JOIN articles a LEFT JOIN read_until u ON u.source_id = a.source_id
    WHERE r.read = 0 AND a.id = r.article_id AND a.id <= coalesce(u.article_id, 0)
"""
_NOT_READ = "coalesce((SELECT r.read FROM read_marks r WHERE r.article_id = a.id), 0) = 0"
"""Of what lies beyond `read_until`. With EXISTS, PostgreSQL would go through all marks for each
article until it has statistics of them."""

# From each source to what lies beyond `read_until`, in one index: as a join, PostgreSQL would read
# every article.
_COUNT_BEYOND = """
    SELECT s.id, (
      SELECT count(*) FROM articles a WHERE a.source_id = s.id AND a.id > coalesce(u.article_id, 0)
    ) AS articles
    FROM sources s LEFT JOIN read_until u ON u.source_id = s.id
"""
_COUNT_READ = """
    SELECT a.source_id AS id, count(*) AS articles
    FROM read_marks r CROSS JOIN articles a LEFT JOIN read_until u ON u.source_id = a.source_id
    WHERE r.read = 1 AND a.id = r.article_id AND a.id > coalesce(u.article_id, 0)
    GROUP BY a.source_id
"""
_NEWEST = f"""
    SELECT s.id, (
      SELECT a.first_seen_at FROM articles a
      WHERE a.source_id = s.id AND a.id > coalesce(u.article_id, 0) AND {_NOT_READ}
      ORDER BY a.id DESC LIMIT 1
    ) AS at
    FROM sources s LEFT JOIN read_until u ON u.source_id = s.id WHERE s.id IN {{ids}}
"""  # noqa: S608 - the parts are above
_COUNT_SAVED = f"""
    SELECT a.source_id AS id, count(*) AS articles, max(a.first_seen_at) AS at
    {_SAVED} GROUP BY a.source_id
"""

_UNREAD_TO = f"""
    SELECT coalesce(sum(o.articles), 0) AS articles FROM (
      SELECT (
        SELECT count(*) FROM articles a
        WHERE a.source_id = s.id AND a.id > coalesce(u.article_id, 0) AND a.id <= :until
          AND {_NOT_READ}
      ) AS articles
      FROM sources s LEFT JOIN read_until u ON u.source_id = s.id WHERE TRUE {{of_sources}}
      UNION ALL
      SELECT count(*) AS articles {_SAVED} AND a.id <= :until {{of_articles}}
    ) o
"""  # noqa: S608 - the parts are above
_READ_TO = """
    INSERT INTO read_until (source_id, article_id, marked_at)
    SELECT o.source_id, o.article_id, :now FROM (
      SELECT s.id AS source_id, (
        SELECT a.id FROM articles a WHERE a.source_id = s.id AND a.id <= :until
        ORDER BY a.id DESC LIMIT 1
      ) AS article_id
      FROM sources s WHERE TRUE {of_sources}
    ) o WHERE o.article_id IS NOT NULL
    ON CONFLICT (source_id) DO UPDATE
    SET article_id = excluded.article_id, marked_at = excluded.marked_at
    WHERE excluded.article_id > read_until.article_id
"""
_UNMARK_TO = """
    DELETE FROM read_marks WHERE article_id <= ? AND EXISTS (
      SELECT 1 FROM articles a WHERE a.id = read_marks.article_id {of_articles}
    )
"""

_LAST_OF = "SELECT id FROM articles WHERE source_id = ? ORDER BY id DESC LIMIT 1"
_UNTIL = "SELECT article_id FROM read_until WHERE source_id = ?"
_SET_UNTIL = insert(
    "read_until",
    ("source_id", "article_id", "marked_at"),
    "ON CONFLICT (source_id) DO UPDATE "
    "SET article_id = excluded.article_id, marked_at = excluded.marked_at",
)
# Unread, and passed from now on.
_PASSED = f"""
    SELECT a.id FROM articles a {MARKED}
    WHERE a.source_id = ? AND a.id > ? AND a.id <= ? AND {READ} = 0 AND r.article_id IS NULL
"""  # noqa: S608 - the parts are above
_NEEDLESS = """
    SELECT r.article_id AS id FROM read_marks r JOIN articles a ON a.id = r.article_id
    WHERE a.source_id = ? AND r.read = 1 AND a.id <= ?
"""
_LATEST = "SELECT max(first_seen_at) AS at FROM articles"
_BEFORE = """
    SELECT id FROM articles WHERE first_seen_at < ? ORDER BY first_seen_at DESC, id DESC LIMIT 1
"""
# What is read up to the first that is not.
_FIRST_UNREAD = f"""
    SELECT s.id, coalesce((
      SELECT a.id FROM articles a
      WHERE a.source_id = s.id AND a.id > coalesce(u.article_id, 0) AND {_NOT_READ}
      ORDER BY a.id LIMIT 1
    ), (SELECT max(a.id) + 1 FROM articles a WHERE a.source_id = s.id)) AS unread
    FROM sources s LEFT JOIN read_until u ON u.source_id = s.id
    WHERE s.id IN (
      SELECT a.source_id FROM read_marks r CROSS JOIN articles a
      WHERE r.read = 1 AND a.id = r.article_id
    )
"""  # noqa: S608 - the parts are above
_UNMARK_PASSED = """
    DELETE FROM read_marks WHERE read = 1 AND EXISTS (
      SELECT 1 FROM articles a JOIN read_until u ON u.source_id = a.source_id
      WHERE a.id = read_marks.article_id AND a.id <= u.article_id
    )
"""


def mark_read(session: Session, article_ids: Collection[int], *, now: datetime) -> int:
    return _mark(session, article_ids, read=1, now=now)


def mark_unread(session: Session, article_ids: Collection[int], *, now: datetime) -> int:
    return _mark(session, article_ids, read=0, now=now)


def _mark(session: Session, article_ids: Collection[int], *, read: int, now: datetime) -> int:
    session.alone("marks")
    changed: list[Row] = []
    for chunk in chunks(sorted(set(article_ids))):
        changed += session.rows(_CHANGED.format(ids=ids(chunk)), (read,))
    differ = [row["id"] for row in changed if row["passed"] != read]
    session.many(_MARK, [(one, read, to_us(now)) for one in differ])
    for chunk in chunks([row["id"] for row in changed if row["passed"] == read]):
        session.run(_UNMARK.format(ids=ids(chunk)))
    return len(changed)


def mark_all_read(
    session: Session, source_ids: Collection[int] | None, *, until: int, now: datetime
) -> int:
    session.alone("marks")
    until = min(until, _LARGEST)
    of_sources = "" if source_ids is None else f"AND s.id IN {ids(source_ids)}"
    of_articles = "" if source_ids is None else f"AND a.source_id IN {ids(source_ids)}"
    statement = _UNREAD_TO.format(of_sources=of_sources, of_articles=of_articles)
    row = session.row(statement, {"until": until})
    session.run(_READ_TO.format(of_sources=of_sources), {"until": until, "now": to_us(now)})
    session.run(_UNMARK_TO.format(of_articles=of_articles), (until,))
    return 0 if row is None else int(row["articles"])


def marks(session: Session, article_ids: Collection[int]) -> dict[int, Marks]:
    return {
        row["id"]: Marks(read=bool(row["read"]), starred=bool(row["starred"]))
        for chunk in chunks(sorted(set(article_ids)))
        for row in session.rows(_OF.format(ids=ids(chunk)))
    }


def unread(session: Session) -> dict[int, Unread]:
    """What lies beyond `read_until` is counted in the index, less what is read of it."""
    counts = {row["id"]: row["articles"] for row in session.rows(_COUNT_BEYOND) if row["articles"]}
    for row in session.rows(_COUNT_READ):
        counts[row["id"]] -= row["articles"]
    some = [source_id for source_id, articles in counts.items() if articles]
    found = {
        row["id"]: Unread(articles=counts[row["id"]], newest_at=from_us(row["at"]))
        for row in session.rows(_NEWEST.format(ids=ids(some)))
    }
    for row in session.rows(_COUNT_SAVED):
        saved = Unread(articles=row["articles"], newest_at=from_us(row["at"]))
        other = found.get(row["id"])
        found[row["id"]] = saved if other is None else _both(saved, other)
    return found


def _both(one: Unread, other: Unread) -> Unread:
    return Unread(
        articles=one.articles + other.articles,
        newest_at=max(one.newest_at, other.newest_at),
    )


def hand_over(session: Session, source_id: int, into: int, *, now: datetime) -> None:
    """Before a source's articles become another one's: each stays as it is, read or unread."""
    session.alone("marks")
    before = {one: _until(session, one) for one in (source_id, into)}
    until = max(before.values())
    for one, passed in before.items():
        rows = session.rows(_PASSED, (one, passed, until))
        session.many(_MARK, [(row["id"], 0, to_us(now)) for row in rows])
        for chunk in chunks([row["id"] for row in session.rows(_NEEDLESS, (one, until))]):
            session.run(_UNMARK.format(ids=ids(chunk)))
        if until > passed:
            session.run(_SET_UNTIL, (one, until, to_us(now)))


def retire(session: Session, source_id: int, *, now: datetime) -> None:
    """What remains with a source that has become another one is there, too: it is read here."""
    session.alone("marks")
    last = session.row(_LAST_OF, (source_id,))
    if last is not None:
        mark_all_read(session, [source_id], until=last["id"], now=now)


def _until(session: Session, source_id: int) -> int:
    row = session.row(_UNTIL, (source_id,))
    return 0 if row is None else int(row["article_id"])


def drop_old(session: Session) -> None:
    """What was first seen long ago is read, and `read_until` passes what is read anyway."""
    session.alone("marks")
    latest = session.row(_LATEST)
    if latest is None or latest["at"] is None:
        return
    now = from_us(latest["at"])
    old = session.row(_BEFORE, (latest["at"] - span_to_us(UNREAD_FOR),))
    if old is not None:
        mark_all_read(session, None, until=old["id"], now=now)
    passed = [(row["id"], row["unread"] - 1, latest["at"]) for row in session.rows(_FIRST_UNREAD)]
    session.many(_SET_UNTIL, passed)
    session.run(_UNMARK_PASSED)
