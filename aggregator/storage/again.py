"""Storing texts that were made again from the pages that were kept.

An article whose text differs may belong to another story now, and so may those that were compared
with it: its story is taken apart as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.storage import furniture
from aggregator.storage.content import (
    Content,
    as_stored,
    content_of,
    lock_articles,
    stored_article,
    write_content,
)
from aggregator.storage.extracted import with_extraction
from aggregator.storage.rows import storable_or_none
from aggregator.storage.sql import Row, Session, ids
from aggregator.storage.stories import refresh_stories, take_apart
from aggregator.types import TextAgain, TextState

_COMPANY = """
    SELECT id FROM articles WHERE story_id IN (
      SELECT a.story_id FROM articles a WHERE a.id IN {ids} AND a.story_id IS NOT NULL
    )
"""
_STATE = """
    UPDATE articles SET text_state = ?, text_error = ?, text_due_at = ?, text_attempts = ?
    WHERE id = ?
"""


@dataclass(slots=True, kw_only=True)
class _Stories:
    """What the changes mean for them."""

    apart: set[int] = field(default_factory=set)
    recount: set[int] = field(default_factory=set)


def record_again(session: Session, again: Sequence[TextAgain], *, now: datetime) -> int:
    """Articles are locked before the stories are, those of the same stories with them."""
    made = {one.article.article_id: one for one in again}
    _lock(session, made)
    stories = _Stories()
    changed = sum(_record(session, made[one], stories) for one in sorted(made))
    known = {one.article.host: data for one in again if (data := one.extracted.furniture)}
    for host in sorted(known):
        furniture.learn(session, host, known[host], at=now)
    if stories.apart:
        take_apart(session, stories.apart)
    if recount := stories.recount - stories.apart:
        refresh_stories(session, recount)
    return changed


def _lock(session: Session, article_ids: Collection[int]) -> None:
    if session.locking:
        company = session.rows(_COMPANY.format(ids=ids(article_ids)))
        lock_articles(session, {*article_ids, *(row["id"] for row in company)})


def _record(session: Session, one: TextAgain, stories: _Stories) -> bool:
    """Whether it differs from what was stored."""
    row = stored_article(session, one.article.article_id)
    if row is None or row["text_version"] != one.article.version:
        return False
    if row["text_state"] == TextState.PENDING.value:  # its page is to be fetched anew
        return False
    before, content = content_of(row), as_stored(_content(row, one))
    changes = write_content(session, row, content)
    _set_state(session, row, one)
    if row["story_id"] is not None:
        if changes.text:
            stories.apart.add(row["story_id"])
        elif changes.time:
            stories.recount.add(row["story_id"])
    return _apart_from_reasons(before) != _apart_from_reasons(content)


def _apart_from_reasons(content: Content) -> Content:
    return replace(content, text_why="", kind_why="", confidence=None)


def _content(row: Row, one: TextAgain) -> Content:
    """Of a page that has no article, what the feed said: the stored text may be the page's."""
    content = with_extraction(content_of(row), one.extracted)
    if one.extracted.kind.has_article:
        return content
    feed = one.article.kept.feed
    return replace(
        content,
        text=feed.text,
        html=feed.html,
        text_origin=feed.origin.value,
        text_why=one.extracted.why,
        confidence=None,
        canonical_url=None,
        dateline=None,
        credits="[]",
    )


def _set_state(session: Session, row: Row, one: TextAgain) -> None:
    """A page that yields is ready; one that has no article has failed, unless it is to be tried
    again anyway."""
    extracted = one.extracted
    state, error = TextState(row["text_state"]), row["text_error"]
    due, attempts = row["text_due_at"], row["text_attempts"]
    if not extracted.kind.has_article:
        error = extracted.kind_why
        if state is not TextState.RETRY:
            state, due = TextState.FAILED, None
    elif state is not TextState.READY and not extracted.origin.is_feed:
        state, error, due, attempts = TextState.READY, None, None, 0
    session.run(_STATE, (state.value, storable_or_none(error), due, attempts, row["id"]))
