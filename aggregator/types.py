"""What travels between the stages: one frozen type for each.

Times are aware UTC and end in ``_at``; durations are ``timedelta``. Where a field may be None,
the field says what None means. Identifiers are the integers of the store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

# --- where the store is --------------------------------------------------------------------------

_OPTION = re.compile(r"([?&][^=&?]*=)[^&]*")


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A PostgreSQL database, by its libpq connection URI; as text it shows no password."""

    uri: str = field(repr=False)

    def __str__(self) -> str:
        scheme, _, rest = _OPTION.sub(_without_secret, self.uri).partition("://")
        # Up to the last "@", so that a password hides also where it should have been encoded.
        login, at, server = rest.rpartition("@")
        name, colon, _ = login.partition(":")
        return f"{scheme}://{name}{':***' if colon else ''}{at}{server}"


def _without_secret(option: re.Match[str]) -> str:
    return f"{option[1]}***" if "password" in unquote(option[1]).lower() else option[0]


Database = Path | PostgresUrl
"""A SQLite file, or a PostgreSQL database."""


# --- sources -------------------------------------------------------------------------------------


class PagePolicy(StrEnum):
    """When the page behind an entry is fetched for its full text."""

    AUTO = "auto"
    """Only when the feed itself does not carry the full text."""
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSelectors:
    """Where a web page without a feed has its items: CSS selectors, with `::attr(name)` for an
    attribute. All but `item` are looked for within each item."""

    item: str
    title: str | None = None
    """None: the item's heading, else the text of its link."""
    link: str | None = None
    """None: the link in its heading, else its first."""
    date: str | None = None
    """None: its first `time`."""
    summary: str | None = None
    """None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What feeds.yaml wants: one feed of one outlet."""

    name: str
    """Unique; the user's own, or the host of the feed."""
    url: str
    tags: tuple[str, ...] = ()
    language: str | None = None
    """BCP 47 primary subtag that overrides what feed and pages say; None: believe them."""
    interval: timedelta = timedelta(minutes=30)
    """The shortest time between two polls."""
    max_interval: timedelta | None = None
    """The longest, when it seldom brings something new; None: always at `interval`."""
    pages: PagePolicy = PagePolicy.AUTO
    weight: float = 1.0
    """How much its reports count when stories are ranked."""
    headers: tuple[tuple[str, str], ...] = ()
    """Extra request headers (name, value) for this feed and its pages."""
    respect_robots: bool = True
    """Whether its article pages are left alone where the site's robots.txt says so."""
    proxy: str | None = field(default=None, repr=False)
    """As in `FetchRequest`, for this feed and its pages."""
    selectors: PageSelectors | None = None
    """Where the items are on a web page that is watched; None: it is a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHints:
    """How often the publisher asks, in the feed itself, to be polled."""

    ttl: timedelta | None = None
    """RSS `ttl`: how long the feed may be kept; None: not given."""
    update_every: timedelta | None = None
    """`sy:updatePeriod` over `sy:updateFrequency`; None: not given."""
    update_base: datetime | None = None
    """`sy:updateBase`, which the updates are counted from; None: not given."""
    skip_hours: tuple[int, ...] = ()
    """RSS `skipHours`: hours of the day in UTC, 0 to 23, in which nothing comes; in order."""
    skip_days: tuple[int, ...] = ()
    """RSS `skipDays`: days of the week in UTC, 0 is Monday, on which nothing comes; in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is remembered of a feed's arrivals (core.pace); the same size for ever."""

    at: datetime
    """The counts are as of then."""
    usual: float
    """Arrivals, each halved with every USUAL that has passed."""
    observed: timedelta
    """Time that arrivals were looked for in, halved likewise."""
    lately: float
    """Arrivals, each halved with every LATELY that has passed."""
    last_at: datetime | None
    """When the last arrival began; None: nothing has come yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What has been observed of a source. Editing feeds.yaml never loses it."""

    etag: str | None = None
    """Byte for byte as sent; None: the last answer had none."""
    last_modified: str | None = None
    """Byte for byte as sent; None: the last answer had none."""
    body_hash: str | None = None
    """Of the last body that parsed; None: none has yet."""
    next_poll_at: datetime
    hold_until: datetime | None = None
    """The publisher asked to be left alone until then (Retry-After); None: not asked."""
    last_poll_at: datetime | None = None
    """None: never polled."""
    last_ok_at: datetime | None = None
    """None: never polled with success."""
    last_error: str | None = None
    """A sentence for the user; None: the last poll went well."""
    last_status: int | None = None
    """HTTP status of the last answer; None: there was no answer."""
    failures: float = 0.0
    """Graded failures in a row; 0 after a success."""
    title: str | None = None
    """What the feed calls itself; None: not known yet."""
    site_url: str | None = None
    """The outlet's home page as the feed gives it; None: not given."""
    why: str = ""
    """Why the next poll is when it is, in sentences."""
    not_before_at: datetime | None = None
    """The publisher's headers and the feed itself ask not to come earlier; None: they do not."""
    pace: Pace | None = None
    """None: nothing is known yet of how often something new comes."""
    hints: PollHints | None = None
    """Of the last document that parsed; None: it gave none."""
    address: str | None = None
    """Where it is polled since it moved for good; None: at its source's own address."""
    moved_to: str | None = None
    """Where the last answer said it has moved for good; None: it did not."""
    moved_times: int = 0
    """How many answers in a row have said so and had a feed."""
    gone_at: datetime | None = None
    """When it first answered 410 Gone, with no success since; None: it has not."""
    retired_at: datetime | None = None
    """Since when it is polled no longer, of which `last_error` says why; None: it is polled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedClaim:
    """A feed that this process may poll until the lease runs out."""

    source_id: int
    source: Source
    state: FeedState
    lease_until: datetime
    """Also the fencing token: recording under another lease is refused."""
    free_at: datetime | None = None
    """Whoever asked the host last wants it left alone until then; None: it may be asked now."""

    @property
    def url(self) -> str:
        """What is asked."""
        return self.state.address or self.source.url


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What changed in the store when feeds.yaml was read again; names of sources."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """No longer polled; their articles stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """A source with its state and its counts, for `aggregator sources`."""

    source_id: int
    source: Source
    state: FeedState
    articles: int
    newest_at: datetime | None
    """Publication (else first-seen) time of its newest article; None: it has none."""
    host_free_at: datetime | None = None
    """The host wants to be left alone until then, whatever is due; None: it has not been asked."""


