"""What an article says now: the row, the text, and what follows from them, written together.

Who needs an article and the stories locks the article first, and of several articles the lower id
first; else two would wait for each other. What is known of an outlet is between the two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import NamedTuple

from aggregator.core.text import count_words
from aggregator.storage.facets import facets
from aggregator.storage.rows import storable, storable_or_none, strings, to_us
from aggregator.storage.sql import Row, Session, ids, insert
from aggregator.storage.stories import dissolve_single, refresh_stories

_STORED = """
    SELECT a.*, t.text, t.facets, t.html FROM articles a JOIN texts t ON t.article_id = a.id
    WHERE a.id = ? {locking}
"""
_LOCK = "SELECT id FROM articles WHERE id IN {ids} ORDER BY id {locking}"
_INSERT_REVISION = insert("revisions", ("article_id", "number", "title", "text", "seen_at"))
_UNWANTED = str.maketrans("", "", "\0\x02\x03")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an article says now, whoever says it: feed or page. As it is stored: lists are JSON,
    times microseconds."""

    title: str
    text: str
    html: str
    authors: str
    language: str | None
    image_url: str | None
    image_alt: str
    published_at: int | None
    utc_offset: int | None
    """Minutes."""
    updated_at: int | None
    text_origin: str
    text_why: str
    confidence: float | None
    kind: str
    kind_why: str
    site_name: str | None
    canonical_url: str | None
    dateline: str | None
    credits: str


_NAMES = tuple(field.name for field in fields(Content))
_OF_ROW = tuple(name for name in _NAMES if name not in {"text", "html"})
_WRITE = f"UPDATE articles SET {' = ?, '.join(_OF_ROW)} = ?, at = ?, words = ? WHERE id = ?"  # noqa: S608 - names from above


_WRITE_TEXT = "UPDATE texts SET title = ?, text = ?, facets = ? WHERE article_id = ?"


class Changes(NamedTuple):
    """What a write has changed that other things follow from."""

    text: bool
    time: bool
    """The one by which it is listed."""


def searchable(text: str) -> str:
    """Storable, and without the two characters that mark matches in snippets."""
    unwanted = "\x02" in text or "\x03" in text or "\0" in text
    return text.translate(_UNWANTED) if unwanted else text


def lock_articles(session: Session, article_ids: Collection[int]) -> None:
    """Before several are changed, so that all lock them in one order."""
    if session.locking and len(article_ids) > 1:
        session.rows(_LOCK.format(ids=ids(article_ids), locking=session.locking))


def stored_article(session: Session, article_id: int) -> Row | None:
    """The row with its text, for changing it; None: there is none."""
    return session.row(_STORED.format(locking=session.locking), (article_id,))


def content_of(row: Row) -> Content:
    """What is stored, of a row of `stored_article`."""
    return Content(**{name: row[name] for name in _NAMES})


def as_stored(content: Content) -> Content:
    """Without what the databases cannot store."""
    return replace(
        content,
        title=searchable(content.title),
        text=searchable(content.text),
        html=storable(content.html),
        language=storable_or_none(content.language),
        image_url=storable_or_none(content.image_url),
        image_alt=storable(content.image_alt),
        text_why=storable(content.text_why),
        kind_why=storable(content.kind_why),
        site_name=storable_or_none(content.site_name),
        canonical_url=storable_or_none(content.canonical_url),
        dateline=storable_or_none(content.dateline),
    )


def write_content(
    session: Session, row: Row, content: Content, *, url: str | None = None
) -> Changes:
    """Write what changed of what `as_stored` gave; the story of the article is left to whoever
    calls. `url` is the article's address from now on; None: as it was."""
    before = content_of(row)
    _write_text(session, row, content, row["url"] if url is None else url)
    if content == before:
        return Changes(text=False, time=False)
    article_id, first_seen = row["id"], row["first_seen_at"]
    at = first_seen if content.published_at is None else min(first_seen, content.published_at)
    values = [getattr(content, name) for name in _OF_ROW]
    session.run(_WRITE, (*values, at, count_words(content.text), article_id))
    new_text = content.text != before.text
    if new_text:
        session.run(
            "UPDATE articles SET text_version = text_version + 1 WHERE id = ?", (article_id,)
        )
    if content.html != before.html:
        session.run("UPDATE texts SET html = ? WHERE article_id = ?", (content.html, article_id))
    return Changes(text=new_text, time=at != row["at"])


def _write_text(session: Session, row: Row, content: Content, url: str | None) -> None:
    authors = strings(content.authors)
    words = facets(row["source_id"], content.language, content.image_url, url, authors)
    before = (row["id"], row["title"], row["text"], row["facets"])
    now = (row["id"], content.title, content.text, words)
    if now != before:
        session.run(_WRITE_TEXT, (*now[1:], row["id"]))
        session.reindex(before, now)


def replace_content(
    session: Session, row: Row, content: Content, *, url: str | None = None
) -> None:
    """As `write_content`; an article alone in its story whose text changed is assigned anew."""
    changes = write_content(session, row, content, url=url)
    if row["story_id"] is None:
        return
    if changes.text and dissolve_single(session, row["id"], row["story_id"]):
        return
    if changes.time:
        refresh_stories(session, [row["story_id"]])


def begin_revision(session: Session, row: Row, seen_at: datetime) -> None:
    """Keep the present title and text as a former version; the next one is seen now."""
    session.run(
        _INSERT_REVISION,
        (row["id"], row["revision"], row["title"], row["text"], row["revised_at"]),
    )
    session.run(
        "UPDATE articles SET revision = revision + 1, revised_at = ? WHERE id = ?",
        (to_us(seen_at), row["id"]),
    )
