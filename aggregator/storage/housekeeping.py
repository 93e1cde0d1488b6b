"""Ending claims after a crash, and dropping what is no longer needed."""

from __future__ import annotations

from datetime import timedelta

from aggregator.storage.sql import Session
from aggregator.storage.stories import beyond


def release_claims(session: Session) -> int:
    return session.run(
        "UPDATE sources SET lease_until = NULL WHERE lease_until IS NOT NULL"
    ) + session.run(
        "UPDATE articles SET text_lease_until = NULL WHERE text_lease_until IS NOT NULL"
    )


def drop_fingerprints(session: Session, *, window: timedelta) -> int:
    """Of articles that have left the window."""
    return session.run("DELETE FROM fingerprints WHERE at < ?", (beyond(session, window),))


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
)


def drifts(session: Session) -> list[str]:
    """Where what is derived disagrees with what it is derived from, a sentence each."""
    return [
        sentence.format(id=row["id"])
        for sentence, statement in _DRIFTS
        for row in session.rows(f"{statement} LIMIT 10")
    ]
