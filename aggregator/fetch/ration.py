"""Memory for bodies: many small ones at once, of large ones few.

Each body has its first FREE bytes for nothing. What it needs beyond, it takes from a ration that
all share, and gives it back when nobody holds what was fetched any longer. When the ration is used
up, one body may go on nevertheless, up to its own bound, so that two that wait for each other
never do so for ever; the others wait in the order in which they came, without their time running.
"""

from __future__ import annotations

import asyncio
import weakref
from contextlib import suppress
from types import TracebackType
from typing import Self

from aggregator.types import Fetched, FetchOutcome

FREE = 512 * 1024
SIZE = 8 * 1024 * 1024
_STEP = 256 * 1024


class Ration:
    """`size`: bytes for all bodies together, not counting how each begins, and one large one."""

    def __init__(self, size: int = SIZE) -> None:
        self.left = size
        self.favoured: Share | None = None
        """The one that may take more than there is."""
        self._line = asyncio.Lock()
        self._change = asyncio.Event()

    def share(self, limit: asyncio.Timeout) -> Share:
        """For one body, whose time stands still while it waits."""
        return Share(self, limit)

    async def take(self, share: Share, count: int) -> None:
        if self.favoured is not share:  # which would stand behind one that waits for it
            async with self._line:
                while self.left < count and self.favoured is not None:
                    self._change.clear()
                    await self._change.wait()
                if self.left < count:
                    self.favoured = share
        self.left -= count

    def give_back(self, share: Share, count: int) -> None:
        self.left += count
        if self.favoured is share and not share.taken:
            self.favoured = None
        self._change.set()


class Share:
    """What one body has of it; a context manager, which gives it back unless `lasts`."""

    def __init__(self, ration: Ration, limit: asyncio.Timeout) -> None:
        self.taken = 0
        self._ration = ration
        self._limit = limit
        self._lasts = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._lasts:
            self._keep(0)

    async def need(self, size: int) -> None:
        """See that the body may have so many bytes; waits until it may."""
        missing = size - FREE - self.taken
        if missing <= 0:
            return
        count = -(-missing // _STEP) * _STEP
        loop, ends = asyncio.get_running_loop(), self._limit.when()
        began = loop.time()
        self._limit.reschedule(None)
        try:
            await self._ration.take(self, count)
            self.taken += count
        finally:
            if ends is not None:
                self._limit.reschedule(ends + loop.time() - began)

    def lasts(self, outcome: FetchOutcome) -> None:
        """As long as somebody holds it."""
        if isinstance(outcome, Fetched) and self.taken:
            self._lasts = True
            self._keep(max(0, len(outcome.body) - FREE))
            loop = asyncio.get_running_loop()
            weakref.finalize(outcome, self._forgotten, loop).atexit = False

    def _forgotten(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in any thread, as garbage is collected in any."""
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(self._keep, 0)

    def _keep(self, size: int) -> None:
        extra = max(0, self.taken - size)
        self.taken -= extra
        self._ration.give_back(self, extra)
