"""What is counted and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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
