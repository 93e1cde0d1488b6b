"""The real pipeline and store on a virtual clock, from due time to due time, through restarts."""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aggregator.fetch.gate import HostGate
from aggregator.pipeline import (
    Event,
    FeedPolled,
    Fetching,
    Pipeline,
    TextFetched,
    WorkDropped,
    enrich_host,
    poll_host,
)
from aggregator.sandbox import InlineSandbox
from aggregator.storage.backends import open_storage
from aggregator.storage.protocol import Storage
from aggregator.types import Database, SourceStatus
from sim.clock import START, now, run_virtually
from sim.kinds import MINUTE, RELOAD_AT, Scenario
from sim.rhythms import DAY
from sim.wire import Log, Wire

HOST_DELAY = timedelta(seconds=1)
TIMEOUT = timedelta(seconds=30)
LEASE = 10 * MINUTE
CONCURRENCY = 20
TICK = timedelta(seconds=1)
"""The store is asked again after that time at the earliest."""
SWEEP = 10 * MINUTE
"""It is asked as often as that, whatever has been said of what is due when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    at: datetime
    crash: bool
    """What is under way is lost; else it comes to its end first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a simulation may differ from the program, to see that the checks notice."""

    fetcher: Callable[[Fetching], Fetching] = lambda wire: wire
    """What stands before the wire."""
    clock: Callable[[], datetime] = now
    """The pipeline's."""
    delay: timedelta = HOST_DELAY
    """Between two requests to a host."""
    patient: bool = True
    """False: from time to time everything is made due at once."""


@dataclass(slots=True, kw_only=True)
class Run:
    """What a simulation leaves behind, besides its database."""

    scenario: Scenario
    database: Database
    log: Log = field(default_factory=Log)
    interruptions: list[Interruption] = field(default_factory=list)
    dropped: int = 0
    """Pieces of work whose claim ran out."""
    statuses: list[SourceStatus] = field(default_factory=list)
    """At the end."""
    problems: list[str] = field(default_factory=list)
    """With the database's integrity, at the end."""
    seconds: float = 0.0
    """On a real clock."""


def simulate(scenario: Scenario, database: Database, *, rules: Rules | None = None) -> Run:
    """From START to the scenario's end, with a restart every five days or so."""
    run = Run(scenario=scenario, database=database)
    dice = random.Random(f"{scenario.seed} interruptions")
    days = range(2, scenario.days, 4)
    run.interruptions = [
        Interruption(at=START + DAY * (day + dice.random()), crash=place % 2 == 0)
        for place, day in enumerate(days)
    ]
    begun = time.perf_counter()
    run_virtually(_Driver(run, rules or Rules()).drive())
    run.seconds = time.perf_counter() - begun
    return run


class _Driver:
    def __init__(self, run: Run, rules: Rules) -> None:
        self._run = run
        self._scenario = run.scenario
        self._rules = rules
        self._tasks: set[asyncio.Task[None]] = set()
        self._due: list[datetime] = []
        """A heap: when the store is to be asked again."""
        self._storage: Storage | None = None
        self._line: Pipeline | None = None
        self._error: BaseException | None = None
        """Of a task that failed without being told to."""

    async def drive(self) -> None:
        pending = [*self._run.interruptions]
        reload_at: datetime | None = RELOAD_AT
        self._open()
        while (at := now()) < self._scenario.end:
            if reload_at and at >= reload_at:
                reload_at = None
                await self._idle()
                self._begin()
            if pending and at >= pending[0].at:
                await self._interrupt(pending.pop(0))
            if not self._rules.patient and random.Random(f"{at}").random() < 0.02:
                self._store.wake(None, now=at, force=True)
            self._fill()
            await self._pause()
            if self._error is not None:
                raise self._error
        await self._idle()
        self._run.statuses = self._store.source_statuses()
        self._run.problems = self._store.check()
        self._store.close()

    @property
    def _store(self) -> Storage:
        assert self._storage is not None
        return self._storage

    # --- beginning and ending

    def _open(self) -> None:
        self._storage = open_storage(self._run.database)
        if not self._storage.shared:
            self._storage.release_claims()
        self._begin()

    def _begin(self) -> None:
        """As the program does at its start, and when feeds.yaml has changed."""
        self._store.sync_sources(self._scenario.sources(now()), now=now())
        wire = Wire(self._scenario.web, self._run.log, timeout=TIMEOUT, clock=now)
        self._line = Pipeline(
            storage=self._store,
            fetcher=self._rules.fetcher(wire),
            sandbox=InlineSandbox(),
            gate=HostGate(self._rules.delay),
            clock=self._rules.clock,
            jitter=self._jitter,
            report=self._noted,
            copy_window=14 * DAY,
            event_window=5 * DAY,
            max_feed_size=1 << 20,
            max_page_size=1 << 20,
            timeout=TIMEOUT,
            lease=LEASE,
        )
        heapq.heappush(self._due, now())

    def _jitter(self) -> float:
        """The same at the same time, in whatever order the store gives what is due."""
        return random.Random(f"{self._scenario.seed} {now()}").random()

    async def _interrupt(self, interruption: Interruption) -> None:
        if interruption.crash:
            await self._amid_an_exchange()
            # Nothing that is under way gets anything stored any more.
            self._store.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._error = None
        else:
            await self._idle()
            self._store.close()
        self._open()

    async def _amid_an_exchange(self) -> None:
        hits = self._run.log.hits
        while not hits or hits[-1].ended_at is not None:
            if self._tasks:
                await asyncio.sleep(0.05)
            else:
                self._fill()
                await (asyncio.sleep(0) if self._tasks else self._pause())

    async def _idle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    # --- keeping it busy

    def _fill(self) -> None:
        """The pump: a task for each host that the store says has something due."""
        assert self._line is not None
        at = self._rules.clock()
        for work in self._store.due_hosts(now=at, limit=4 * CONCURRENCY):
            self._start(poll_host(self._line, work.host))
        for work in self._store.due_text_hosts(now=at, limit=4 * CONCURRENCY):
            self._start(enrich_host(self._line, work.host))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) >= CONCURRENCY:
            work.close()
            heapq.heappush(self._due, now())
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = self._error or error

    async def _pause(self) -> None:
        """Until something may be due."""
        at = now()
        while self._due and self._due[0] <= at:
            heapq.heappop(self._due)
        sweep = START + SWEEP * ((at - START) // SWEEP + 1)
        wake = min([sweep, *self._due[:1]])
        await asyncio.sleep(max(wake - at, TICK).total_seconds())

    def _noted(self, event: Event) -> None:
        if isinstance(event, FeedPolled):
            heapq.heappush(self._due, event.next_poll_at)
            if event.new:
                heapq.heappush(self._due, now())
        elif isinstance(event, TextFetched):
            heapq.heappush(self._due, now())
        elif isinstance(event, WorkDropped):
            self._run.dropped += 1
