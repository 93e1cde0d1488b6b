"""The engine of many processes on one PostgreSQL.

The database says what is due, jobs only wake. So a job that is lost costs nothing (what is still
due is deferred again), and none is ever retried. Jobs about hosts are taken by any process, the
others by the one that leads; it also defers them, and sweeps up after workers that died.

Connections of a process, beside those of the store: at most four to look into the queue
(`jobqueue.POOL`), one that listens, one that asks for the role of the leader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self, cast

from aggregator.engine.actions import Actions
from aggregator.engine.cancelling import AGAIN, Cancellation
from aggregator.engine.entries import HOSTS, LEADER, entry, job_of
from aggregator.engine.jobqueue import LOST, JobQueue, Pace, QueueWorker
from aggregator.engine.leadership import Leadership
from aggregator.engine.places import Places
from aggregator.engine.protocol import Handler, Job, OnError
from aggregator.engine.reports import Reports
from aggregator.storage.protocol import Role

AHEAD = 3
"""Jobs that wait, in multiples of those under way: a worker finds one at once, and none is old."""
GLANCE = timedelta(milliseconds=50)
"""How long a look at the queue holds."""
MOMENT = timedelta(milliseconds=200)
"""Until it is time to look again at what others do."""
GOODBYE = timedelta(seconds=2)
"""For telling the queue that we are gone. If that takes longer, others will notice."""
PATIENCE = timedelta(seconds=10)
"""How long an answer of the database may take."""
LEADER_JOBS = 8
"""One of each kind, and messages to some channels at once; locks keep two of the same apart."""


class DistributedEngine:
    """See engine.protocol.Engine. Made by `open`, inside a running event loop.

    A lost database is reported once, and nothing here raises for it: jobs under way go on, and
    what could not be deferred is still due.
    """

    @classmethod
    async def open(
        cls,
        handler: Handler,
        *,
        uri: str,
        role: Role,
        schema_role: Role,
        concurrency: int,
        on_error: OnError,
        on_lead: Callable[[], None],
        pace: Pace | None = None,
    ) -> Self:
        """Make or update the queue's tables, and begin to work.

        `role`: of the leader. `schema_role`: of whoever changes tables. `on_lead` is called each
        time this process begins to lead, before its first job or action. Raises StorageError;
        DatabaseTooNew.
        """
        cancellation = Cancellation()
        reports = Reports(on_error, losses=LOST, patience=PATIENCE)
        queue = JobQueue(uri, reports)
        try:
            await queue.open()
            cancellation.check()
            await queue.prepare(schema_role)
            cancellation.check()
        except BaseException:
            await queue.close()
            raise
        return cls(
            handler,
            queue,
            reports,
            role=role,
            concurrency=concurrency,
            on_lead=on_lead,
            pace=pace or Pace(),
        )

    def __init__(
        self,
        handler: Handler,
        queue: JobQueue,
        reports: Reports,
        *,
        role: Role,
        concurrency: int,
        on_lead: Callable[[], None],
        pace: Pace,
    ) -> None:
        """Use `open`."""
        self._handler = handler
        self._queue = queue
        self._reports = reports
        self._concurrency = concurrency
        self._on_lead = on_lead
        self._pace = pace
        self._stopping = False
        self._running: dict[asyncio.Task[Any], Job] = {}
        self._change = asyncio.Event()
        self._room, self._looked_at = 0, float("-inf")
        self._actions = Actions(reports.failed)
        self._actions.add(pace.heartbeat, "sweep", self._sweep, everywhere=False)
        self._leader: QueueWorker | None = None
        self._hosts = queue.worker(
            HOSTS, self._work, places=Places(concurrency, patience=pace.patience), pace=pace
        )
        self._hosts.start()
        self._leadership = Leadership(
            role,
            begin=self._begin_to_lead,
            end=self._cease_to_lead,
            report=reports.failed,
            period=pace.lead,
        )
        self._leading = asyncio.create_task(self._leadership.run())

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def leads(self) -> bool:
        return self._leadership.leads

    async def room(self) -> int:
        if self._stopping or not self.leads:
            return 0
        now = asyncio.get_running_loop().time()
        if now >= self._looked_at + GLANCE.total_seconds():
            self._looked_at = now
            depth = await self._queue.depth(HOSTS)
            self._room = 0
            if depth is not None:
                waiting, running = depth
                # Who works elsewhere, and on how much, shows in what is under way.
                self._room = max(0, AHEAD * max(self._concurrency, running) - waiting)
        return self._room

    async def submit(self, jobs: Sequence[Job]) -> None:
        if self._stopping or not jobs:
            return
        entries = [entry(job) for job in jobs]
        self._room = max(0, self._room - sum(item.queue == HOSTS for item in entries))
        await self._queue.defer(entries)

    def every(
        self,
        period: timedelta,
        name: str,
        action: Callable[[], Awaitable[None]],
        *,
        everywhere: bool = False,
    ) -> None:
        self._actions.add(period, name, action, everywhere=everywhere)

    async def changed(self) -> None:
        # Jobs of other processes end unseen: whoever fills the queue has to look now and then.
        with suppress(TimeoutError):
            async with asyncio.timeout(MOMENT.total_seconds()):
                await self._change.wait()
        self._change.clear()

    async def idle(self) -> None:
        while self._running:
            await self.changed()

    async def stop(self, *, grace: timedelta) -> bool:
        self._stopping = True
        self._hosts.halt()
        self._leadership.stop()
        await self._leading
        clean = await asyncio.gather(self._resign(grace), self._end(self._hosts, HOSTS, grace))
        await self._queue.close()
        return all(clean)

    # --- leading

    def _begin_to_lead(self) -> None:
        self._on_lead()
        # Polled, not told: the one who defers is here, and a connection is saved.
        self._leader = self._queue.worker(
            LEADER, self._work, places=Places(LEADER_JOBS), pace=self._pace, listens=False
        )
        self._leader.start()
        self._actions.lead()

    async def _cease_to_lead(self) -> None:
        """Another may lead already: nothing that is the leader's goes on."""
        if self._leader is not None:
            await asyncio.gather(
                self._actions.follow(), self._end(self._leader, LEADER, timedelta(0))
            )
            self._leader = None

    async def _resign(self, grace: timedelta) -> bool:
        """The role is free as soon as the leader's own work is done."""
        ending = [self._actions.stop(grace)]
        if self._leader is not None:
            ending.append(self._end(self._leader, LEADER, grace))
        clean = await asyncio.gather(*ending)
        await self._leadership.drop()
        return all(clean)

    async def _sweep(self) -> None:
        await self._queue.sweep(self._pace.stale)

    # --- jobs

    async def _work(self, name: str, args: Mapping[str, str]) -> None:
        """One job, in a task that the worker made."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        try:
            job = job_of(name, args)
        except ValueError as error:  # of another version, which defers it again
            self._reports.failed(name, error)
            return
        self._running[task] = job
        try:
            await self._handler(job)
        except Exception as error:  # noqa: BLE001 - one job must not end the service
            self._reports.failed(type(job).__name__, error)
        finally:
            del self._running[task]
            self._change.set()

    async def _end(self, worker: QueueWorker, queue: str, grace: timedelta) -> bool:
        """Take nothing more, wait, cancel the rest; True: there was none."""
        worker.halt()
        cancelled: dict[asyncio.Task[Any], float] = {}
        looks, loop = 0, asyncio.get_running_loop()
        while not await worker.ended(MOMENT if looks else grace):
            # One that had just been taken may begin after the others were cancelled.
            for task in [task for task, job in self._running.items() if entry(job).queue == queue]:
                if loop.time() >= cancelled.get(task, 0) + AGAIN.total_seconds():
                    cancelled[task] = loop.time()
                    task.cancel()
            looks += 1
            if self._stopping and looks > GOODBYE / MOMENT:
                await self._queue.close()
        return not cancelled
