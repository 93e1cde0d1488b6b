"""Ending claims after a crash, and dropping what is no longer needed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.storage import furniture, hits, kept, notices
from aggregator.storage.grouping import beyond
from aggregator.storage.later import Later
from aggregator.storage.rows import from_us, span_to_us, to_us
from aggregator.storage.sql import Row, Session, insert
from aggregator.types import CleanUpReport, Worker

if TYPE_CHECKING:
    from aggregator.storage import access, deliveries, digests, marks
else:  # not to tell who works on the database
    access = Later("access")
    deliveries = Later("deliveries")
    digests = Later("digests")
    marks = Later("marks")

_SILENT = timedelta(days=1)
"""A worker that has given no sign of life for so long is gone."""
_WORKER = ("name", "machine", "version", "started_at", "seen_at", "jobs", "leads")
_REPORT = insert(
    "workers",
    _WORKER,
    "ON CONFLICT (name) DO UPDATE SET version = excluded.version, "
    "started_at = excluded.started_at, seen_at = excluded.seen_at, jobs = excluded.jobs, "
    "leads = excluded.leads",
)
_LATEST = "SELECT max(seen_at) AS at FROM workers"
_UNUSED_ROBOTS = timedelta(days=32)
"""A copy counts for a month at most, when its file is out of reach; see core.robots."""
_OLD_ROBOTS = """
    DELETE FROM robots WHERE asked_at < (SELECT max(o.asked_at) FROM robots o) - ?
"""
_OLD_HOSTS = """
    DELETE FROM hosts
    WHERE lease_until = 0 AND free_at < (SELECT max(o.free_at) FROM hosts o) - ?
"""
_FORGOTTEN = """
    DELETE FROM taken_out WHERE article_id NOT IN (
      SELECT f.article_id FROM fingerprints f WHERE f.article_id = taken_out.article_id
    )
