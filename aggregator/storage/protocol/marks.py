"""What a store must do about what has been read and starred, and what readers' apps list by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aggregator.types import Marks, StreamItem, StreamQuery, Unread


class MarkStore(Protocol):
    """See `protocol.Storage`."""

    def star(self, article_ids: Collection[int], *, now: datetime) -> int:
        """Mark articles; how many were not before. Those that do not exist are left out."""

    def unstar(self, article_ids: Collection[int]) -> int:
        """Take the marks away; how many there were."""

    def mark_read(self, article_ids: Collection[int], *, now: datetime) -> int:
        """How many of them were unread before. Those that do not exist are left out."""

    def mark_unread(self, article_ids: Collection[int], *, now: datetime) -> int:
        """How many of them were read before. One that was first seen long ago is read again with
        the next `clean_up`."""

    def mark_all_read(
        self, source_ids: Collection[int] | None, *, until: int, now: datetime
    ) -> int:
        """Everything of these sources (None: of all) up to this article id, which need not be one
        of theirs; how many were unread. What is stored later is unread."""

    def marks(self, article_ids: Collection[int]) -> dict[int, Marks]:
        """Of those that exist."""

    def unread(self) -> dict[int, Unread]:
        """By source id; sources without any are left out. What was first seen long ago (see
        `clean_up`) is read."""

    def stream(self, query: StreamQuery, *, limit: int) -> list[StreamItem]:
        """What a reader's app lists: up to `limit` of what `query` asks for, in its order."""
