"""Notices to send: invented outlets and events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.types import Notice, NoticeContent, NoticeItem, NoticeState, Relation

NOW = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)


def item(number: int = 1, **changes: Any) -> NoticeItem:
    base = NoticeItem(
        headline=f"Aldermoor reopens harbour bridge {number}",
        source="The Gulf Observer",
        at=NOW - timedelta(minutes=number),
        url=f"https://example.org/{number}",
        snippet="The \x02harbour\x03 bridge of \x02Aldermoor\x03 is open again …",
        article_id=number,
        story_id=7,
        outlets=1,
        relation=Relation.NEW,
    )
    return replace(base, **changes)


def content(*items: NoticeItem, **changes: Any) -> NoticeContent:
    base = NoticeContent(
        watch="Baku",
        query='harbour OR "night train"',
        items=items or (item(),),
        more=0,
        since_at=NOW - timedelta(hours=1),
    )
    return replace(base, **changes)


def notice(*items: NoticeItem, key: str = "baku-desk-1", **changes: Any) -> Notice:
    return Notice(
        notice_id=1,
        key=key,
        watch="baku",
        channel="desk",
        content=content(*items, **changes),
        state=NoticeState.WAITING,
        attempts=0,
        error=None,
        due_at=NOW,
        created_at=NOW,
        sent_at=None,
    )
