"""An article as lists show it, and the words for what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PageKind(StrEnum):
    """What a fetched page is: an article, or what stands where an article should."""

    ARTICLE = "article"
    PAYWALL = "paywall"
    """The beginning of an article whose rest is for subscribers."""
    VIDEO = "video"
    """A video with a caption."""
    LIVE = "live"
    """A live blog: its text grows."""
    CONSENT = "consent"
    """Asks to accept cookies before it shows anything."""
    CHALLENGE = "challenge"
    """Asks for a human visitor."""
    LINKS = "links"
    """A list of links to other pages."""
    ERROR = "error"
    """Says that there is nothing here, or is the home page instead."""

    @property
    def has_article(self) -> bool:
        """Whether the page is the article, or a part of it, so that it is stored."""
        return self in _WITH_ARTICLE


_WITH_ARTICLE = frozenset({PageKind.ARTICLE, PageKind.PAYWALL, PageKind.VIDEO, PageKind.LIVE})


class Relation(StrEnum):
    """What an article is to the article of its story that it resembles most."""

    NEW = "new"
    """It resembles none: it starts a story."""
    SAME = "same"
    """The outlet's same article again, under another address or in another feed."""
    COPY = "copy"
    """The same text; headline, dateline and boilerplate may differ."""
    REWRITE = "rewrite"
    """Much of the text, rephrased or extended."""
    REPORT = "report"
    """An independent report of the same event."""
    TRANSLATION = "translation"
    """A report of the same event in another language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSummary:
    """An article as lists show it."""

    article_id: int
    source_id: int
    source: str
    url: str | None
    """None: the entry linked nowhere."""
    title: str
    published_at: datetime | None
    """None: the publisher gave none."""
    first_seen_at: datetime
    language: str | None
    """None: not known."""
    story_id: int | None
    """None: not assigned yet."""
    kind: PageKind = PageKind.ARTICLE
    """As in `Article`."""

    @property
    def at(self) -> datetime:
        """The time by which it is listed: publication, never later than first seen."""
        if self.published_at is None:
            return self.first_seen_at
        return min(self.published_at, self.first_seen_at)
