"""One notice to one channel, of whichever kind it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from aggregator.notify import chat
from aggregator.notify.message import compose_notice
from aggregator.notify.notices import render_notice
from aggregator.notify.smtp import SmtpSettings, send, without_server
from aggregator.notify.webhook import Post, post_notice
from aggregator.types import Channel, ChannelKind, Notice

PATIENCE = timedelta(seconds=60)
"""For a service of Apprise as a whole; webhooks have the fetcher's time, mail that of its
settings."""


async def deliver(
    notice: Notice,
    channel: Channel,
    *,
    post: Post,
    smtp: SmtpSettings | None,
    sender: str | None,
    timezone: tzinfo = UTC,
    patience: timedelta = PATIENCE,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Returning means that the other side has taken it. Raises DeliveryError: permanent, or with
    how long the other side asks to be left alone.

    `post`: the guarded fetcher's. `smtp` and `sender`: for mail; without them it is refused for
    good. Times are shown in `timezone`.
    """
    match channel.kind:
        case ChannelKind.WEBHOOK:
            await post_notice(notice, channel, post=post, now=clock())
        case ChannelKind.APPRISE:
            await asyncio.to_thread(chat.send, notice, channel, timezone=timezone, timeout=patience)
        case ChannelKind.MAIL:
            if smtp is None or sender is None:
                whom = f"the channel “{channel.name}”"
                raise without_server(whom, recipient=channel.name)
            await asyncio.to_thread(_mail, notice, channel, smtp, sender, timezone)


def _mail(
    notice: Notice, channel: Channel, settings: SmtpSettings, sender: str, timezone: tzinfo
) -> None:
    rendered = render_notice(notice.content, timezone=timezone)
    _, message = compose_notice(rendered, notice, sender=sender, recipient=channel.address)
    send(message, sender=sender, recipient=channel.address, settings=settings)
