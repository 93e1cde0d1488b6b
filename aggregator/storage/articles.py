"""Writing articles: the row, its keys and its text, always together.

Who needs an article and the stories locks the article first, and of several articles the lower id
first; else two would wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.text import count_words
from aggregator.errors import StorageError
from aggregator.storage.rows import (
    objects_to_json,
    storable,
    storable_or_none,
    to_json,
    to_us,
    to_us_or_none,
)
from aggregator.storage.sql import Row, Session, chunks, ids, insert, marks
from aggregator.storage.stories import dissolve_single, refresh_stories
from aggregator.types import NewArticle, Revision, TextState

_COLUMNS = (
    "source_id", "guid", "url", "title", "authors", "categories", "language", "image_url",
    "published_at", "updated_at", "first_seen_at", "at", "words", "content_hash", "revision",
    "revised_at", "text_state", "text_origin", "text_attempts", "page_host", "text_due_at",
    "media", "links",
)  # fmt: skip
_INSERT_KEY = insert(
    "article_keys", ("source_id", "key", "article_id"), "ON CONFLICT (source_id, key) DO NOTHING"
)
_INSERT_TEXT = insert("texts", ("article_id", "title", "text", "facets", "html"))
_STORED = """
    SELECT a.*, t.text, t.html FROM articles a JOIN texts t ON t.article_id = a.id
    WHERE a.id = ? {locking}
"""
_LOCK = "SELECT id FROM articles WHERE id IN {ids} ORDER BY id {locking}"
_WITHDRAW = """
    UPDATE articles SET withdrawn_at = ?
    WHERE source_id = ? AND withdrawn_at IS NULL AND guid IN {marks}
"""
_FACET = "\ue000"
_UNWANTED = str.maketrans("", "", "\0\x02\x03")


def source_facet(source_id: int) -> str:
    """The word of the index that stands for a source.

    It begins with a private-use character, which tokenisers take for a letter and texts do not
    put before such words: fields are then found, joined and left out as fast as words are.
    """
    return f"{_FACET}s{source_id}"


def language_facet(language: str) -> str:
    """The word of the index that stands for a language, by its primary subtag."""
    primary = language.replace("_", "-").split("-")[0].lower()
    return f"{_FACET}l{''.join(char for char in primary if char.isalnum())}"


def _facets(source_id: int, language: str | None) -> str:
    facet = source_facet(source_id)
    return f"{facet} {language_facet(language)}" if language else facet


def reface(session: Session, row: Row, source_id: int) -> None:
    """Give an article (`id`, `language`, `title`, `text`) to another source in the index too."""
    facets = _facets(source_id, row["language"])
    session.run("UPDATE texts SET facets = ? WHERE article_id = ?", (facets, row["id"]))
    session.reindex((row["id"], row["title"], row["text"], facets))


def withdraw(session: Session, source_id: int, guids: Sequence[str], at: datetime) -> None:
    """Mark what the publisher has taken back; it stays, as it was when it was last seen."""
    for chunk in chunks([storable(guid) for guid in guids]):
        session.run(
            _WITHDRAW.format(marks=marks(chunk)),
            (to_us(at), source_id, *chunk),
        )


def _searchable(text: str) -> str:
    """Storable, and without the two characters that mark matches in snippets."""
    unwanted = "\x02" in text or "\x03" in text or "\0" in text
    return text.translate(_UNWANTED) if unwanted else text


def add_keys(session: Session, source_id: int, keys: Iterable[tuple[int, str]]) -> None:
    """(article id, key); a key that the source has already stays where it is."""
    session.many(_INSERT_KEY, [(source_id, storable(key), article_id) for article_id, key in keys])


def insert_articles(
    session: Session, source_id: int, articles: Sequence[NewArticle], seen_at: datetime
) -> list[int]:
    """Their ids, in order. None of their keys may be taken."""
    seen = to_us(seen_at)
    rows = []
    for article in articles:
        _check(article)
        at = _at(article.published_at, seen)
        rows.append(_values(source_id, article, seen, at))
    new_ids = session.add("articles", _COLUMNS, rows)
    numbered = list(zip(new_ids, articles, strict=True))
    texts = [
        (
            article_id,
            _searchable(article.title),
            _searchable(article.text),
            _facets(source_id, article.language),
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
        _searchable(article.title),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an article says now, whoever says it: feed or page."""

    title: str
    text: str
    html: str
    authors: str
    """JSON."""
    language: str | None
    image_url: str | None
    published_at: int | None
    updated_at: int | None
    text_origin: str


