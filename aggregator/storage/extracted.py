"""What an extraction makes of an article: the page's text, and the rest from the page only where
the feed gave none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.core.urls import normalise
from aggregator.storage.content import Content
from aggregator.storage.rows import to_json, to_us_or_none
from aggregator.types import ArticleText, Extraction

_MINUTE = timedelta(minutes=1)
_SAME_TIME = 60_000_000
"""Microseconds by which the dates of feed and page may differ: pages often leave out seconds."""


def with_extraction(before: Content, extraction: Extraction, *, revises: bool = False) -> Content:
    """`before` is what is stored; `revises`: by an earlier visit to a page that goes on.

    A page that has no article is remembered as what it is, and changes nothing else.
    """
    page = extraction.article
    content = replace(before, kind=extraction.kind.value, kind_why=extraction.kind_why)
    if not extraction.kind.has_article:
        return content
    updated = to_us_or_none(page.updated_at)
    later = revises and updated is not None and updated > (before.updated_at or 0)
    return _with_date(
        _with_image(
            replace(
                content,
                title=before.title or page.title,
                text=page.text,
                html=page.html,
                authors=to_json(page.authors) if before.authors == "[]" else before.authors,
                language=before.language or page.language,
                updated_at=updated if before.updated_at is None or later else before.updated_at,
                text_origin=extraction.origin.value,
                text_why=extraction.why,
                confidence=extraction.confidence,
                site_name=page.site_name,
                canonical_url=page.canonical_url,
                dateline=page.dateline,
                credits=to_json(page.credits),
            ),
            page,
        ),
        page,
    )


def _with_image(content: Content, page: ArticleText) -> Content:
    """The alternative text is that of the image which is shown."""
    image_url = content.image_url or page.image_url
    if image_url is None or page.image_url is None or not _same_file(image_url, page.image_url):
        return content
    return replace(content, image_url=image_url, image_alt=page.image_alt)


def _same_file(one: str, other: str) -> bool:
    """Image servers are told the size in the query."""
    return one == other or _file(one) == _file(other)


def _file(url: str) -> str:
    return (normalise(url) or url).partition("?")[0]


def _with_date(content: Content, page: ArticleText) -> Content:
    """The time zone is that of the publication date which is stored."""
    published = to_us_or_none(page.published_at)
    if published is None:
        return content
    stored = published if content.published_at is None else content.published_at
    if abs(stored - published) >= _SAME_TIME:
        return content
    offset = None if page.utc_offset is None else page.utc_offset // _MINUTE
    return replace(content, published_at=stored, utc_offset=offset)
