"""Saved searches, what they catch, and what is sent of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from aggregator.types.summaries import Relation


class WatchPer(StrEnum):
    """What is sent once."""

    ARTICLE = "article"
    STORY = "story"
    """Its first article that matches; further ones of the same story are not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many messages in any such time."""

    most: int
    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Nothing is sent from `begin` to `end`, local times; over midnight if `end` is earlier. What
    is caught meanwhile is sent at `end`, in one message."""

    begin: time
    end: time
    timezone: str
    """IANA name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """As feeds.yaml has it."""

    name: str
    """Unique whatever its case."""
    query: str
    """In the search language. With `silent`, fields of sources only; "" is any source."""
    per: WatchPer
    to: tuple[str, ...]
    """Names of channels; empty: nothing is sent, what it catches is looked at."""
    at_most: Rate | None = None
    """None: no bound."""
    quiet: QuietHours | None = None
    """None: there are none."""
    silent: timedelta | None = None
    """It watches for sources that have brought nothing new for so long; None: for articles."""


class ChannelKind(StrEnum):
    MAIL = "mail"
    """Through the mail server of feeds.yaml."""
    WEBHOOK = "webhook"
    """A POST of JSON."""
    APPRISE = "apprise"
    """What Apprise (https://github.com/caronc/apprise) knows by its kind of URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where messages go."""

    name: str
    """Shown and logged instead of the address, which may hold secrets."""
    kind: ChannelKind
    address: str = field(repr=False)
    """A mail address, an http(s) URL, or Apprise's URL."""
    secret: str | None = field(default=None, repr=False)
    """Of a webhook: what its requests are signed with; None: they are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchItem:
    """An article as watches see it."""

    article_id: int
    story_id: int | None
    """None: it has no story yet."""
    relation: Relation | None
    """None: as `story_id`."""
    outlets: int
    """Of its story."""
    is_first: bool
    """No article of its story is earlier; False while it has none."""
    source_id: int
    source: str
    tags: tuple[str, ...]
    """Of the source."""
    url: str | None
    title: str
    text: str
    authors: tuple[str, ...]
    language: str | None
    image_url: str | None
    at: datetime
    """Publication time, never later than first seen."""
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCursor:
    """How far watches have looked."""

    seq: int
    """The last assignment, in their order."""
    article_id: int
    """Up to this one, articles that waited too long for their text were looked at without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHit:
    """Something that a watch has caught. Unique by (watch, subject): it is stored once."""

    watch: str
    """Name, folded."""
    subject: str
    """`article:12`, `story:34`, or `silent:5:1764500000` (source and when it last had news)."""
    article_id: int | None
    """None: it is about a source."""
    source_id: int
    snippet: str
    """Plain text, matches marked as in `SearchHit`; a sentence where it is about a source."""
    at: datetime
    """When it was caught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """One thing that a message tells."""

    headline: str
    source: str
    at: datetime
    url: str | None
    snippet: str
    """As in `WatchHit`."""
    article_id: int | None
    story_id: int | None
    outlets: int
    """That ran the story."""
    relation: Relation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeContent:
    """What a message tells, whichever channel carries it."""

    watch: str
    """Name as feeds.yaml has it."""
    query: str
    items: tuple[NoticeItem, ...]
    """The latest ones."""
    more: int
    """Left out."""
    since_at: datetime
    """When the first of it was caught."""


class NoticeState(StrEnum):
    WAITING = "waiting"
    """It is to be sent, or sent again."""
    SENT = "sent"
    DEAD = "dead"
    """Given up; a person may have it tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one channel, frozen before the first try. It is delivered at least once:
    after a crash perhaps again, under the same key."""

    notice_id: int
    """0: it is not stored yet."""
    key: str
    """Idempotency key: unique, the same at every try."""
    watch: str
    """Name, folded."""
    channel: str
    """Name."""
    content: NoticeContent
    state: NoticeState
    attempts: int
    error: str | None
    """A sentence; None: no failure so far."""
    due_at: datetime | None
    """The next try; None: there is none."""
    created_at: datetime
    sent_at: datetime | None
    """None: it has not been."""
