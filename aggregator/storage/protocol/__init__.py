"""What a store must do: coarse verbs, one transaction each.

The protocol is synchronous; callers in the event loop use `asyncio.to_thread`. Every verb may be
called from any thread. A verb that returns has committed; a verb that raises has changed nothing.
Reading verbs see one consistent state.

Each module has the verbs about one thing; they are one protocol, `Storage`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from aggregator.storage.protocol.access import AccessStore
from aggregator.storage.protocol.digests import DigestStore
from aggregator.storage.protocol.feeds import FeedStore
from aggregator.storage.protocol.marks import MarkStore
from aggregator.storage.protocol.reading import Order, ReadingStore
from aggregator.storage.protocol.stories import StoryStore
from aggregator.storage.protocol.texts import TextStore
from aggregator.storage.protocol.watches import WatchStore

if TYPE_CHECKING:
    from aggregator.types import CleanUpReport, Worker

__all__ = ["LEADER", "Order", "Role", "Storage"]

LEADER = "leader"
"""The role of the process that assigns stories, runs watches, mails the digest and cleans up."""


class Role(Protocol):
    """Something that one process at a time does; lost when the process or its connection dies."""

    def take(self) -> bool:
        """Whether we have it, from now on or still. Cheap; ask again before each use.

        Raises StorageError when the database cannot be reached; then we do not have it.
        """

    def drop(self) -> None:
        """Leave it to others; one that is not held is no error."""


class Storage(
    FeedStore,
    TextStore,
    StoryStore,
    ReadingStore,
    MarkStore,
    WatchStore,
    DigestStore,
    AccessStore,
    Protocol,
):
    """See the module's docstring. Errors: StorageError and its children."""

    @property
    def shared(self) -> bool:
        """Whether several processes may work on it at once."""

    def close(self) -> None:
        """Finish what is under way and release files; further calls raise StorageError."""

    def clock(self) -> datetime:
        """The time that all who work on the database go by: leases are compared across machines."""

    def role(self, name: str) -> Role:
        """A role that its processes compete for; a database that is not shared gives it to all."""

    # --- housekeeping

    def report_worker(self, worker: Worker) -> None:
        """Keep a process's latest sign of life."""

    def forget_worker(self, name: str) -> None:
        """A process ends; one that is not known is no error."""

    def workers(self) -> list[Worker]:
        """Every process that has not said that it ends, by name."""

    def release_claims(self) -> int:
        """End every claim. Only for a process that knows it is alone (see `instance`)."""

    def heed_clock(self, *, now: datetime) -> int:
        """After a clock that ran ahead has been set back: what was to wait until a time that is
        further off than anything waits is due now, and sources that were polled in the future are.
        Returns how many sources; 0: none, as always."""

    def clean_up(self, *, window: timedelta, keep_pages: timedelta) -> CleanUpReport:
        """Drop what is no longer needed: fingerprints that no further article will be compared with
        (older than the newest assigned one by more than the window), pages kept for longer than
        `keep_pages` (counted from the latest one; of zero: all), marks of what was first seen 30
        days before the latest article, which is read from then on, sessions of browsers that are
        over, hosts that were asked long ago and the furniture of those that gave no page for long,
        copies of robots.txt that count no longer, workers that have been silent for a day, what
        watches caught long ago and the messages about it, what digests told long ago and their
        messages that are not open any more, write-ahead logs. In several transactions, so that
        nobody waits for all of it."""

    def check(self) -> list[str]:
        """Problems with the database's integrity, a sentence each; empty: it is whole."""
