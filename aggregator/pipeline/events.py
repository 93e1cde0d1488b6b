"""What the stages report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.types import Assignment, Notice, PageKind, TextOrigin, TextState


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolled:
    source: str
    url: str
    status: int | None
    """None: no answer, or nothing was asked."""
    error: str | None
    """A sentence; None: it went well."""
    unchanged: bool
    """The publisher, or a comparison of the bytes, said that nothing is new."""
    new: int
    revised: int
    warning: str | None
    """What is wrong with the feed although it was read; None: nothing."""
    next_poll_at: datetime
    why: str
    """Why then, in sentences."""
    elapsed: timedelta
    new_ids: tuple[int, ...] = ()
    """Of the articles that are new."""
    delays: tuple[timedelta, ...] = ()
    """From publication to now, of those that say when they were published. Empty at the first
    reading of a feed, which lists what is old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFetched:
    article_id: int
    title: str
    url: str
    state: TextState
    kind: PageKind | None
    """None: there was no page, or nothing could be made of it."""
    origin: TextOrigin
    """Of the present text."""
    words: int
    error: str | None
    """A sentence; None: it went well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsMadeAgain:
    """Enough was known of a host's furniture to free its earlier articles of it, too."""

    host: str
    seen: int
    """Articles whose pages were kept."""
    changed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesAssigned:
    assignments: tuple[Assignment, ...]
    elapsed: timedelta
    """For finding their stories, and storing them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitsCaught:
    """Watches have caught something."""

    looked_at: int
    """Articles."""
    caught: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesMade:
    """A watch has a message for each of its channels."""

    watch: str
    """Name as feeds.yaml has it."""
    items: int
    """What it tells of, with what is only counted."""
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTried:
    """One try to deliver a message."""

    notice: Notice
    """As it is after that."""
    error: str | None
    """A sentence; None: it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDropped:
    """Work whose claim ran out before it was recorded; it falls due again."""

    what: str


Event = (
    FeedPolled
    | TextFetched
    | TextsMadeAgain
    | StoriesAssigned
    | HitsCaught
    | NoticesMade
    | NoticeTried
    | WorkDropped
)