# --- fetching ------------------------------------------------------------------------------------


class FailureGrade(StrEnum):
    """How much a failure says about the feed (after Media Cloud's fetcher)."""

    HARD = "hard"
    """The answer is no feed, or the address cannot be right: counts 1."""
    SOFT = "soft"
    """An HTTP error that active feeds recover from (404, 429, 5xx): counts 0.5."""
    PASSING = "passing"
    """The network's fault (DNS, connection, time-out): counts 0.25."""

    @property
    def weight(self) -> float:
        return {"hard": 1.0, "soft": 0.5, "passing": 0.25}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    url: str
    accept: str = "*/*"
    etag: str | None = None
    """Sent as If-None-Match; None: not sent."""
    last_modified: str | None = None
    """Sent as If-Modified-Since; None: not sent."""
    headers: tuple[tuple[str, str], ...] = ()
    max_bytes: int = 32 * 1024 * 1024
    """Bound on the decoded body."""
    delta: bool = False
    """Take an answer with the new entries only, where the server has that (RFC 3229)."""
    proxy: str | None = field(default=None, repr=False)
    """Such as socks5://user:password@proxy.example.org:1080; "": none; None: the fetcher's own."""


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Fetched:
    """A 200 with its whole body, or a 226 with what is new.

    The fetcher notices when nobody holds it any longer, for its memory: do not keep it for long.
    """

    url: str
    """The address that answered, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    etag: str | None
    """None: the answer had none."""
    last_modified: str | None
    """None: the answer had none."""
    elapsed: timedelta
    moved_to: str | None = None
    """The address that all redirects on the way, permanent ones, say to use from now on; None:
    there was none, or one was temporary or led from https to http."""
    delta: bool = False
    """The body has the new entries only (a 226): what it lacks is not gone."""

    @property
    def content_type(self) -> str | None:
        """The Content-Type header; None: absent."""
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304; the validators it carried, if any."""

    url: str
    etag: str | None
    last_modified: str | None
    elapsed: timedelta
    moved_to: str | None = None
    """As in `Fetched`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """An expected failure is a value."""

    url: str
    grade: FailureGrade
    reason: str
    """A sentence that the user understands."""
    status: int | None = None
    """None: no answer came."""
    retry_after: timedelta | None = None
    """As the server asked, already relative to now; None: not asked."""
    elapsed: timedelta = timedelta()
    private: bool = False
    """The server that answered has no public address."""


FetchOutcome = Fetched | NotModified | FetchFailed


# --- what the publisher said ---------------------------------------------------------------------


class MediaKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    """What has pages, such as a PDF."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that comes with an entry."""

    url: str
    """Absolute http(s)."""
    kind: MediaKind
    type: str | None = None
    """MIME type as given; None: not given."""
    title: str = ""
    """One line: its title, else its description or caption; empty: none given."""
    credit: str = ""
    """One line; empty: none given."""
    size: int | None = None
    """Bytes; None: not given."""
    duration: timedelta | None = None
    """None: not given."""
    width: int | None = None
    """Pixels; None: not given."""
    height: int | None = None
    """Pixels; None: not given."""


