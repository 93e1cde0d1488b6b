"""How many jobs may be under way: those that take long do not take the places of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import timedelta

PATIENCE = timedelta(seconds=5)
"""A job that has taken so long mostly waits: for a server that hangs, or for its host's pause."""
MOST = 4
"""Jobs in all, the slow ones among them, in multiples of the places."""


class Places:
    """So many places, each taken by a job until that ends or has taken longer than `patience`.

    Jobs may be MOST times as many at the most. `clock`: seconds; None: those of the event loop.
    """

    def __init__(
        self,
        count: int,
        *,
        patience: timedelta = PATIENCE,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._count = count
        self._patience = patience.total_seconds()
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._begun: dict[Hashable, float] = {}
        self._change = asyncio.Event()
        self._closed = False

    @property
    def most(self) -> int:
        """Jobs that may be under way at once."""
        return MOST * self._count

    @property
    def free(self) -> int:
        """How many more jobs may begin now."""
        young = len(self._young())
        return max(0, min(self._count - young, self.most - len(self._begun)))

    @property
    def opens_in(self) -> float | None:
        """Seconds until the next job gives up its place though it goes on; None: none holds one."""
        first = min(self._young(), default=None)
        return None if first is None else first + self._patience - self._clock()

    def begin(self, job: Hashable) -> None:
        self._begun[job] = self._clock()

    def end(self, job: Hashable) -> None:
        self._begun.pop(job, None)
        self._change.set()

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closed = True
        self._change.set()

    async def wait(self) -> bool:
        """Until a place is free; False: closed."""
        while not self._closed and not self.free:
            self._change.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.opens_in):
                    await self._change.wait()
        return not self._closed

    def _young(self) -> list[float]:
        """When those began that hold a place."""
        since = self._clock() - self._patience
        return [at for at in self._begun.values() if at > since]
