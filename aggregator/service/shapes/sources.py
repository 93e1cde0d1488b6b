"""A source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.core.standing import (
    Standing,
    held_until,
    next_poll_at,
    reasons,
    standing,
    without_login,
)
from aggregator.service.shapes import widened
from aggregator.types import Source, SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFields:
    """A source, and how it fares. Of a paused one only the name, the address and the tags are
    known."""

    id: int | None
    """Null: it is paused."""
    name: str
    url: str
    """As feeds.yaml has it."""
    address: str
    """Where it is polled."""
    state: Standing
    title: str | None
    """What it calls itself; null: nothing."""
    site_url: str | None
    tags: tuple[str, ...]
    articles: int
    newest_at: datetime | None
    """Its newest article; null: it has none."""
    last_poll_at: datetime | None
    """Null: never."""
    last_ok_at: datetime | None
    """The last poll that went well; null: none has."""
    last_status: int | None
    """Of the last answer; null: there was none."""
    last_error: str | None
    """A sentence; null: the last poll went well."""
    failures: float
    """In a row; some count for less than one."""
    hold_until: datetime | None
    """Until when its publisher wants it left alone; null: not at all."""
    retired_at: datetime | None
    """Null: it has not retired."""
    next_poll_at: datetime | None
    """Null: never."""
    why: str
    """Why then."""
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDetail(SourceFields):
    """A source, and why it is polled when it is."""

    reasons: tuple[str, ...]
    """Why the next poll is when it is, and what else there is to know of it, in sentences; of a
    list empty."""


def source_fields(status: SourceStatus, *, now: datetime) -> SourceFields:
    source, state = status.source, status.state
    return SourceFields(
        id=status.source_id,
        name=source.name,
        url=source.url,
        address=without_login(state.address) if state.address else source.url,
        state=standing(status, now=now),
        title=state.title,
        site_url=state.site_url,
        tags=source.tags,
        articles=status.articles,
        newest_at=status.newest_at,
        last_poll_at=state.last_poll_at,
        last_ok_at=state.last_ok_at,
        last_status=state.last_status,
        last_error=state.last_error,
        failures=state.failures,
        hold_until=held_until(status, now=now),
        retired_at=state.retired_at,
        next_poll_at=next_poll_at(status, now=now),
        why=state.why,
        etag=state.etag,
        last_modified=state.last_modified,
    )


def source_detail(status: SourceStatus, *, now: datetime) -> SourceDetail:
    shape = source_fields(status, now=now)
    return widened(SourceDetail, shape, reasons=tuple(reasons(status, now=now)))


def paused_source(source: Source) -> SourceDetail:
    return SourceDetail(
        id=None,
        name=source.name,
        url=source.url,
        address=source.url,
        state=Standing.PAUSED,
        title=None,
        site_url=None,
        tags=source.tags,
        articles=0,
        newest_at=None,
        last_poll_at=None,
        last_ok_at=None,
        last_status=None,
        last_error=None,
        failures=0.0,
        hold_until=None,
        retired_at=None,
        next_poll_at=None,
        why="It is paused.",
        etag=None,
        last_modified=None,
        reasons=(),
    )
