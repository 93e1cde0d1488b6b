"""Articles that a person has marked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session, chunks, ids

_STAR = """
    INSERT INTO stars (article_id, starred_at) SELECT a.id, ? FROM articles a WHERE a.id IN {ids}
    ON CONFLICT (article_id) DO NOTHING
"""
_UNSTAR = "DELETE FROM stars WHERE article_id IN {ids}"


def star(session: Session, article_ids: Collection[int], *, now: datetime) -> int:
    return sum(
        session.run(_STAR.format(ids=ids(chunk)), (to_us(now),))
        for chunk in chunks(sorted(set(article_ids)))
    )


def unstar(session: Session, article_ids: Collection[int]) -> int:
    return sum(
        session.run(_UNSTAR.format(ids=ids(chunk))) for chunk in chunks(sorted(set(article_ids)))
    )