class LinkKind(StrEnum):
    """How an entry stands to what it links to."""

    REPLY_TO = "reply-to"
    """It answers it (Atom threading, RFC 4685)."""
    COMMENTS = "comments"
    """A page of comments on it."""
    COMMENTS_FEED = "comments-feed"
    CORRECTS = "corrects"
    """It corrects or replaces it."""
    CORRECTED_BY = "corrected-by"
    """It has been corrected or replaced by it."""
    RELATED = "related"
    VIA = "via"
    """Where it was found, or whose it was first (RSS `source`)."""
    ALTERNATE = "alternate"
    """The same in another form or language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something else that an entry refers to."""

    kind: LinkKind
    url: str | None = None
    """Absolute http(s); None: only its identifier is given."""
    ref: str = ""
    """The identifier (GUID) of what is meant; empty: not given."""
    title: str = ""
    """One line; empty: none given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry as the feed has it, cleaned: texts are plain, HTML is sanitised, URLs absolute."""

    guid: str | None
    """None: the feed gives none."""
    url: str | None
    """Absolute http(s); None: the entry links nowhere."""
    title: str
    """One line of plain text; empty when the feed gives none."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """None: not given, or not a date."""
    updated_at: datetime | None = None
    """None: not given, or not a date."""
    language: str | None = None
    """Of the entry, else of the feed; None: neither says."""
    summary_html: str = ""
    content_html: str = ""
    text: str = ""
    """Plain text of the content, else of the summary; paragraphs parted by an empty line."""
    image_url: str | None = None
    """None: no image named."""
    categories: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    format: str
    """rss20, rss10, rss091, atom10, atom03, json1, …"""
    title: str
    site_url: str | None
    """None: the feed does not link to its site."""
    language: str | None
    """None: the feed does not say."""
    entries: tuple[ParsedEntry, ...]
    warning: str | None = None
    """What is wrong with the document although it could be read; None: nothing."""
    hints: PollHints | None = None
    """None: the feed gives none."""
    complete: bool = True
    """Whether the document came to its end; one that breaks off is to be asked for again."""
    withdrawn: tuple[str, ...] = ()
    """GUIDs of entries that the publisher has taken back (Atom tombstones, RFC 6721)."""


# --- articles ------------------------------------------------------------------------------------


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


# --- stories -------------------------------------------------------------------------------------


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
class Fingerprint:
    """What is kept of a text to recognise it. Made by core.fingerprint, read by core.cluster.

    Hashes are unsigned and stable across processes, machines and Python versions.
    """

    version: int
    """Of the method; fingerprints of different versions are not compared."""
    language: str
    """Primary subtag, or "" when not known."""
    length: int
    """Words in the text."""
    step: int
    """A power of two: kept are the word 3-grams whose hash it divides; 1: all of them."""
    shingles: bytes
    """Hashes of the word 3-grams outside quotations: sorted, 4 bytes each, little-endian."""
    quoted: bytes
    """The same for those that occur in quotations only."""
    terms: bytes
    """Hashes of the stems of title and text, 4 bytes each, little-endian."""
    counts: bytes
    """How often each of `terms` occurs, one byte each."""
    lead: bytes
    """Hashes of the stems of the title and the first words, 4 bytes each, little-endian."""
    names: tuple[tuple[str, int], ...]
    """(name or number as written, count), the most frequent ones, those of the beginning first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """An article whose text is as ready as it will be, and that has no story yet."""

    article_id: int
    source: str
    title: str
    url: str | None
    """None: no address."""
    at: datetime
    """Publication time, never later than first seen."""
    language: str | None
    """None: not known."""
    text: str
    version: int = 0
    """How often its text has changed: what was decided upon another version is not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupInput:
    """An article as grouping sees it."""

    article_id: int | str
    source: str
    """Outlet; the same name means the same outlet."""
    title: str
    url: str | None
    """None: no address."""
    at: datetime
    """Publication time, never later than first seen."""
    fingerprint: Fingerprint
    version: int = 0
    """That of the text which the fingerprint is made from: see `Unassigned`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which story an article belongs to, and why."""

    article_id: int | str
    story: int | str
    """Identifier of the article that started the story."""
    relation: Relation
    of: int | str | None
    """The article it resembles most; None: it starts the story."""
    score: float
    """0 to 1: how sure."""
    why: str
    """A sentence that a person can check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """One line of a story's timeline."""

    article: ArticleSummary
    relation: Relation
    of: int | None
    """The article it resembles most; None: it is the first."""
    score: float
    why: str
    weight: float
    """Of its source."""
    words: int
    excerpt: str
    """The first few hundred characters of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles that report one event; articles are in order of time, the first outlet first."""

    story_id: int
    articles: tuple[StoryArticle, ...]

    @property
    def first(self) -> StoryArticle:
        return self.articles[0]

    @property
    def first_at(self) -> datetime:
        return self.articles[0].article.at

    @property
    def last_at(self) -> datetime:
        return max(item.article.at for item in self.articles)

    @property
    def outlets(self) -> tuple[str, ...]:
        """Names of the sources, in order of their first article."""
        return tuple(dict.fromkeys(item.article.source for item in self.articles))


