"""Pages that were fetched and kept, for the tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from storemaker import LEASE, NOW, extraction, fetched, new, record_page, store

from aggregator.storage.protocol import Storage
from aggregator.types import (
    ArticleText,
    Extraction,
    FeedText,
    KeptArticle,
    KeptPages,
    NewArticle,
    PageCopy,
    PageKind,
    PageRole,
    Source,
    TextAgain,
    TextClaim,
    TextOrigin,
)

HOST = "pages.example.org"
PAGE = ArticleText(
    title="The page's title", text="The whole text.", html="<p>The whole text.</p>", language="en"
)


def page_copy(body: bytes = b"<p>The whole text.</p>", **fields: object) -> PageCopy:
    plain = {"role": PageRole.PAGE, "url": f"https://{HOST}/a", "content_type": "text/html"}
    return PageCopy(**{**plain, **fields}, body=body)  # type: ignore[arg-type]  # its fields


def pages(feed: FeedText, *copies: PageCopy) -> KeptPages:
    return KeptPages(feed=feed, pages=copies or (page_copy(),))


def take(storage: Storage, *, at: datetime = NOW, host: str = HOST) -> TextClaim:
    """Claim the one page that is due."""
    [taken] = storage.claim_texts(host, now=at, lease=LEASE, limit=9)
    return taken


def visit(
    storage: Storage, page: ArticleText | Extraction | None, *, at: datetime = NOW, **fields: object
) -> None:
    """Fetch the one page that is due, and give its host back."""
    record = fetched(take(storage, at=at), page, at=at)
    record_page(storage, HOST, replace(record, **fields))  # type: ignore[arg-type]  # its fields


def keep(
    storage: Storage,
    *articles: NewArticle,
    wanted: Source | None = None,
    at: datetime = NOW,
    body: bytes = b"<p>The whole text.</p>",
    page: ArticleText | Extraction | None = PAGE,
) -> list[int]:
    """Store articles and fetch their pages, which are kept; their ids."""
    stored = store(storage, *articles, wanted=wanted, at=at)
    for host in sorted({article.page_host for article in articles if article.page_host}):
        for taken in storage.claim_texts(host, now=at, lease=LEASE, limit=99):
            kept = pages(taken.feed, page_copy(body))
            storage.record_text(fetched(taken, page, at=at, keep=kept))
        storage.release_host(host, lease_until=at + LEASE, free_at=at)
    return stored


def with_page(key: str, **fields: object) -> NewArticle:
    """An entry whose page is to be fetched; the feed gives a summary."""
    fields = {"page_host": HOST, "text_origin": TextOrigin.SUMMARY, **fields}
    return new(key, **fields)  # type: ignore[arg-type]  # the fields of a NewArticle


def all_kept(storage: Storage) -> list[KeptArticle]:
    return storage.kept_articles(after=0, limit=99)


def made(kept: KeptArticle, text: str, **fields: object) -> TextAgain:
    """The same page, read in another way."""
    page = ArticleText(title="Another title", text=text, html=f"<p>{text}</p>", language="fr")
    return TextAgain(article=kept, extracted=extraction(page, **fields))


def no_article(kept: KeptArticle, kind: PageKind = PageKind.CONSENT) -> TextAgain:
    """The same page, seen for what it is."""
    extracted = extraction(
        ArticleText(title="", text=kept.kept.feed.text),
        kind=kind,
        kind_why="It asks to accept cookies.",
        origin=kept.kept.feed.origin,
        why="The page has no article.",
    )
    return TextAgain(article=kept, extracted=extracted)
