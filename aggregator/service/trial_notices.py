"""A message that says that it is a test, to each channel of a watch, now."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.config import Config
from aggregator.core.watch_rules import watch_key
from aggregator.errors import DeliveryError
from aggregator.service.alerts import hand_over_to
from aggregator.service.runtime import fetcher_for
from aggregator.types import Channel, Notice, NoticeContent, NoticeItem, NoticeState, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    channel: str
    error: DeliveryError | None
    """None: the other side has it."""


async def send_trial(config: Config, watch: Watch) -> Sequence[Trial]:
    """To all channels at once, each tried once. It stands in no outbox, and counts for no bound."""
    by_name = {channel.name: channel for channel in config.channels}
    async with fetcher_for(config) as fetcher:

        async def send(channel: Channel) -> Trial:
            try:
                notice = _notice(watch, channel)
                await hand_over_to(channel, notice, config, fetcher, clock=_now)
            except DeliveryError as error:
                return Trial(channel=channel.name, error=error)
            return Trial(channel=channel.name, error=None)

        return await asyncio.gather(*(send(by_name[name]) for name in dict.fromkeys(watch.to)))


def _notice(watch: Watch, channel: Channel) -> Notice:
    now = _now()
    item = NoticeItem(
        headline=f"A test of the watch {watch.name}",
        source="aggregator",
        at=now,
        url=None,
        snippet="Whatever it catches will be sent here.",
        article_id=None,
        story_id=None,
        outlets=1,
        relation=None,
    )
    return Notice(
        notice_id=0,
        key=secrets.token_hex(16),
        watch=watch_key(watch.name),
        channel=channel.name,
        content=NoticeContent(
            watch=watch.name, query=watch.query, items=(item,), more=0, since_at=now
        ),
        state=NoticeState.WAITING,
        attempts=0,
        error=None,
        due_at=now,
        created_at=now,
        sent_at=None,
    )


def _now() -> datetime:
    return datetime.now(UTC)
