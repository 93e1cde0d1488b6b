"""What is mailed, counted and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from aggregator.types.sources import SourceStatus
from aggregator.types.stories import Story, StoryArticle


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
    pages: int = 0
    """Articles whose pages were kept for long enough and have been dropped."""
    details: Mapping[str, int] = field(default_factory=dict)
