"""The verbs about sources, and the polling of their feeds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.storage import hosts, polls, source_listing
    from aggregator.storage import sources as _sources
    from aggregator.types import (
        FeedClaim,
        HostWork,
        KnownEntry,
        PollRecord,
        Source,
        SourceOutline,
        SourceStatus,
        SyncReport,
    )
else:  # each when one of its verbs is asked for
    hosts = Later("hosts")
    polls = Later("polls")
    source_listing = Later("source_listing")
    _sources = Later("sources")


class FeedVerbs(Transactions):
    """See `protocol.feeds`."""

    # --- sources

    def sync_sources(self, sources: Sequence[Source], *, now: datetime) -> SyncReport:
        return self._write(lambda session: _sources.sync_sources(session, sources, now=now))

    def created_at(self) -> datetime | None:
        return self._read(_sources.created_at)

    def source_statuses(
        self, *, only: Collection[int] | None = None, url: str | None = None
    ) -> list[SourceStatus]:
        return self._read(
            lambda session: source_listing.source_statuses(session, only=only, url=url)
        )

    def source_outlines(
        self, *, now: datetime, silent_since: datetime | None = None, tag: str | None = None
    ) -> list[SourceOutline]:
        return self._read(
            lambda session: source_listing.source_outlines(
                session, now=now, silent_since=silent_since, tag=tag
            )
        )

    def wake(self, source_ids: Collection[int] | None, *, now: datetime, force: bool) -> int:
        return self._write(lambda session: _sources.wake(session, source_ids, now=now, force=force))

    # --- COMMIT 1: polling

    def due_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        return self._read(lambda session: polls.due_hosts(session, now=now, limit=limit, only=only))

    def claim_feeds(
        self, host: str, *, now: datetime, lease: timedelta, only: Collection[int] | None = None
    ) -> list[FeedClaim]:
        return self._write(
            lambda session: polls.claim_feeds(session, host, now=now, lease=lease, only=only)
        )

    def release_host(self, host: str, *, lease_until: datetime, free_at: datetime) -> None:
        self._write(
            lambda session: hosts.release(session, host, lease_until=lease_until, free_at=free_at)
        )

    def known_entries(self, source_id: int, keys: Collection[str]) -> list[KnownEntry]:
        return self._read(lambda session: polls.known_entries(session, source_id, keys))

    def record_poll(self, record: PollRecord) -> list[int]:
        return self._write(lambda session: polls.record_poll(session, record))
