"""The verbs about watches, what they have caught, and the messages about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.storage import hits as _hits
    from aggregator.storage import notices as _notices
    from aggregator.storage import watches as _watches
    from aggregator.types import Notice, NoticeItem, NoticeState, WatchCursor, WatchHit, WatchItem
else:  # each when one of its verbs is asked for
    _hits = Later("hits")
    _notices = Later("notices")
    _watches = Later("watches")


class WatchVerbs(Transactions):
    """See `protocol.watches`."""

    def sync_watches(
        self, names: Collection[str], channels: Collection[str], *, now: datetime
    ) -> dict[str, int]:
        return self._write(lambda session: _watches.sync_watches(session, names, channels, now=now))

    def watch_cursor(self) -> WatchCursor:
        return self._read(_watches.watch_cursor)

    def latest_cursor(self) -> WatchCursor:
        return self._read(_watches.latest_cursor)

    def to_watch(
        self, cursor: WatchCursor, *, limit: int, now: datetime, patience: timedelta
    ) -> tuple[list[WatchItem], WatchCursor]:
        return self._read(
            lambda session: _watches.to_watch(
                session, cursor, limit=limit, now=now, patience=patience
            )
        )

    def watch_items(self, story_id: int, *, limit: int) -> list[WatchItem]:
        return self._read(lambda session: _watches.watch_items(session, story_id, limit=limit))

    # --- what they have caught

    def record_hits(self, hits: Sequence[WatchHit], *, cursor: WatchCursor | None) -> int:
        return self._write(lambda session: _hits.record_hits(session, hits, cursor=cursor))

    def open_hits(self, watches: Collection[str] | None = None) -> list[WatchHit]:
        return self._read(lambda session: _hits.open_hits(session, watches))

    def notice_items(self, hits: Sequence[WatchHit]) -> list[NoticeItem]:
        return self._read(lambda session: _hits.notice_items(session, hits))

    # --- messages

    def notice_times(self, watch: str, *, since: datetime) -> list[datetime]:
        return self._read(lambda session: _notices.notice_times(session, watch, since=since))

    def put_notices(
        self, notices: Sequence[Notice], hits: Sequence[WatchHit], *, now: datetime
    ) -> int:
        return self._write(lambda session: _notices.put_notices(session, notices, hits, now=now))

    def due_channels(self, *, now: datetime) -> list[str]:
        return self._read(lambda session: _notices.due_channels(session, now=now))

    def due_notices(self, *, now: datetime, limit: int, channel: str | None = None) -> list[Notice]:
        return self._read(
            lambda session: _notices.due_notices(session, now=now, limit=limit, channel=channel)
        )

    def begin_notice(self, notice: Notice) -> bool:
        return self._write(lambda session: _notices.begin_notice(session, notice))

    def record_notice(self, notice: Notice, *, hold_until: datetime | None = None) -> None:
        self._write(lambda session: _notices.record_notice(session, notice, hold_until=hold_until))

    def notices(
        self, *, state: NoticeState | None = None, watch: str | None = None, limit: int
    ) -> list[Notice]:
        return self._read(
            lambda session: _notices.notices(session, state=state, watch=watch, limit=limit)
        )

    def retry_notices(self, notice_ids: Collection[int] | None, *, now: datetime) -> int:
        return self._write(lambda session: _notices.retry_notices(session, notice_ids, now=now))