def lock_articles(session: Session, article_ids: Collection[int]) -> None:
    """Before several are changed, so that all lock them in one order."""
    if session.locking and len(article_ids) > 1:
        session.rows(_LOCK.format(ids=ids(article_ids), locking=session.locking))


def stored_article(session: Session, article_id: int) -> Row | None:
    """The row with its text, for changing it; None: there is none."""
    return session.row(_STORED.format(locking=session.locking), (article_id,))


def replace_content(session: Session, row: Row, content: Content) -> None:
    """Write what changed; an article alone in its story whose text changed is assigned anew."""
    article_id, title, text = row["id"], _searchable(content.title), _searchable(content.text)
    html = storable(content.html)
    at = row["first_seen_at"]
    if content.published_at is not None:
        at = min(at, content.published_at)
    session.run(
        "UPDATE articles SET title = ?, authors = ?, language = ?, image_url = ?, "
        "published_at = ?, updated_at = ?, at = ?, words = ?, text_origin = ? WHERE id = ?",
        (
            title,
            content.authors,
            storable_or_none(content.language),
            storable_or_none(content.image_url),
            content.published_at,
            content.updated_at,
            at,
            count_words(text),
            content.text_origin,
            article_id,
        ),
    )
    new_text = text != row["text"]
    if new_text or title != row["title"] or content.language != row["language"]:
        facets = _facets(row["source_id"], content.language)
        session.run(
            "UPDATE texts SET title = ?, text = ?, facets = ? WHERE article_id = ?",
            (title, text, facets, article_id),
        )
        session.reindex((article_id, title, text, facets))
    if new_text:
        session.run(
            "UPDATE articles SET text_version = text_version + 1 WHERE id = ?", (article_id,)
        )
    if html != row["html"]:
        session.run("UPDATE texts SET html = ? WHERE article_id = ?", (html, article_id))
    if row["story_id"] is None:
        return
    if new_text and dissolve_single(session, article_id, row["story_id"]):
        return
    if at != row["at"]:
        refresh_stories(session, [row["story_id"]])


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
    session.run(
        insert("revisions", ("article_id", "number", "title", "text", "seen_at")),
        (row["id"], row["revision"], row["title"], row["text"], row["revised_at"]),
    )
    pending = article.page_host is not None
    session.run(
        "UPDATE articles SET revision = revision + 1, revised_at = ?, content_hash = ?, guid = ?, "
        "url = ?, categories = ?, text_state = ?, text_error = NULL, text_attempts = 0, "
        "page_host = ?, text_due_at = ?, text_lease_until = NULL, media = ?, links = ?, "
        "withdrawn_at = NULL WHERE id = ?",
        (
            seen,
            content_hash,
            storable_or_none(article.guid) or row["guid"],
            storable_or_none(article.url) or row["url"],
            to_json(article.categories),
            (TextState.PENDING if pending else TextState.READY).value,
            storable_or_none(article.page_host),
            seen if pending else None,
            objects_to_json(article.media),
            objects_to_json(article.links),
            row["id"],
        ),
    )
    published, updated = to_us_or_none(article.published_at), to_us_or_none(article.updated_at)
    content = Content(
        title=article.title,
        text=article.text,
        html=article.html,
        authors=to_json(article.authors) if article.authors else row["authors"],
        language=article.language or row["language"],
        image_url=article.image_url or row["image_url"],
        published_at=row["published_at"] if published is None else published,
        updated_at=row["updated_at"] if updated is None else updated,
        text_origin=article.text_origin.value,
    )
    replace_content(session, row, content)
