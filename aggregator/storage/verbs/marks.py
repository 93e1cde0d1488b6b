"""The verbs about what has been read and starred, and what readers' apps list by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.storage import marks as _marks
    from aggregator.storage import stars, streams
    from aggregator.types import Marks, StreamItem, StreamQuery, Unread
else:  # each when one of its verbs is asked for
    _marks = Later("marks")
    stars = Later("stars")
    streams = Later("streams")


class MarkVerbs(Transactions):
    """See `protocol.marks`."""

    def star(self, article_ids: Collection[int], *, now: datetime) -> int:
        return self._write(lambda session: stars.star(session, article_ids, now=now))

    def unstar(self, article_ids: Collection[int]) -> int:
        return self._write(lambda session: stars.unstar(session, article_ids))

    def mark_read(self, article_ids: Collection[int], *, now: datetime) -> int:
        return self._write(lambda session: _marks.mark_read(session, article_ids, now=now))

    def mark_unread(self, article_ids: Collection[int], *, now: datetime) -> int:
        return self._write(lambda session: _marks.mark_unread(session, article_ids, now=now))

    def mark_all_read(
        self, source_ids: Collection[int] | None, *, until: int, now: datetime
    ) -> int:
        return self._write(
            lambda session: _marks.mark_all_read(session, source_ids, until=until, now=now)
        )

    def marks(self, article_ids: Collection[int]) -> dict[int, Marks]:
        return self._read(lambda session: _marks.marks(session, article_ids))

    def unread(self) -> dict[int, Unread]:
        return self._read(_marks.unread)

    def stream(self, query: StreamQuery, *, limit: int) -> list[StreamItem]:
        return self._read(lambda session: streams.stream(session, query, limit=limit))
