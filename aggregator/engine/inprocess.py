"""The engine of a single process: asyncio tasks, woken by APScheduler 3 (its only importer)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.engine.cancelling import end_within
from aggregator.engine.places import PATIENCE, Places
from aggregator.engine.protocol import Handler, Job, OnError


class InProcessEngine:
    """See engine.protocol.Engine. Must be made and used inside a running event loop."""

    def __init__(
        self,
        handler: Handler,
        *,
        concurrency: int,
        on_error: OnError,
        patience: timedelta = PATIENCE,
    ) -> None:
        """`patience`: a job that takes longer does not count against `concurrency` (`Places`)."""
        self._places = Places(concurrency, patience=patience)
        self._handler = handler
        self._on_error = on_error
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._stopping = False
        self._change = asyncio.Event()
        self._scheduler: AsyncIOScheduler | None = None
        self._actions: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def leads(self) -> bool:
        return True

    async def room(self) -> int:
        return 0 if self._stopping else self._places.free

    async def submit(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if not self._stopping and job not in self._running:
                self._start(job)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._run(job))
        self._running[job] = task
        self._places.begin(job)
        task.add_done_callback(lambda _: self._ended(job))

    def every(
        self,
        period: timedelta,
        name: str,
        action: Callable[[], Awaitable[None]],
        *,
        everywhere: bool = False,  # noqa: ARG002 - the one process there is always leads
    ) -> None:
        if self._scheduler is None:
            self._scheduler = AsyncIOScheduler(timezone=UTC)
            self._scheduler.start()

        async def guarded() -> None:
            task = asyncio.current_task()
            if task is not None:
                self._actions.add(task)
                task.add_done_callback(self._actions.discard)
            try:
                await action()
            except Exception as error:  # noqa: BLE001 - one action must not end the service
                self._on_error(name, error)

        # The default grace of one second drops a job that is late; None never does.
        self._scheduler.add_job(
            guarded,
            "interval",
            seconds=period.total_seconds(),
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            id=name,
        )

    async def changed(self) -> None:
        if self._running:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._places.opens_in):
                    await self._change.wait()
        # Cleared afterwards: what ended since the last call must not be waited for again.
        self._change.clear()

    async def idle(self) -> None:
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def stop(self, *, grace: timedelta) -> bool:
        self._stopping = True
        if self._scheduler is not None:
            self._scheduler.remove_all_jobs()
        clean = await end_within({*self._running.values(), *self._actions}, grace)
        if self._scheduler is not None:
            # Only now: APScheduler's shutdown cancels running coroutines at once.
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        return clean

    async def _run(self, job: Job) -> None:
        try:
            await self._handler(job)
        except Exception as error:  # noqa: BLE001 - one job must not end the service
            self._on_error(type(job).__name__, error)

    def _ended(self, job: Job) -> None:
        self._running.pop(job, None)
        self._places.end(job)
        self._change.set()
