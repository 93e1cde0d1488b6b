"""Writing what a feed says of articles: the row, its keys and its text, always together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.core.text import count_words
from aggregator.errors import StorageError
from aggregator.storage import kept
from aggregator.storage.content import (
    Content,
    as_stored,
    begin_revision,
    content_of,
    replace_content,
    searchable,
    stored_article,
)
from aggregator.storage.facets import facets, facets_of
from aggregator.storage.rows import (
    objects_to_json,
    storable,
    storable_or_none,
    to_json,
    to_us,
    to_us_or_none,
)
from aggregator.storage.sql import Row, Session, chunks, insert, marks
from aggregator.types import NewArticle, PageKind, Revision, TextState

_COLUMNS = (
    "source_id", "guid", "url", "title", "authors", "categories", "language", "image_url",
    "published_at", "updated_at", "first_seen_at", "at", "words", "content_hash", "revision",
    "revised_at", "text_state", "text_origin", "text_attempts", "page_host", "text_due_at",
    "media", "links", "unseen_at",
)  # fmt: skip
_INSERT_KEY = insert(
    "article_keys", ("source_id", "key", "article_id"), "ON CONFLICT (source_id, key) DO NOTHING"
)
_INSERT_TEXT = insert("texts", ("article_id", "title", "text", "facets", "html"))
_WITHDRAW = """
    UPDATE articles SET withdrawn_at = ?
    WHERE source_id = ? AND withdrawn_at IS NULL AND guid IN {marks}
"""


def reface(session: Session, row: Row, source_id: int) -> None:
    """Give an article (a row of it and its text) to another source in the index too."""
    words = facets_of(row, source_id)
    before = (row["id"], row["title"], row["text"], row["facets"])
    session.run("UPDATE texts SET facets = ? WHERE article_id = ?", (words, row["id"]))
    session.reindex(before, (*before[:3], words))


def withdraw(session: Session, source_id: int, guids: Sequence[str], at: datetime) -> None:
    """Mark what the publisher has taken back; it stays, as it was when it was last seen."""
    for chunk in chunks([storable(guid) for guid in guids]):
        session.run(
            _WITHDRAW.format(marks=marks(chunk)),
            (to_us(at), source_id, *chunk),
        )


def add_keys(session: Session, source_id: int, keys: Iterable[tuple[int, str]]) -> None:
    """(article id, key); a key that the source has already stays where it is."""
    session.many(_INSERT_KEY, [(source_id, storable(key), article_id) for article_id, key in keys])


def insert_articles(
    session: Session,
    source_id: int,
    articles: Sequence[NewArticle],
    seen_at: datetime,
    *,
    unseen_at: datetime | None,
) -> list[int]:
    """Their ids, in order. None of their keys may be taken.

    `unseen_at`: when the feed was last read without them; None: not known.
    """
    seen = to_us(seen_at)
    rows = []
    for article in articles:
        _check(article)
        at = _at(article.published_at, seen)
        rows.append((*_values(source_id, article, seen, at), to_us_or_none(unseen_at)))
    new_ids = session.add("articles", _COLUMNS, rows)
    numbered = list(zip(new_ids, articles, strict=True))
    texts = [
        (
            article_id,
            searchable(article.title),
            searchable(article.text),
            _facets(source_id, article),
            storable(article.html),
        )
        for article_id, article in numbered
    ]
    add_keys(
        session,
        source_id,
        [(article_id, key) for article_id, article in numbered for key in article.keys],
    )
    session.many(_INSERT_TEXT, texts)
    session.index([text[:4] for text in texts])
    return new_ids


def _facets(source_id: int, article: NewArticle) -> str:
    """As they are made of what is stored."""
    return facets(
        source_id,
        storable_or_none(article.language),
        storable_or_none(article.image_url),
        storable_or_none(article.url),
        article.authors,
    )


def _check(article: NewArticle) -> None:
    if article.page_host is not None and article.url is None:
        raise ValueError("an article whose page is to be fetched needs its address")


def _at(published_at: datetime | None, first_seen: int) -> int:
    return first_seen if published_at is None else min(to_us(published_at), first_seen)


def _values(source_id: int, article: NewArticle, seen: int, at: int) -> tuple[object, ...]:
    pending = article.page_host is not None
    return (
        source_id,
        storable_or_none(article.guid),
        storable_or_none(article.url),
        searchable(article.title),
        to_json(article.authors),
        to_json(article.categories),
        storable_or_none(article.language),
        storable_or_none(article.image_url),
        to_us_or_none(article.published_at),
        to_us_or_none(article.updated_at),
        seen,
        at,
        count_words(article.text),
        storable(article.content_hash),
        1,
        seen,
        (TextState.PENDING if pending else TextState.READY).value,
        article.text_origin.value,
        0,
        storable_or_none(article.page_host),
        seen if pending else None,
        objects_to_json(article.media),
        objects_to_json(article.links),
    )


def revise_article(session: Session, source_id: int, revision: Revision, seen_at: datetime) -> None:
    """Keep the former title and text, and take over what the feed says now."""
    article, seen = revision.article, to_us(seen_at)
    _check(article)
    row = stored_article(session, revision.article_id)
    if row is None or row["source_id"] != source_id:
        raise StorageError(f"source {source_id} has no article {revision.article_id} to revise")
    content_hash = storable(article.content_hash)
    if row["content_hash"] == content_hash:
        return
    begin_revision(session, row, seen_at)
    kept.forget(session, row["id"])
    pending = article.page_host is not None
    url = storable_or_none(article.url) or row["url"]
    session.run(
        "UPDATE articles SET content_hash = ?, guid = ?, url = ?, categories = ?, "
        "text_state = ?, text_error = NULL, text_attempts = 0, page_host = ?, text_due_at = ?, "
        "text_lease_until = NULL, media = ?, links = ?, withdrawn_at = NULL WHERE id = ?",
        (
            content_hash,
            storable_or_none(article.guid) or row["guid"],
            url,
            to_json(article.categories),
            (TextState.PENDING if pending else TextState.READY).value,
            storable_or_none(article.page_host),
            seen if pending else None,
            objects_to_json(article.media),
            objects_to_json(article.links),
            row["id"],
        ),
    )
    replace_content(session, row, as_stored(_revised(row, article)), url=url)


def _revised(row: Row, article: NewArticle) -> Content:
    """What was known beyond the feed stays, but for what the page said of its former text."""
    before = content_of(row)
    published, updated = to_us_or_none(article.published_at), to_us_or_none(article.updated_at)
    image_url = article.image_url or before.image_url
    same_time = published is None or published == before.published_at
    return replace(
        before,
        title=article.title,
        text=article.text,
        html=article.html,
        authors=to_json(article.authors) if article.authors else before.authors,
        language=article.language or before.language,
        image_url=image_url,
        image_alt=before.image_alt if image_url == before.image_url else "",
        published_at=before.published_at if published is None else published,
        utc_offset=before.utc_offset if same_time else None,
        updated_at=before.updated_at if updated is None else updated,
        text_origin=article.text_origin.value,
        text_why="",
        confidence=None,
        kind=PageKind.ARTICLE.value,
        kind_why="",
        dateline=None,
        credits="[]",
    )