# --- search, digest, service ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    article: ArticleSummary
    snippet: str
    """Plain text; matches stand between U+0002 and U+0003."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A day's digest, before it is rendered."""

    title: str
    local_date: date
    since_at: datetime
    until_at: datetime
    timezone: str
    stories: tuple[Story, ...]
    """Reported by at least two outlets, by rank."""
    singles: tuple[StoryArticle, ...]
    """Single items, by source and time."""
    troubles: tuple[SourceStatus, ...]
    """Sources that need a person."""
    left_out: int
    """Stories and items beyond the cap."""

    @property
    def is_empty(self) -> bool:
        return not self.stories and not self.singles


class DeliveryState(StrEnum):
    SENDING = "sending"
    """Frozen and about to be sent; after a crash it is sent again under the same Message-ID."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One digest to one recipient, unique by (recipient, local date)."""

    recipient: str
    local_date: date
    message_id: str
    message: bytes
    """The whole message, frozen before the first try."""
    state: DeliveryState
    attempts: int
    error: str | None
    """A sentence; None: no failure so far."""
    retry_at: datetime | None
    """None: no further try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    sources: int
    articles: int
    stories: int
    pending_texts: int
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWork:
    """A host with something due, and how much."""

    host: str
    due: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that works on the database, as it last reported itself."""

    name: str
    """Machine and process; unique."""
    machine: str
    version: str
    """Of the program."""
    started_at: datetime
    seen_at: datetime
    """When it last gave a sign of life."""
    jobs: int
    """Under way."""
    leads: bool
    """Whether it is the one that assigns stories, mails the digest and cleans up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUpReport:
    fingerprints: int = 0
    """Fingerprints dropped because their article left the window."""
    details: Mapping[str, int] = field(default_factory=dict)
