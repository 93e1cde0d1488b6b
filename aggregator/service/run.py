"""The long-running service: its jobs, signals, a configuration that may change under it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from aggregator import __version__
from aggregator.config import FileFingerprint, fingerprint_of, load
from aggregator.engine.protocol import (
    AssignStories,
    CleanUp,
    Engine,
    Job,
    RunWatches,
    SendDigests,
    SendNotices,
)
from aggregator.errors import ConfigError, LibraryMissing, UsageError
from aggregator.fetch.http import Exchange
from aggregator.logs import configure, get_logger
from aggregator.pipeline import Event
from aggregator.service import journal
from aggregator.service.beside import Beside
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade
from aggregator.service.exchanges import Exchanges
from aggregator.service.meters import Meters
from aggregator.service.presence import take_leave, tell
from aggregator.service.pump import Pump
from aggregator.service.runtime import Clock, Runtime, open_engine, open_runtime
from aggregator.types import Database, SyncReport

T = TypeVar("T")

TICK = timedelta(seconds=1)
ASSIGN = timedelta(seconds=2)
WATCHES = timedelta(seconds=2)
DIGEST = timedelta(seconds=15)
CLEAN_UP = timedelta(hours=1)
STATUS = timedelta(seconds=2)
GRACE = timedelta(seconds=6)
"""For what is under way when we are told to stop. All in all we are gone within ten seconds: a
thread that puts articles into stories goes on to its end, and everything is closed."""
SET_BACK = timedelta(minutes=1)
"""A clock that jumps back by more would keep what is to happen every second waiting as long."""
LAST = timedelta(seconds=1)
"""For giving hosts back, after that."""


class Service:
    """Polls at each source's interval, groups, sends what watches catch, sends the digests, until
    told to stop.

    On a PostgreSQL database any number of processes share this work, and one of them leads.
    """

    def __init__(
        self,
        config_path: Path,
        *,
        environ: Mapping[str, str],
        clock: Clock | None = None,
        worker: bool = False,
        beside: Beside | None = None,
        meters: Meters | None = None,
    ) -> None:
        """`clock`: None means that of the store. `worker`: the sources are those that the database
        has; only for one that is shared. `beside`: what else runs in this process. `meters`: count
        what happens; None: nobody reads them."""
        self._path = config_path
        self._environ = environ
        self._clock = clock
        self._worker = worker
        self._beside = beside
        self._meters = meters or Meters()
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._exchanges = Exchanges()
        self._config_error: str | None = None
        self._led = False
        """Whether the log says that we lead."""
        self._broken: LibraryMissing | None = None
        """Why nothing can be read at all."""

    def stop(self) -> None:
        """End the service as soon as what is under way is done."""
        self._stop.set()

    def reload(self) -> None:
        """Read feeds.yaml again."""
        self._reload.set()

    async def run(self, *, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`. Raises ConfigError, UsageError or a storage error when it cannot
        begin, and LibraryMissing when it can read nothing.

        `ready` is called once everything is open.
        """
        seen = fingerprint_of(self._path)
        config = load(self._path, environ=self._environ)
        self._check(config.storage)
        configure(level=config.log.level.value, style=config.log.format.value)
        opening = open_runtime(
            config,
            report=self._event_happened,
            clock=self._clock,
            on_exchange=self._exchange_happened,
            on_index=journal.IndexMade(),
        )
        async with AsyncExitStack() as stack:
            runtime = await self._unless_stopped(stack.enter_async_context(opening))
            if runtime is None:
                return
            runtime.digest_happened = self._digest_happened
            await self._begin(runtime)
            await stack.enter_async_context(self._with_beside(runtime))
            ready()
            clean = True
            try:
                while not self._stop.is_set():
                    clean = await self._serve(runtime, seen)
                    if not self._stop.is_set():
                        seen = fingerprint_of(self._path)
                        await self._reconfigure(runtime)
            finally:
                await take_leave(runtime)
            get_logger().info("stopped", all_work_finished=clean)
        if self._broken is not None:
            raise self._broken

    def _event_happened(self, event: Event) -> None:
        journal.event_happened(event)
        self._meters.event_happened(event)

    def _exchange_happened(self, exchange: Exchange) -> None:
        self._exchanges(exchange)
        self._meters.exchange_happened(exchange)

    def _digest_happened(self, done: DigestMade | DigestTry) -> None:
        journal.digest_happened(done)
        self._meters.digest_happened(done)

    def _job_failed(self, name: str, error: BaseException) -> None:
        if isinstance(error, LibraryMissing):
            self._broken = error  # every page and feed would fail, and be asked for again
            self.stop()
            return
        journal.job_failed(name, error)
        self._meters.job_failed()

    def _check(self, database: Database) -> None:
        if self._worker and isinstance(database, Path):
            raise UsageError(
                f"{database} is a SQLite file, where one process does all: use `aggregator run`; "
                "for workers, set storage to a PostgreSQL database"
            )

    @asynccontextmanager
    async def _with_beside(self, runtime: Runtime) -> AsyncIterator[None]:
        """What runs beside the engine begins to end as soon as we are told to stop."""
        if self._beside is None:
            yield
            return
        task = asyncio.create_task(self._beside(runtime, self._stop))
        try:
            yield
            await task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What `work` returns; None: we were told to stop before it was done."""
        task, stopped = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
        return None if task.cancelled() else task.result()

    async def _begin(self, runtime: Runtime) -> None:
        await self._heed_clock(runtime)
        synced = await self._sync(runtime)
        get_logger().info(
            "started",
            version=__version__,
            pid=os.getpid(),
            database=str(runtime.database),
            sources=len(runtime.config.sources),
            watches=len(runtime.config.watches),
            added=len(synced.added),
            removed=len(synced.removed),
        )

    @staticmethod
    async def _heed_clock(runtime: Runtime) -> None:
        now = runtime.clock()
        held_up = await asyncio.to_thread(runtime.storage.heed_clock, now=now)
        if held_up:
            journal.clock_set_back(now, sources=held_up)

    async def _sync(self, runtime: Runtime) -> SyncReport:
        if self._worker:
            return SyncReport()
        await runtime.alerts.set_up()
        return await asyncio.to_thread(
            runtime.storage.sync_sources, runtime.config.sources, now=runtime.clock()
        )

    async def _serve(self, runtime: Runtime, seen: FileFingerprint) -> bool:
        """Until told to stop or to read the configuration again, or the clock is set back; then
        finish what is under way."""

        def on_lead() -> None:
            runtime.begin_to_lead()
            self._led = True
            get_logger().info("leads now")

        engine = await self._unless_stopped(
            open_engine(runtime, runtime.handle, on_error=self._job_failed, on_lead=on_lead)
        )
        if engine is None:
            return True
        self._reload.clear()
        pump = Pump(runtime, engine)
        self._schedule(runtime, engine, pump, seen)
        waiting = [
            asyncio.create_task(self._stop.wait()),
            asyncio.create_task(self._reload.wait()),
            asyncio.create_task(self._keep_full(pump, engine)),
            asyncio.create_task(self._until_set_back(runtime)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        clean = await self._end(runtime, engine)
        self._notice_loss(runtime, engine)
        if not runtime.storage.shared:
            # Nothing is under way now; what had to be cut short falls due at once.
            await asyncio.to_thread(runtime.storage.release_claims)
        return clean

    async def _end(self, runtime: Runtime, engine: Engine) -> bool:
        """Stop the engine; True: all that was under way came to its end."""
        ending = asyncio.create_task(engine.stop(grace=GRACE))
        if self._stop.is_set() and runtime.storage.shared:
            await asyncio.wait([ending], timeout=(GRACE + LAST).total_seconds())
            if not ending.done():
                # What waits for a database that does not answer shall wait no more. In a thread of
                # its own: those of the store may all be waiting.
                Thread(target=runtime.storage.close, daemon=True).start()
        return await ending

    def _schedule(
        self, runtime: Runtime, engine: Engine, pump: Pump, seen: FileFingerprint
    ) -> None:
        async def tick() -> None:
            await pump.fill()

        async def watches() -> None:
            if runtime.alerts.is_needed:
                await engine.submit([RunWatches()])

        async def notices() -> None:
            await engine.submit([SendNotices(one) for one in await runtime.alerts.due_channels()])

        async def reread() -> None:
            self._meters.ticked()
            if fingerprint_of(self._path) != seen:
                self._reload.set()

        async def status() -> None:
            self._notice_loss(runtime, engine)
            await asyncio.to_thread(
                tell,
                runtime,
                engine,
                config_error=self._config_error,
                exchanges=self._exchanges.totals,
            )

        engine.every(TICK, "tick", tick)
        engine.every(ASSIGN, "assign", _submitting(engine, AssignStories()))
        engine.every(WATCHES, "watches", watches)
        engine.every(WATCHES, "notices", notices)
        engine.every(DIGEST, "digest", _submitting(engine, SendDigests()))
        engine.every(CLEAN_UP, "clean-up", _submitting(engine, CleanUp()))
        engine.every(TICK, "reread", reread, everywhere=True)
        engine.every(STATUS, "status", status, everywhere=True)

    def _notice_loss(self, runtime: Runtime, engine: Engine) -> None:
        """Of the lead."""
        if self._led and not engine.leads:
            self._led = False
            runtime.pipeline.grouper = None  # whoever leads now has its own
            get_logger().info("leads no longer")

    @staticmethod
    async def _keep_full(pump: Pump, engine: Engine) -> None:
        """Between ticks, start the next job as soon as one ends."""
        while True:
            await engine.changed()
            if await engine.room() and not await pump.fill():
                await asyncio.sleep(TICK.total_seconds())

    @staticmethod
    async def _until_set_back(runtime: Runtime) -> None:
        """Until the clock jumps back."""
        latest = runtime.clock()
        while latest - runtime.clock() < SET_BACK:
            latest = max(latest, runtime.clock())
            await asyncio.sleep(TICK.total_seconds())

    async def _reconfigure(self, runtime: Runtime) -> None:
        """A bad edit is reported and the old configuration goes on."""
        await self._heed_clock(runtime)
        try:
            config = await asyncio.to_thread(load, self._path, environ=self._environ)
        except ConfigError as error:
            self._config_error = str(error)
            journal.configuration_refused(error)
            return
        self._config_error = None
        if config.storage != runtime.database:
            get_logger().warning(
                "another database takes a restart",
                open=str(runtime.database),
                wanted=str(config.storage),
            )
        configure(level=config.log.level.value, style=config.log.format.value)
        await runtime.reconfigured(config)
        synced = await self._sync(runtime)
        get_logger().info(
            "configuration taken",
            sources=len(config.sources),
            watches=len(config.watches),
            added=list(synced.added),
            changed=list(synced.changed),
            removed=list(synced.removed),
        )


def _submitting(engine: Engine, job: Job) -> Callable[[], Awaitable[None]]:
    async def submit() -> None:
        await engine.submit([job])

    return submit


async def serve(
    config_path: Path,
    *,
    environ: Mapping[str, str],
    ready: Callable[[], None] = lambda: None,
    worker: bool = False,
    beside: Beside | None = None,
    meters: Meters | None = None,
) -> None:
    """Run the service until SIGTERM or SIGINT; SIGHUP reads the configuration again. `beside` and
    `meters` as in `Service`."""
    service = Service(config_path, environ=environ, worker=worker, beside=beside, meters=meters)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    loop.add_signal_handler(signal.SIGHUP, service.reload)
    await service.run(ready=ready)
