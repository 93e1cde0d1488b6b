"""The messages of watches: what stands in one, and the key by which its receiver knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from aggregator.types import Notice, NoticeContent, NoticeItem, NoticeState, Watch, WatchHit

T = TypeVar("T")

MOST_ITEMS = 25
"""Items of one message; the latest ones are told, the others counted."""


def latest(caught: Sequence[T]) -> Sequence[T]:
    """What of it (the earliest first) is told, the latest first."""
    return caught[: -MOST_ITEMS - 1 : -1]


def content_of(
    watch: Watch, hits: Sequence[WatchHit], items: Sequence[NoticeItem]
) -> NoticeContent:
    """`hits`: at least one, the earliest first. `items`: what is told of the latest ones, without
    those that are gone."""
    return NoticeContent(
        watch=watch.name,
        query=watch.query,
        items=tuple(items),
        more=len(hits) - min(len(hits), MOST_ITEMS),
        since_at=hits[0].at,
    )


def joined(earlier: NoticeContent, later: NoticeContent) -> NoticeContent:
    """One message instead of two of the same watch."""
    items = later.items + earlier.items
    return NoticeContent(
        watch=later.watch,
        query=later.query,
        items=items[:MOST_ITEMS],
        more=earlier.more + later.more + len(items[MOST_ITEMS:]),
        since_at=earlier.since_at,
    )


def notices_of(
    watch: Watch, name: str, content: NoticeContent, hits: Sequence[WatchHit], *, now: datetime
) -> list[Notice]:
    """One for each channel of the watch, due at once. `name`: of the watch, folded."""
    return [
        Notice(
            notice_id=0,
            key=key_of(name, channel, hits),
            watch=name,
            channel=channel,
            content=content,
            state=NoticeState.WAITING,
            attempts=0,
            error=None,
            due_at=now,
            created_at=now,
            sent_at=None,
        )
        for channel in dict.fromkeys(watch.to)
    ]


def key_of(name: str, channel: str, hits: Sequence[WatchHit]) -> str:
    """The same for the same hits of a watch and the same channel: 32 letters and digits."""
    digest = hashlib.sha256(f"{name}\0{channel}\0{hits[0].at.isoformat()}".encode())
    for hit in hits:
        digest.update(b"\0" + hit.subject.encode())
    return digest.hexdigest()[:32]
