"""The long-running service: four jobs, signals, a configuration that may change under it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from aggregator import __version__
from aggregator.config import Config, fingerprint_of, load
from aggregator.engine.protocol import AssignStories, CleanUp, Engine, SendDigests
from aggregator.errors import ConfigError
from aggregator.logs import Logger, configure, get_logger
from aggregator.pipeline import Event, FeedPolled, StoriesAssigned, TextFetched, WorkDropped
from aggregator.service.digests import DigestTry
from aggregator.service.pump import Pump
from aggregator.service.runtime import Clock, Runtime, open_engine, open_runtime, utc_now
from aggregator.service.status import ServiceStatus, status_path, write_status
from aggregator.types import Relation, TextState

TICK = timedelta(seconds=1)
ASSIGN = timedelta(seconds=2)
DIGEST = timedelta(seconds=15)
CLEAN_UP = timedelta(hours=1)
STATUS = timedelta(seconds=2)
GRACE = timedelta(seconds=7)
"""For what is under way when we are told to stop; all in all we are gone within ten seconds."""


class Service:
    """Polls at each source's interval, groups, mails the digest, until told to stop."""

    def __init__(
        self, config_path: Path, *, environ: Mapping[str, str], clock: Clock = utc_now
    ) -> None:
        self._path = config_path
        self._environ = environ
        self._clock = clock
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._config_error: str | None = None
        self._log: Logger = get_logger()

    def stop(self) -> None:
        """End the service as soon as what is under way is done."""
        self._stop.set()

    def reload(self) -> None:
        """Read feeds.yaml again."""
        self._reload.set()

    async def run(self, *, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`. Raises ConfigError or a storage error when it cannot begin.

        `ready` is called once everything is open.
        """
        seen = fingerprint_of(self._path)
        config = load(self._path, environ=self._environ)
        self._configure_logs(config)
        async with open_runtime(config, report=self._report, clock=self._clock) as runtime:
            runtime.digest_tried = self._digest_tried
            synced = await asyncio.to_thread(
                runtime.storage.sync_sources, config.sources, now=self._clock()
            )
            self._log.info(
                "started",
                version=__version__,
                pid=os.getpid(),
                database=str(config.storage),
                sources=len(config.sources),
                added=len(synced.added),
                removed=len(synced.removed),
            )
            ready()
            clean = True
            while not self._stop.is_set():
                clean = await self._serve(runtime, seen)
                if not self._stop.is_set():
                    seen = fingerprint_of(self._path)
                    await self._reconfigure(runtime)
            self._log.info("stopped", all_work_finished=clean)

    async def _serve(self, runtime: Runtime, seen: object) -> bool:
        """Until told to stop or to read the configuration again; then finish what is under way."""
        engine = open_engine(runtime, runtime.handle, on_error=self._on_error)
        pump = Pump(runtime, engine)
        self._reload.clear()

        async def tick() -> None:
            if fingerprint_of(self._path) != seen:
                self._reload.set()
            await pump.fill()

        async def assign() -> None:
            await engine.submit([AssignStories()])

        async def digest() -> None:
            await engine.submit([SendDigests()])

        async def clean_up() -> None:
            await engine.submit([CleanUp()])

        async def status() -> None:
            await asyncio.to_thread(self._write_status, runtime, engine)

        await status()
        engine.every(TICK, "tick", tick)
        engine.every(ASSIGN, "assign", assign)
        engine.every(DIGEST, "digest", digest)
        engine.every(CLEAN_UP, "clean-up", clean_up)
        engine.every(STATUS, "status", status, everywhere=True)
        waiting = [
            asyncio.create_task(self._stop.wait()),
            asyncio.create_task(self._reload.wait()),
            asyncio.create_task(self._keep_full(pump, engine)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        clean = await engine.stop(grace=GRACE)
        # Nothing is under way now; what had to be cut short falls due at once.
        await asyncio.to_thread(runtime.storage.release_claims)
        return clean

    @staticmethod
    async def _keep_full(pump: Pump, engine: Engine) -> None:
        """Between ticks, start the next job as soon as one ends."""
        while True:
            await engine.changed()
            if await engine.room() and not await pump.fill():
                await asyncio.sleep(TICK.total_seconds())

    async def _reconfigure(self, runtime: Runtime) -> None:
        """A bad edit is reported and the old configuration goes on."""
        try:
            config = await asyncio.to_thread(load, self._path, environ=self._environ)
        except ConfigError as error:
            self._config_error = str(error)
            for problem in error.problems:
                self._log.error("configuration refused", problem=str(problem))
            return
        self._config_error = None
        if config.storage != runtime.config.storage:
            self._log.warning(
                "another database takes a restart",
                open=str(runtime.config.storage),
                wanted=str(config.storage),
            )
        self._configure_logs(config)
        await runtime.reconfigured(config)
        synced = await asyncio.to_thread(
            runtime.storage.sync_sources, config.sources, now=self._clock()
        )
        self._log.info(
            "configuration taken",
            sources=len(config.sources),
            added=list(synced.added),
            changed=list(synced.changed),
            removed=list(synced.removed),
        )

    def _digest_tried(self, done: DigestTry) -> None:
        fields = {
            "recipient": done.delivery.recipient,
            "date": str(done.delivery.local_date),
            "message_id": done.delivery.message_id,
        }
        if done.error is None:
            self._log.info("digest sent", **fields)
        else:
            self._log.error("digest not sent", error=str(done.error), **fields)

    def _configure_logs(self, config: Config) -> None:
        configure(level=config.log.level.value, style=config.log.format.value)
        self._log = get_logger()

    def _write_status(self, runtime: Runtime, engine: Engine) -> None:
        counts = runtime.storage.counts()
        write_status(
            status_path(runtime.config.storage),
            ServiceStatus(
                pid=os.getpid(),
                version=__version__,
                started_at=runtime.started_at,
                written_at=self._clock(),
                sources=counts.sources,
                articles=counts.articles,
                stories=counts.stories,
                pending_texts=counts.pending_texts,
                unassigned=counts.unassigned,
                jobs=engine.running,
                config_error=self._config_error,
            ),
        )

    def _on_error(self, name: str, error: BaseException) -> None:
        self._log.error("job failed", job=name, error=f"{type(error).__name__}: {error}")

    def _report(self, event: Event) -> None:
        match event:
            case FeedPolled():
                log = self._log.info if event.error is None else self._log.warning
                log(
                    "polled",
                    source=event.source,
                    status=event.status,
                    new=event.new,
                    revised=event.revised,
                    error=event.error,
                    warning=event.warning,
                    seconds=round(event.elapsed.total_seconds(), 3),
                    next_poll_at=event.next_poll_at.isoformat(timespec="seconds"),
                )
            case TextFetched():
                log = self._log.debug if event.state is TextState.READY else self._log.warning
                log("page", url=event.url, state=event.state.value, error=event.error)
            case StoriesAssigned():
                joined = [item for item in event.assignments if item.relation is not Relation.NEW]
                self._log.info("grouped", articles=len(event.assignments), joined=len(joined))
            case WorkDropped():
                self._log.warning("claim ran out", what=event.what)


async def serve(
    config_path: Path, *, environ: Mapping[str, str], ready: Callable[[], None] = lambda: None
) -> None:
    """Run the service until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
    service = Service(config_path, environ=environ)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    loop.add_signal_handler(signal.SIGHUP, service.reload)
    await service.run(ready=ready)
