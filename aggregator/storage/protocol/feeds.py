"""What a store must do about sources, and the polling of their feeds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
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


class FeedStore(Protocol):
    """See `protocol.Storage`."""

    # --- sources

    def sync_sources(self, sources: Sequence[Source], *, now: datetime) -> SyncReport:
        """Make the store's list of sources equal to `sources`.

        A source is recognised by its URL, else by its name, so that renaming it or moving it
        keeps its articles (a moved one forgets its validators). A new one is due at `now`. One
        that is missing is no longer polled, keeps its articles, and comes back with its history.
        """

    def created_at(self) -> datetime | None:
        """When a list of sources was first stored; None: none has been."""

    def source_statuses(
        self, *, only: Collection[int] | None = None, url: str | None = None
    ) -> list[SourceStatus]:
        """Every source that is polled, by name; `only` these ids, and the one of this address."""

    def source_outlines(
        self, *, now: datetime, silent_since: datetime | None = None, tag: str | None = None
    ) -> list[SourceOutline]:
        """The same sources, by id, and little of each: what it costs to choose among them. Those
        with this tag; None: all. Without `silent_since`, none is called silent."""

    def wake(self, source_ids: Collection[int] | None, *, now: datetime, force: bool) -> int:
        """Make these sources (None: all) due now, and return how many are.

        Without `force`, a source that the publisher asked to leave alone keeps its time, and so
        does one whose host is to be left alone. With it, a retired source among `source_ids` is
        polled again.
        """

    # --- COMMIT 1: polling

    def due_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        """Hosts with feeds due that nobody holds, longest due first; `only` these source ids.

        A host that wants to be left alone for more than a minute yet (see `release_host`, and
        `hold_host_until` of what is recorded) is not among them, and cannot be claimed.
        """

    def claim_feeds(
        self, host: str, *, now: datetime, lease: timedelta, only: Collection[int] | None = None
    ) -> list[FeedClaim]:
        """Take the host and its due feeds for the time of the lease.

        Empty while somebody holds the host, be it for its feeds or for its pages: one task serves
        it at a time. Give it back with `release_host`; after a crash it falls free by itself.
        """

    def release_host(self, host: str, *, lease_until: datetime, free_at: datetime) -> None:
        """Give a host back, to be asked again from `free_at` on.

        What was claimed with it and not recorded is due again. A lease that is no longer held is
        no error: nothing changes.
        """

    def known_entries(self, source_id: int, keys: Collection[str]) -> list[KnownEntry]:
        """Articles of the source that have come under any of these keys.

        `keys` of each answer are those of the asked ones under which it has come.
        """

    def record_poll(self, record: PollRecord) -> list[int]:
        """Store the outcome of one poll and end its claim; ids of the new articles, in order.

        Identifiers grow in the order of `decision.new`, which is the oldest first.

        Raises ClaimLost when the claim is no longer held. A key that the source already has is
        never stored twice, whatever the decision says. A source that was woken since `polled_at`
        stays due. When the source has moved to where another one is polled, that one gets its
        articles and this one retires.
        """
