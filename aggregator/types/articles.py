"""What is known of an article, and what each stage does to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.types.documents import Link, Media
from aggregator.types.extraction import (
    Extraction,
    FeedText,
    KeptPages,
    PageRules,
    TextOrigin,
)
from aggregator.types.grouping import Assignment
from aggregator.types.sources import FeedClaim, FeedState
from aggregator.types.summaries import ArticleSummary, PageKind


class TextState(StrEnum):
    """How far the full text of an article has come."""

    PENDING = "pending"
    """The page is still to be fetched; the feed's text stands in, and no story is chosen yet."""
    READY = "ready"
    RETRY = "retry"
    """The page failed, or a part of it: the feed's text stands in, or what there is of the page's,
    until a later try succeeds."""
    FAILED = "failed"
    """The page failed for good; the feed's text stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What the store knows of an article that may be the same as a parsed entry."""

    article_id: int
    keys: frozenset[str]
    guid: str | None
    """None: the feed gave none."""
    url: str | None
    """None: the entry linked nowhere."""
    title: str
    published_at: datetime | None
    """None: the feed gave none."""
    content_hash: str
    """Of title and text as the feed last gave them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An entry to store for the first time."""

    keys: frozenset[str]
    guid: str | None
    """None: the feed gives none."""
    url: str | None
    """None: the entry links nowhere."""
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    """None: the feed gives none; readers then go by the time it was first seen."""
    updated_at: datetime | None
    """None: the feed gives none."""
    language: str | None
    """None: not known."""
    image_url: str | None
    """None: none named."""
    categories: tuple[str, ...]
    text: str
    html: str
    text_origin: TextOrigin
    content_hash: str
    page_host: str | None
    """Host whose page is to be fetched; None: the text is ready as it is."""
    media: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An entry that is known but whose title or text the publisher changed."""

    article_id: int
    article: NewArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDecision:
    """What one parsed feed means for the store."""

    new: tuple[NewArticle, ...]
    revised: tuple[Revision, ...]
    new_keys: tuple[tuple[int, str], ...]
    """(article id, key): a further name under which a known article has come."""
    unchanged: int
    withdrawn: tuple[str, ...] = ()
    """GUIDs of articles that the publisher has taken back; they stay, and are marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """COMMIT 1: everything that one poll of one feed changes."""

    claim: FeedClaim
    state: FeedState
    polled_at: datetime
    """When its request went out."""
    decision: PollDecision | None
    """None: nothing to store (unchanged, or failed)."""
    hold_host_until: datetime | None = None
    """Nothing on the host is asked before then; None: nobody said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextClaim:
    """An article whose page this process may fetch until the lease runs out."""

    article_id: int
    source_id: int
    url: str
    title: str
    language: str | None
    """None: not known."""
    feed: FeedText
    """Of a page that is visited again, as it was kept; empty where it was not."""
    attempts: int
    """Failed tries so far."""
    headers: tuple[tuple[str, str], ...]
    """Those of the source and of its rules when the page is on the source's own host; secrets go
    nowhere else."""
    lease_until: datetime
    free_at: datetime | None = None
    """As in `FeedClaim`."""
    respect_robots: bool = True
    """As in `Source`."""
    proxy: str | None = field(default=None, repr=False)
    """As in `Source`."""
    rules: PageRules | None = None
    """As in `Source`."""
    kind: PageKind = PageKind.ARTICLE
    """Of the page when it was last fetched."""
    origin: TextOrigin = TextOrigin.SUMMARY
    """Of the present text. Not the feed: the page has given it, and is visited again."""
    text: str = ""
    """The present one."""
    first_seen_at: datetime | None = None
    """Of the article; None: not known."""
    revised_at: datetime | None = None
    """When the present revision was first seen; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRecord:
    """COMMIT 2: what became of one article's page."""

    claim: TextClaim
    at: datetime
    state: TextState
    extracted: Extraction | None
    """None: the page failed; the present text stays, and what is known of it."""
    error: str | None
    """A sentence; None: all went well."""
    retry_at: datetime | None
    """When the page is to be asked for again, after a failure or because it grows; None: never."""
    keep: KeptPages | None = None
    """What is kept for making the text again, in place of what was; None: nothing new."""
    revises: bool = False
    """The publisher has changed the text: the present one is kept as a former revision."""
    hold_host_until: datetime | None = None
    """As in `PollRecord`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArticle:
    """An article whose pages are kept, so that its text can be made again."""

    article_id: int
    host: str
    """Of its page: by which the outlet's furniture is known."""
    title: str
    kept: KeptPages
    rules: PageRules | None
    """As feeds.yaml has them now; None: there are none."""
    version: int
    """How often its text has changed: what was made of another version is not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAgain:
    """A text made again from the pages that were kept."""

    article: KeptArticle
    extracted: Extraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsCopy:
    """The last copy of a site's robots.txt."""

    origin: str
    """Scheme, host and port, as in https://example.org or http://example.org:8080."""
    asked_at: datetime
    """When it was last asked for."""
    status: int | None
    """Of the answer whose body this is; None: there has been no answer, or none but 5xx and 429."""
    body: bytes
    failing_since: datetime | None = None
    """Since when it has been out of reach; None: the last answer was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """What an article said before the publisher changed it."""

    number: int
    """1 is the first version."""
    title: str
    text: str
    seen_at: datetime
    """When this version was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The whole stored item."""

    summary: ArticleSummary
    guid: str | None
    """None: the feed gave none."""
    authors: tuple[str, ...]
    updated_at: datetime | None
    """None: the publisher gave none."""
    image_url: str | None
    """None: none named."""
    categories: tuple[str, ...]
    text: str
    html: str
    text_state: TextState
    text_origin: TextOrigin
    text_error: str | None
    """Why the page could not be had; None: it could, or was not asked for."""
    revision: int
    """1 until the publisher changes it."""
    revisions: tuple[PastRevision, ...] = ()
    """Former versions, oldest first."""
    assignment: Assignment | None = None
    """None: not assigned yet."""
    media: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()
    withdrawn_at: datetime | None = None
    """When the publisher took it back; None: it has not."""
    kind_why: str = ""
    """A sentence; empty: its page was not fetched."""
    text_why: str = ""
    """Why the text is taken from its origin; a sentence, empty: its page was not fetched."""
    confidence: float | None = None
    """As in `Extraction`."""
    utc_offset: timedelta | None = None
    """As in `ArticleText`."""
    image_alt: str = ""
    """As in `ArticleText`."""
    site_name: str | None = None
    """As in `ArticleText`."""
    canonical_url: str | None = None
    """As in `ArticleText`."""
    dateline: str | None = None
    """As in `ArticleText`."""
    credits: tuple[str, ...] = ()
    """As in `ArticleText`."""

    @property
    def kind(self) -> PageKind:
        """What its page is; of one that was not fetched, an article."""
        return self.summary.kind
