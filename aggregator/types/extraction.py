"""What is made of an article's pages, and from what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.types.summaries import PageKind


class TextOrigin(StrEnum):
    """Where an article's present text comes from: the steps of the ladder, the best first."""

    RULES = "rules"
    """The page, by the source's own rules."""
    LINKED_DATA = "linked-data"
    """The page's JSON-LD."""
    PAGE = "page"
    """The page's markup."""
    AMP = "amp"
    """The page's AMP form."""
    PRINT = "print"
    """The page's form for printing."""
    CONTENT = "content"
    """The feed's full content."""
    SUMMARY = "summary"
    """The feed's summary, or nothing but the title."""

    @property
    def is_feed(self) -> bool:
        return self in (TextOrigin.CONTENT, TextOrigin.SUMMARY)


class PageRole(StrEnum):
    """How a page belongs to an article."""

    PAGE = "page"
    """What the entry links to."""
    NEXT = "next"
    """A further page of the same article."""
    AMP = "amp"
    PRINT = "print"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCopy:
    """A page as it was served."""

    role: PageRole
    url: str | None
    """That answered; None: not known, relative links are left out."""
    content_type: str | None
    """None: the server sent none."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPage:
    """A page that would make the text better."""

    role: PageRole
    url: str
    """Absolute http(s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules:
    """How feeds.yaml wants a source's article pages to be read. Selectors are CSS, or XPath where
    they begin with "/", "./" or "("; of several the first that finds something counts."""

    body: tuple[str, ...] = ()
    """All that the first one finds, in order, is the body; empty: it is looked for."""
    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    """All that any of them finds is taken out before anything is looked for."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Request headers (name, value) for the source's own article pages, cookies among them."""

    @property
    def reads(self) -> bool:
        """Whether anything but requests is ruled."""
        return bool(self.body or self.title or self.author or self.date or self.remove)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedText:
    """What the feed says of an article: a check on its page, and what stands in for it."""

    title: str = ""
    text: str = ""
    """Plain text."""
    html: str = ""
    """Sanitised."""
    origin: TextOrigin = TextOrigin.SUMMARY
    """`CONTENT` or `SUMMARY`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPages:
    """From what an article's text was made, kept for making it again."""

    feed: FeedText
    pages: tuple[PageCopy, ...]
    """The entry's own page first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRequest:
    """Everything from which the text of one article is made."""

    pages: tuple[PageCopy, ...]
    """The entry's own page first, further pages in their order."""
    feed: FeedText = FeedText()
    rules: PageRules | None = None
    """None: the source has none."""
    furniture: bytes = field(default=b"", repr=False)
    """What is known of the outlet's recurring text (core.furniture); empty: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What the pages of an article say."""

    title: str
    text: str
    """Plain text; paragraphs parted by an empty line."""
    html: str = ""
    """Sanitised body."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """None: the page does not say."""
    updated_at: datetime | None = None
    """None: the page does not say."""
    utc_offset: timedelta | None = None
    """From UTC, of the zone that the page gives its publication date in, or that of its country;
    None: neither is known."""
    language: str | None = None
    """None: not said and not recognised."""
    image_url: str | None = None
    """The lead image. None: the page names none."""
    image_alt: str = ""
    """Its alternative text, one line; empty: none given."""
    site_name: str | None = None
    """None: the page does not say."""
    canonical_url: str | None = None
    """None: the page does not say."""
    dateline: str | None = None
    """As in "BAKU (Reuters)". None: there is none."""
    credits: tuple[str, ...] = ()
    """The agencies and outlets that it names as its sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The text that is to be stored, and how it came about."""

    article: ArticleText
    """Of a page that has no article: the feed's text, and nothing else."""
    kind: PageKind
    kind_why: str
    """Why it is taken for that; a sentence."""
    origin: TextOrigin
    why: str
    """Why the text is taken from there; a sentence."""
    confidence: float | None = None
    """0 to 1: how far a second way of finding the body agrees; None: none was asked."""
    wanted: tuple[WantedPage, ...] = ()
    """Pages that are missing; with them the text may become another one."""
    furniture: bytes = field(default=b"", repr=False)
    """What is known of the outlet now; empty: as before."""
    furniture_settled: bool = False
    """With this page enough of the outlet is known to free its earlier articles of it, too."""
