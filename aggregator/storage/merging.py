"""A source that has moved for good to where another one is polled already: the two become one."""

from __future__ import annotations

from datetime import datetime

from aggregator.core.urls import host_key, url_key
from aggregator.storage import marks
from aggregator.storage.articles import reface
from aggregator.storage.content import lock_articles
from aggregator.storage.rows import storable, to_us
from aggregator.storage.sql import Row, Session, chunks, ids
from aggregator.storage.stories import bump, refresh_stories

_POLLED = """
    SELECT id, name, url, address FROM sources
    WHERE active = 1 AND retired_at IS NULL
    ORDER BY id
"""
# A poll of it that is under way is recorded no more: it would bring the source back.
_RETIRE = """
    UPDATE sources SET retired_at = ?, last_error = ?, why = ?, lease_until = NULL WHERE id = ?
"""
# An article that both have stays with the one that has moved, so that none is there twice.
_ONLY_HERE = """
    SELECT a.id, a.story_id, a.language, a.image_url, a.url, a.authors, t.title, t.text, t.facets
    FROM articles a JOIN texts t ON t.article_id = a.id
    WHERE a.source_id = :source AND NOT EXISTS (
      SELECT 1 FROM article_keys k JOIN article_keys o ON o.key = k.key
      WHERE k.article_id = a.id AND k.source_id = :source AND o.source_id = :into
    )
    ORDER BY a.id
"""
_MOVE_ARTICLES = "UPDATE articles SET source_id = ? WHERE id IN {ids}"
_MOVE_KEYS = "UPDATE article_keys SET source_id = ? WHERE source_id = ? AND article_id IN {ids}"


def moved(session: Session, source_id: int, address: str, *, at: datetime) -> None:
    """Take over where a source is polled from now on, which may be its own address again.

    Where another source is polled there, that one gets the articles, and the moved one retires.
    """
    host = storable(host_key(address))
    session.run("UPDATE sources SET host = ? WHERE id = ?", (host, source_id))
    twin = _twin(session, source_id, address)
    if twin is not None:
        _merge(session, source_id, twin, at)


def settle(session: Session, *, at: datetime) -> None:
    """Merge those that have moved to the address of another one, which may be new there."""
    rows = session.rows(_POLLED)
    at_home = {url_key(row["url"]): row for row in rows if row["address"] is None}
    for row in rows:
        twin = None if row["address"] is None else at_home.get(url_key(row["address"]))
        if twin is not None:
            _merge(session, row["id"], twin, at)


def _twin(session: Session, source_id: int, address: str) -> Row | None:
    """Another source that is polled at that address."""
    key = url_key(address)
    others = (row for row in session.rows(_POLLED) if row["id"] != source_id)
    return next((row for row in others if url_key(row["address"] or row["url"]) == key), None)


def _merge(session: Session, source_id: int, twin: Row, at: datetime) -> None:
    articles = session.rows(_ONLY_HERE, {"source": source_id, "into": twin["id"]})
    lock_articles(session, [row["id"] for row in articles])
    session.alone("stories")
    marks.hand_over(session, source_id, twin["id"], now=at)
    for chunk in chunks([row["id"] for row in articles]):
        session.run(_MOVE_ARTICLES.format(ids=ids(chunk)), (twin["id"],))
        session.run(_MOVE_KEYS.format(ids=ids(chunk)), (twin["id"], source_id))
    for row in articles:
        reface(session, row, twin["id"])
    marks.retire(session, source_id, now=at)
    refresh_stories(session, {row["story_id"] for row in articles if row["story_id"] is not None})
    if articles:  # they are another outlet's now, and treated as that one's are
        bump(session)
    name = twin["name"]
    error = f"It has moved for good to where {name} is polled; the two are one now, called {name}."
    session.run(_RETIRE, (to_us(at), error, error, source_id))
