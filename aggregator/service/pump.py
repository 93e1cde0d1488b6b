"""Keeps the engine busy with what the store says is due."""

from __future__ import annotations

import asyncio
from collections import deque

from aggregator.engine.protocol import Engine, EnrichHost, Job, PollHost
from aggregator.service.runtime import Runtime

AHEAD = 4
"""Hosts asked for at once, in multiples of what the engine takes."""


class Pump:
    """Asks the store for hosts with something due and submits a job for each.

    The store is the judge of what is due and claimed; what is held here only saves questions.
    """

    def __init__(self, runtime: Runtime, engine: Engine, *, pages: bool = True) -> None:
        """`pages`: whether article pages are fetched, or only feeds polled."""
        self._pages = pages
        self._runtime = runtime
        self._engine = engine
        self._waiting: deque[Job] = deque()
        self._halted = False

    async def fill(self) -> bool:
        """Submit as much as fits; False when nothing is due and nothing waits."""
        if not self._waiting:
            # What waits in a queue of many is due too, and is found again.
            limit = AHEAD * max(self._runtime.config.concurrency, await self._engine.room())
            self._waiting.extend(await asyncio.to_thread(self._due, limit))
        found = bool(self._waiting)
        while self._waiting and (room := await self._engine.room()):
            count = min(room, len(self._waiting))
            await self._engine.submit([self._waiting.popleft() for _ in range(count)])
        return found

    async def drain(self) -> None:
        """Until nothing is due and nothing is under way, or until `halt`."""
        while not self._halted and (await self.fill() or self._engine.running):
            await self._engine.changed()

    def halt(self) -> None:
        """Begin nothing more."""
        self._halted = True

    def _due(self, limit: int) -> list[Job]:
        storage, pipeline = self._runtime.storage, self._runtime.pipeline
        now = self._runtime.clock()
        polls = storage.due_hosts(now=now, limit=limit, only=pipeline.only)
        jobs: list[Job] = [PollHost(work.host) for work in polls]
        if self._pages:
            pages = storage.due_text_hosts(now=now, limit=limit, only=pipeline.only)
            jobs += [EnrichHost(work.host) for work in pages]
        return jobs
