"""The watches and channels of feeds.yaml at work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import Config
from aggregator.fetch.http import Fetcher
from aggregator.notify.dispatch import deliver
from aggregator.pipeline import Event, Watching, run_watches, send_notices
from aggregator.service.mailing import smtp_settings
from aggregator.storage.protocol import Storage
from aggregator.types import Channel, Notice


async def hand_over_to(
    channel: Channel,
    notice: Notice,
    config: Config,
    fetcher: Fetcher,
    *,
    clock: Callable[[], datetime],
) -> None:
    """As the configuration has it. Raises DeliveryError."""
    await deliver(
        notice,
        channel,
        post=fetcher.post,
        smtp=smtp_settings(config),
        sender=config.digest.sender,
        timezone=config.digest.timezone,
        patience=config.timeout,
        clock=clock,
    )


@dataclass(slots=True, kw_only=True)
class Alerts:
    """Made anew with each configuration."""

    config: Config
    storage: Storage
    fetcher: Fetcher
    """Through which webhooks are reached."""
    clock: Callable[[], datetime]
    report: Callable[[Event], None]
    _watching: Watching | None = None

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to look for."""
        return self._work.is_needed

    async def set_up(self) -> None:
        """Have the store know which watches and channels there are: what is stored from now on is
        what they look at."""
        await asyncio.to_thread(self._work.set_up)

    async def run(self) -> None:
        """Look at what has come, and make messages."""
        await run_watches(self._work)

    async def due_channels(self) -> list[str]:
        """Those that messages are due to."""
        if not self.config.channels:
            return []
        return await asyncio.to_thread(self.storage.due_channels, now=self.clock())

    async def send(self, channel_name: str) -> None:
        """Send what is due to a channel. What waits for one that is gone is given up."""
        channel = next((one for one in self.config.channels if one.name == channel_name), None)
        if channel is None:
            await self.set_up()
            return

        async def hand_over(notice: Notice) -> None:
            await hand_over_to(channel, notice, self.config, self.fetcher, clock=self.clock)

        await send_notices(
            self.storage, channel.name, hand_over, clock=self.clock, report=self.report
        )

    async def send_all(self) -> None:
        """To all channels at once, each until nothing is due there."""
        await asyncio.gather(*(self.send(name) for name in await self.due_channels()))

    def reset(self) -> None:
        """Another process may have been at it meanwhile."""
        self._watching = None

    @property
    def _work(self) -> Watching:
        if self._watching is None:
            self._watching = Watching(
                storage=self.storage,
                watches=self.config.watches,
                channels={channel.name for channel in self.config.channels},
                timezone=self.config.digest.timezone,
                clock=self.clock,
                report=self.report,
            )
        return self._watching
