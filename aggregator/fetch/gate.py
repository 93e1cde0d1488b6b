"""Politeness: one request at a time to a host, and a pause between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    """In the loop's time."""
    users: int = 0
    """Tasks that hold or await the turn."""
    forget: asyncio.TimerHandle | None = None
    """Set while nobody uses it."""


class HostGate:
    """Hands out turns to talk to a host, in the order they were asked for.

    A host has one turn at a time, the starts of two turns are at least `delay` apart, and half of
    that lies behind the end of the first: a turn may begin with waiting for a connection, and what
    starts apart would else arrive together. A host is forgotten once its pause is over and nobody
    waits. For one event loop, whose clock it uses.
    """

    def __init__(self, delay: timedelta) -> None:
        self._delay = delay.total_seconds()
        self._hosts: dict[str, _Host] = {}

    @property
    def delay(self) -> timedelta:
        """Between the starts of two turns."""
        return timedelta(seconds=self._delay)

    def __len__(self) -> int:
        """How many hosts are remembered at the moment."""
        return len(self._hosts)

    @asynccontextmanager
    async def turn(
        self, host: str, *, wait: timedelta = timedelta(), delay: timedelta | None = None
    ) -> AsyncIterator[None]:
        """Wait for the turn of `host` (see core.urls.host_key) and keep it for the block.

        `wait`: at least so long, as somebody else has asked the host a moment ago. `delay`: how
        far the start of the next turn is apart from this one's; None: as everywhere.
        """
        entry = self._enter(host)
        try:
            async with entry.lock:
                earliest = asyncio.get_running_loop().time() + wait.total_seconds()
                entry.next_start = max(entry.next_start, earliest)
                pause = self._delay if delay is None else delay.total_seconds()
                await self._pause(entry, pause)
                try:
                    yield
                finally:
                    rested_at = asyncio.get_running_loop().time() + pause / 2
                    entry.next_start = max(entry.next_start, rested_at)
        finally:
            self._leave(host, entry)

    def _enter(self, host: str) -> _Host:
        entry = self._hosts.setdefault(host, _Host())
        entry.users += 1
        if entry.forget is not None:
            entry.forget.cancel()
            entry.forget = None
        return entry

    async def _pause(self, entry: _Host, delay: float) -> None:
        loop = asyncio.get_running_loop()
        if (pause := entry.next_start - loop.time()) > 0:
            await asyncio.sleep(pause)
        entry.next_start = max(loop.time(), entry.next_start) + delay

    def _leave(self, host: str, entry: _Host) -> None:
        entry.users -= 1
        if entry.users == 0:
            loop = asyncio.get_running_loop()
            entry.forget = loop.call_at(entry.next_start, self._hosts.pop, host)
