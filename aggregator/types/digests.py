"""What is told once a day or so: what a digest is to hold, what it holds, and to whom it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from aggregator.types.sources import SourceStatus
from aggregator.types.stories import Story, StoryArticle


class TargetKind(StrEnum):
    """How a digest is handed over."""

    MAIL = "mail"
    """Through the mail server of feeds.yaml."""
    FILE = "file"
    """Written as one message, an .eml file."""
    MAILDIR = "maildir"
    """Put into a maildir, where mail programs find it."""
    COMMAND = "command"
    """Given to a program's standard input, as sendmail takes it."""
    APPRISE = "apprise"
    """In short, by what Apprise (https://github.com/caronc/apprise) knows by its kind of URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTarget:
    """A recipient."""

    name: str
    """Unique among a digest's; shown, logged, and what a delivery is known by. A mail address is
    its own name, so is a file; a channel's address, which may hold secrets, is not."""
    kind: TargetKind
    address: str = field(repr=False)
    """A mail address with or without a name before it; an absolute path, in which `{digest}`,
    `{date}` and `{time}` stand for the edition's (FILE), or of a folder (MAILDIR); a command line,
    split as a POSIX shell would, run without one; Apprise's URL."""


class SectionKind(StrEnum):
    TAG = "tag"
    """Stories that a source with the tag has an article of."""
    WATCH = "watch"
    """Stories of which a watch has caught something."""
    QUERY = "query"
    """Stories with a new article that a search finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRule:
    """As feeds.yaml has it. A story stands in the first section that takes it, and else below."""

    kind: SectionKind
    value: str
    """The tag; the watch's name; the query in the search language."""
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a digest is due."""

    hours: tuple[time, ...]
    """Local times, in order, at least one."""
    days: frozenset[int]
    """Days of the week, 0 is Monday; at least one."""
    timezone: str
    """IANA name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which digest it is: unique, so that a restart cannot make it twice."""

    digest: str
    """Name, folded."""
    local_date: date
    slot: int
    """1 is that of the first of the day's hours, 2 of the second, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStory:
    story: Story
    points: float
    """See `core.digest_ranking`."""
    watches: tuple[str, ...] = ()
    """Those that caught something of it in the period, by name as in feeds.yaml."""
    told: frozenset[int] = frozenset()
    """Its articles that a former edition of this digest told; empty: it has not been in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSection:
    title: str | None
    """None: what no section takes; it stands last, and alone where there are no sections."""
    stories: tuple[DigestStory, ...]
    """By points. The most important are shown in full."""
    brief: tuple[DigestStory, ...] = ()
    """Those after them, with the headline only."""
    left_out: int = 0
    """Stories beyond both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """An edition, before it is rendered."""

    edition: Edition
    title: str
    since_at: datetime
    until_at: datetime
    """It covers [since_at, until_at), by when articles were first seen."""
    timezone: str
    language: str
    """BCP 47 primary subtag: what its own words and dates are in."""
    sections: tuple[DigestSection, ...]
    """Stories; those without any are left out."""
    singles: tuple[StoryArticle, ...]
    """Single items, by source and time."""
    singles_left_out: Mapping[str, int]
    """By source, how many single items are beyond the cap; only where there are any."""
    troubles: tuple[SourceStatus, ...]
    """Sources that need a person."""
    sites: Mapping[str, str] = field(default_factory=dict)
    """By source, its home page; without those of which none is known."""
    images: bool = False
    """Whether stories are shown with their picture, which is loaded from the outlet."""
    home: str | None = None
    """Address of the program's own page, without a slash at the end; None: readers have none."""
    is_preview: bool = False
    """Nobody can find it again."""

    @property
    def stories(self) -> tuple[DigestStory, ...]:
        """Those shown in full, in order."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def left_out(self) -> int:
        """Stories and items that are counted only."""
        stories = sum(section.left_out for section in self.sections)
        return stories + sum(self.singles_left_out.values())

    @property
    def is_empty(self) -> bool:
        return not self.sections and not self.singles


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDigest:
    """As it is sent, and kept."""

    subject: str
    text: str
    html: str
    """At most `notify.render.MOST_BYTES` bytes in UTF-8."""
    short: str
    """For a chat: a few lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDigest:
    """An edition as it was made; it can be shown again byte for byte."""

    edition: Edition
    title: str
    since_at: datetime
    until_at: datetime
    made_at: datetime
    rendered: RenderedDigest
    stories: int
    """Shown in full or in brief."""
    singles: int
    left_out: int


class DeliveryState(StrEnum):
    SENDING = "sending"
    """Frozen and about to be sent; after a crash it is sent again under the same Message-ID."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One edition to one recipient, unique by (edition, recipient)."""

    edition: Edition
    recipient: str
    """`DigestTarget.name`."""
    message_id: str
    message: bytes
    """The whole message, frozen before the first try; for Apprise UTF-8 text: subject, line break,
    short form."""
    state: DeliveryState
    attempts: int
    error: str | None
    """A sentence; None: no failure so far."""
    retry_at: datetime | None
    """None: no further try."""
