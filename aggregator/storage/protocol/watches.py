"""What a store must do about watches, what they have caught, and the messages about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aggregator.types import Notice, NoticeItem, NoticeState, WatchCursor, WatchHit, WatchItem


class WatchStore(Protocol):
    """See `protocol.Storage`."""

    def sync_watches(
        self, names: Collection[str], channels: Collection[str], *, now: datetime
    ) -> dict[str, int]:
        """Make the store's list of watches equal to `names` (folded); of each the last article that
        it does not look at, which is the last there was when it was set up.

        What one that is gone has caught and is in no message is dropped. Messages that wait for a
        watch that is gone, or for a channel that is not among `channels`, are dead.
        """

    def watch_cursor(self) -> WatchCursor:
        """Where watches stand; at first, after everything that is stored: who sets a watch up wants
        to know of what comes."""

    def latest_cursor(self) -> WatchCursor:
        """After everything that is stored now."""

    def to_watch(
        self, cursor: WatchCursor, *, limit: int, now: datetime, patience: timedelta
    ) -> tuple[list[WatchItem], WatchCursor]:
        """What is to be looked at next, and where that ends: articles that have got a story, in the
        order of assignment, and those that have waited for one, mostly since their page is slow,
        for longer than `patience` since they were first seen; up to `limit`, fewer where their
        texts are long. An article may come again, when it has a story or another one. What is no
        news is passed over: it is an archive's (see storage.watches), or was first seen a week ago.
        None are left when the cursor stays as it was."""

    def watch_items(self, story_id: int, *, limit: int) -> list[WatchItem]:
        """The articles of a story, the first `limit` by time."""

    # --- what they have caught

    def record_hits(self, hits: Sequence[WatchHit], *, cursor: WatchCursor | None) -> int:
        """Store what watches have caught and how far they have looked (None: as before), at once;
        how many hits are new: one with the (watch, subject) of another is left out, and so is a
        story of which the watch has caught an article under another subject."""

    def open_hits(self, watches: Collection[str] | None = None) -> list[WatchHit]:
        """Those of these watches (None: all) that are in no message yet, the earliest first."""

    def notice_items(self, hits: Sequence[WatchHit]) -> list[NoticeItem]:
        """What a message tells of each, as things are now; without those that are gone."""

    # --- messages

    def notice_times(self, watch: str, *, since: datetime) -> list[datetime]:
        """When messages of a watch (name, folded) were made, each once however many channels it
        went to, the earliest first."""

    def put_notices(
        self, notices: Sequence[Notice], hits: Sequence[WatchHit], *, now: datetime
    ) -> int:
        """Store messages and that these hits are in them, at once; how many are new: one with the
        key of another is left out. None is stored if one of the hits is in a message already. Where
        the last try at the channel failed and a message of the watch waits that was never tried,
        the content is added to that one instead, under the new key."""

    def due_channels(self, *, now: datetime) -> list[str]:
        """Those with a try due, by name."""

    def due_notices(self, *, now: datetime, limit: int, channel: str | None = None) -> list[Notice]:
        """Messages with a try due, to this channel (None: to any): first those that were tried
        before, then those longest due; none to a channel that is held."""

    def begin_notice(self, notice: Notice) -> bool:
        """It is about to be sent, and not changed any more; False: it has been changed since it was
        read, or does not wait any more."""

    def record_notice(self, notice: Notice, *, hold_until: datetime | None = None) -> None:
        """Store what became of a try. Until `hold_until` nothing is due at its channel; one that
        has been sent ends that."""

    def notices(
        self, *, state: NoticeState | None = None, watch: str | None = None, limit: int
    ) -> list[Notice]:
        """The latest ones first."""

    def retry_notices(self, notice_ids: Collection[int] | None, *, now: datetime) -> int:
        """Have dead messages (None: all of them) tried again at once; how many were dead."""