"""
_UNUSED_FURNITURE = timedelta(days=180)
"""An outlet that gives no page for so long will have changed its pages."""

_PAGES_AT_A_TIME = 500
"""Articles whose pages are dropped in one transaction: others wait for it."""


def report_worker(session: Session, worker: Worker) -> None:
    session.run(
        _REPORT,
        (
            worker.name,
            worker.machine,
            worker.version,
            to_us(worker.started_at),
            to_us(worker.seen_at),
            worker.jobs,
            int(worker.leads),
        ),
    )


def forget_worker(session: Session, name: str) -> None:
    session.run("DELETE FROM workers WHERE name = ?", (name,))


def workers(session: Session) -> list[Worker]:
    return [_worker(row) for row in session.rows("SELECT * FROM workers ORDER BY name")]


def _worker(row: Row) -> Worker:
    return Worker(
        name=row["name"],
        machine=row["machine"],
        version=row["version"],
        started_at=from_us(row["started_at"]),
        seen_at=from_us(row["seen_at"]),
        jobs=row["jobs"],
        leads=bool(row["leads"]),
    )


def release_claims(session: Session) -> int:
    session.run("UPDATE hosts SET lease_until = 0 WHERE lease_until <> 0")
    return session.run(
        "UPDATE sources SET lease_until = NULL WHERE lease_until IS NOT NULL"
    ) + session.run(
        "UPDATE articles SET text_lease_until = NULL WHERE text_lease_until IS NOT NULL"
    )


def clean_up(session: Session, *, window: timedelta) -> CleanUpReport:
    """Fingerprints of articles that have left the window, and whom nobody has heard of for long."""
    furniture.drop(session, unseen_us=span_to_us(_UNUSED_FURNITURE))  # locked before the stories
    session.alone("stories")  # fingerprints come with assignments
    dropped = session.run("DELETE FROM fingerprints WHERE at < ?", (beyond(session, window),))
    session.run(_FORGOTTEN)
    session.run(_OLD_HOSTS, (span_to_us(_SILENT),))
    session.run(_OLD_ROBOTS, (span_to_us(_UNUSED_ROBOTS),))
    latest = session.row(_LATEST)
    if latest is not None and latest["at"] is not None:
        session.run("DELETE FROM workers WHERE seen_at < ?", (latest["at"] - span_to_us(_SILENT),))
    return CleanUpReport(fingerprints=dropped)


def drop_told(session: Session) -> None:
    """What watches caught long ago, and the messages about it."""
    hits.drop_old(session)
    notices.drop_old(session)


def drop_delivered(session: Session) -> None:
    """What digests told long ago, and their messages; the editions stay."""
    digests.drop_old(session)
    deliveries.drop_old(session)


def drop_read(session: Session) -> None:
    """Marks that say nothing any more: what was first seen long ago is read."""
    marks.drop_old(session)


def drop_sessions(session: Session) -> None:
    """Of browsers that have not been seen for long."""
    access.drop_over(session)


def drop_pages(session: Session, *, keep_pages: timedelta) -> tuple[int, bool]:
    """Some of the pages that were kept for longer than that, and whether there may be more.

    Their space is used again; a SQLite file does not shrink.
    """
    latest = kept.latest(session)
    if latest is None:
        return 0, False
    # The latest ones are as old as nothing: without time to keep them they go, too.
    before = latest - span_to_us(keep_pages) if keep_pages else latest + 1
    dropped = kept.drop(session, before=before, limit=_PAGES_AT_A_TIME)
    return dropped, dropped == _PAGES_AT_A_TIME


_DRIFTS = (
    (
        "the headline of article {id} differs from the one that is searched",
        """
        SELECT a.id FROM articles a LEFT JOIN texts t ON t.article_id = a.id
        WHERE t.title IS NULL OR t.title <> a.title
        """,
    ),
    (
        "article {id} has another story than its assignment says",
        """
        SELECT a.id FROM articles a LEFT JOIN assignments x ON x.article_id = a.id
        WHERE coalesce(a.story_id, 0) <> coalesce(x.story_id, 0)
        """,
    ),
    (
        "story {id} counts its articles wrongly",
        """
        SELECT o.id FROM stories o
        LEFT JOIN (SELECT story_id, count(*) AS articles FROM assignments GROUP BY story_id) x
          ON x.story_id = o.id
        WHERE coalesce(x.articles, 0) <> o.articles
        """,
    ),
    (
        "story {id} has articles, and is in no list",
        """
        SELECT DISTINCT x.story_id AS id FROM assignments x LEFT JOIN stories o ON o.id = x.story_id
        WHERE o.id IS NULL
        """,
    ),
    (
        "story {id} has the id of an article that belongs to another one",
        """
        SELECT o.id FROM stories o LEFT JOIN assignments x ON x.article_id = o.id
        WHERE coalesce(x.story_id, 0) <> o.id
        """,
    ),
    (
        "story {id} continues one that is not there",
        """
        SELECT x.story_id AS id FROM assignments x LEFT JOIN stories o ON o.id = x.continues_id
        WHERE x.continues_id IS NOT NULL AND o.id IS NULL
        """,
    ),
    (
        "article {id} is not in the story where it was put by hand",
        """
        SELECT x.article_id AS id FROM placements p
        JOIN assignments x ON x.article_id = p.article_id
        LEFT JOIN assignments w ON w.article_id = p.with_id
        WHERE coalesce(w.story_id, 0) <> x.story_id
          OR (p.with_id = p.article_id AND x.story_id <> p.article_id)
        """,
    ),
)


def drifts(session: Session) -> list[str]:
    """Where what is derived disagrees with what it is derived from, or cannot be read, a sentence
    each."""
    return [
        *(
            sentence.format(id=row["id"])
            for sentence, statement in _DRIFTS
            for row in session.rows(f"{statement} LIMIT 10")
        ),
        *digests.unreadable(session),
    ]
