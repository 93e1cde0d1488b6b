"""What is known of an article, and what each stage does to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.types.documents import Link, Media
from aggregator.types.grouping import Assignment
from aggregator.types.sources import FeedClaim, FeedState


class TextState(StrEnum):
    """How far the full text of an article has come."""

    PENDING = "pending"
    """The page is still to be fetched; the feed's text stands in, and no story is chosen yet."""
    READY = "ready"
    RETRY = "retry"
    """The page failed; the feed's text stands in until a later try succeeds."""
    FAILED = "failed"
    """The page failed for good; the feed's text stays."""


class TextOrigin(StrEnum):
    """Where an article's present text comes from."""

    PAGE = "page"
    CONTENT = "content"
    """The feed's full content."""
    SUMMARY = "summary"
    """The feed's summary, or nothing but the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What one page yields."""

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
    language: str | None = None
    """None: not said and not recognised."""
    image_url: str | None = None
    """None: the page names none."""
    site_name: str | None = None
    """None: the page does not say."""
    canonical_url: str | None = None
    """None: the page does not say."""


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
    feed_text: str
    attempts: int
    """Failed tries so far."""
    headers: tuple[tuple[str, str], ...]
    """Those of the source when the page is on the feed's own host; secrets go nowhere else."""
    lease_until: datetime
    free_at: datetime | None = None
    """As in `FeedClaim`."""
    respect_robots: bool = True
    """As in `Source`."""
    proxy: str | None = field(default=None, repr=False)
    """As in `Source`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRecord:
    """COMMIT 2: what became of one article's page."""

    claim: TextClaim
    at: datetime
    state: TextState
    extracted: ArticleText | None
    """None: the page failed, or gave less than the feed; the present text stays."""
    error: str | None
    """A sentence; None: all went well."""
    retry_at: datetime | None
    """None: no further try."""
    hold_host_until: datetime | None = None
    """As in `PollRecord`."""


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

    @property
    def at(self) -> datetime:
        """The time by which it is listed: publication, never later than first seen."""
        if self.published_at is None:
            return self.first_seen_at
        return min(self.published_at, self.first_seen_at)


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
