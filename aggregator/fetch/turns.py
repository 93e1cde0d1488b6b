"""How many exchanges are under way: those that take long do not keep others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

PATIENCE = timedelta(seconds=5)
"""Nearly every server answers sooner; one that does not may hang until its time is over."""
MOST = 4
"""Exchanges in all, the slow ones among them, in multiples of the turns."""


class Turns:
    """So many turns, in the order they were asked for; each counts until it is over or has taken
    longer than `patience`. MOST times as many may be under way at the most."""

    def __init__(self, count: int, *, patience: timedelta = PATIENCE) -> None:
        self._all = asyncio.Semaphore(MOST * count)
        self._young = asyncio.Semaphore(count)
        self._patience = patience.total_seconds()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and keep it for the block."""
        async with self._all:
            await self._young.acquire()
            counts = True

            def hand_back() -> None:
                nonlocal counts
                if counts:
                    counts = False
                    self._young.release()

            later = asyncio.get_running_loop().call_later(self._patience, hand_back)
            try:
                yield
            finally:
                later.cancel()
                hand_back()
