"""Watches, hits and messages in a few words, for the tests of what watches catch and send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.types import (
    Notice,
    NoticeContent,
    NoticeItem,
    NoticeState,
    Watch,
    WatchHit,
    WatchPer,
)

NOW = datetime(2026, 5, 31, 12, 0, 0, 123456, tzinfo=UTC)


def watch(name: str = "Baku", query: str = "baku", **fields: object) -> Watch:
    plain = Watch(name=name, query=query, per=WatchPer.ARTICLE, to=("desk",))
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a Watch


def hit(article_id: int | None = 1, watch_name: str = "baku", **fields: object) -> WatchHit:
    """Of an article, unless `subject` says otherwise."""
    plain = WatchHit(
        watch=watch_name,
        subject=f"article:{article_id}",
        article_id=article_id,
        source_id=1,
        snippet="The \x02wheat\x03 is in.",
        at=NOW,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a WatchHit


def item(headline: str = "Wheat is in", **fields: object) -> NoticeItem:
    plain = NoticeItem(
        headline=headline,
        source="Example",
        at=NOW,
        url="https://example.com/1",
        snippet="The \x02wheat\x03 is in.",
        article_id=1,
        story_id=None,
        outlets=1,
        relation=None,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a NoticeItem


def content(*items: NoticeItem, **fields: object) -> NoticeContent:
    plain = NoticeContent(
        watch="Baku", query="baku", items=items or (item(),), more=0, since_at=NOW
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a NoticeContent


def notice(key: str = "k1", channel: str = "desk", **fields: object) -> Notice:
    """One that waits and is due."""
    plain = Notice(
        notice_id=0,
        key=key,
        watch="baku",
        channel=channel,
        content=content(),
        state=NoticeState.WAITING,
        attempts=0,
        error=None,
        due_at=NOW,
        created_at=NOW,
        sent_at=None,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a Notice


def keys(notices: Sequence[Notice]) -> list[str]:
    return [one.key for one in notices]
