"""What is followed, and what has been observed of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from aggregator.types.extraction import PageRules
from aggregator.types.grouping import Manners


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
    rules: PageRules | None = None
    """How its article pages are asked for and read; None: as any other's."""
    manners: Manners = field(default_factory=Manners)
    """How its articles are put into stories."""


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


class SourceOutline(NamedTuple):
    """What a list says of a source before it shows it. A tuple, for there are tens of thousands."""

    source_id: int
    name: str
    url: str
    standing: str
    """A word of `core.standing`."""
    is_silent: bool
    """It is read without trouble, and nothing new has come since the time that was asked for."""


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
