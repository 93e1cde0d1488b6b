"""An article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.core.durations import offset_of
from aggregator.core.markdown import to_markdown
from aggregator.core.markup import html_of
from aggregator.types import (
    Article,
    Link,
    Media,
    PageKind,
    PastRevision,
    Relation,
    TextOrigin,
    TextState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFields:
    """An article, with its text in all its forms."""

    id: int
    story: int | None
    """Null: it has no story yet."""
    source: str
    title: str
    url: str | None
    """Null: the entry linked nowhere."""
    guid: str | None
    """Null: the feed gave none."""
    authors: tuple[str, ...]
    published_at: datetime | None
    """As the publisher says; null: it does not."""
    updated_at: datetime | None
    """The same."""
    first_seen_at: datetime
    language: str | None
    image_url: str | None
    categories: tuple[str, ...]
    media: tuple[Media, ...]
    """Pictures, recordings and documents that come with it."""
    links: tuple[Link, ...]
    """What it refers to."""
    withdrawn_at: datetime | None
    """When the publisher took it back; null: it has not."""
    text_state: TextState
    text_origin: TextOrigin
    """Where the text was taken from."""
    text_why: str
    """Why from there, a sentence; empty: its page was not fetched."""
    text_error: str | None
    """Why the page could not be had; null: it could, or was not asked for."""
    kind: PageKind
    """What its page is."""
    kind_why: str
    confidence: float | None
    """How sure the text is, 0 to 1; null: not known."""
    utc_offset: str | None
    """The publisher's own, as in `+04:00`; null: not known."""
    image_alt: str
    site_name: str | None
    canonical_url: str | None
    dateline: str | None
    credits: tuple[str, ...]
    """Agencies and outlets that its text names as its origin."""
    revision: int
    """1 until the publisher changes it."""
    revisions: tuple[PastRevision, ...]
    """Former versions, oldest first."""
    relation: Relation | None
    """To the article `of`; null: it has no story yet."""
    of: int | None
    """The article of its story that it resembles most; null: there is none."""
    why: str | None
    """Why it belongs to its story; null: it has none yet."""
    text: str
    html: str
    """Sanitised; empty where nothing but plain text is known."""
    markdown: str


def article_fields(found: Article) -> ArticleFields:
    summary, assignment = found.summary, found.assignment
    return ArticleFields(
        id=summary.article_id,
        story=summary.story_id,
        source=summary.source,
        title=summary.title,
        url=summary.url,
        guid=found.guid,
        authors=found.authors,
        published_at=summary.published_at,
        updated_at=found.updated_at,
        first_seen_at=summary.first_seen_at,
        language=summary.language,
        image_url=found.image_url,
        categories=found.categories,
        media=found.media,
        links=found.links,
        withdrawn_at=found.withdrawn_at,
        text_state=found.text_state,
        text_origin=found.text_origin,
        text_why=found.text_why,
        text_error=found.text_error,
        kind=found.kind,
        kind_why=found.kind_why,
        confidence=found.confidence,
        utc_offset=None if found.utc_offset is None else offset_of(found.utc_offset),
        image_alt=found.image_alt,
        site_name=found.site_name,
        canonical_url=found.canonical_url,
        dateline=found.dateline,
        credits=found.credits,
        revision=found.revision,
        revisions=found.revisions,
        relation=None if assignment is None else assignment.relation,
        of=None if assignment is None or assignment.of is None else int(assignment.of),
        why=None if assignment is None else assignment.why,
        text=found.text,
        html=found.html,
        markdown=markdown(text=found.text, html=found.html),
    )


def markdown(*, text: str, html: str) -> str:
    """A text in Markdown, from its HTML if there is any."""
    return to_markdown(html_of(text=text, html=html))
