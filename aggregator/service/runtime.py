"""The parts of a running program, built from the configuration and taken down in order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

from aggregator import __version__
from aggregator.config import Config
from aggregator.engine.inprocess import InProcessEngine
from aggregator.engine.protocol import (
    AssignStories,
    CleanUp,
    Engine,
    EnrichHost,
    Handler,
    Job,
    OnError,
    PollHost,
    RunWatches,
    SendDigests,
    SendNotices,
)
from aggregator.fetch.gate import HostGate
from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Exchange, Fetcher, user_agent
from aggregator.pipeline import Event, Pipeline, assign_stories, enrich_host, poll_host
from aggregator.pipeline.grouping import DAY
from aggregator.sandbox import Sandbox
from aggregator.service.alerts import Alerts
from aggregator.service.beside import Served
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade, Digests
from aggregator.service.memory import keep_little
from aggregator.service.opening import storage_opened
from aggregator.storage.backends import alone, needs_extra
from aggregator.storage.protocol import LEADER, Storage
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.types import CleanUpReport, Database, PostgresUrl

Clock = Callable[[], datetime]
Report = Callable[[Event], None]
OnExchange = Callable[[Exchange], None]

STORAGE_THREADS = 32
"""Callers of the store. Many, so that writes to a file share one commit; of a server's connections
there are fewer, and whoever comes too late for one waits in its thread."""


@dataclass(slots=True, kw_only=True)
class Runtime:
    """One process's parts. Swap `config` by `reconfigured` only."""

    config: Config
    database: Database
    """That which is open, whatever `config` says by now."""
    storage: Storage
    sandbox: Sandbox
    fetcher: Fetcher
    pipeline: Pipeline
    clock: Clock
    started_at: datetime
    on_exchange: OnExchange
    """Told of each exchange over HTTP when it is over."""
    digest_happened: Callable[[DigestMade | DigestTry], None] = lambda _: None
    """Told of every edition that is made, and of every try to deliver one."""
    served: Served = field(default_factory=Served)
    """Said by whoever serves the page."""
    alerts: Alerts = field(init=False)
    digests: Digests = field(init=False)

    def __post_init__(self) -> None:
        self.alerts = self._alerts()
        self.digests = self._digests()

    async def handle(self, job: Job) -> None:
        """What the engine calls."""
        match job:
            case PollHost(host):
                await poll_host(self.pipeline, host)
            case EnrichHost(host):
                await enrich_host(self.pipeline, host)
            case AssignStories():
                await assign_stories(self.pipeline)
            case SendDigests():
                await self.digests.run()
            case RunWatches():
                await self.alerts.run()
            case SendNotices(channel):
                await self.alerts.send(channel)
            case CleanUp():
                await asyncio.to_thread(self.clean_up)

    def clean_up(self) -> CleanUpReport:
        """Drop what has left the windows, and pages that have been kept for long enough."""
        stories = self.config.stories
        # A day more than a window is rebuilt from: one in memory may still have it for a while.
        window = max(stories.copy_window, stories.event_window) + 2 * DAY
        return self.storage.clean_up(window=window, keep_pages=self.config.keep_pages)

    async def reconfigured(self, config: Config) -> None:
        """Take over a new configuration. Nothing may be under way.

        The store stays the one that was opened; the caller says so when `storage` has changed.
        """
        old = self.fetcher
        self.fetcher = await fetcher_for(config, on_exchange=self.on_exchange).__aenter__()
        self.pipeline = _pipeline(
            config,
            self.storage,
            self.fetcher,
            self.sandbox,
            clock=self.clock,
            report=self.pipeline.report,
        )
        self.config = config
        self.alerts = self._alerts()
        self.digests = self._digests()
        await old.__aexit__(None, None, None)

    def begin_to_lead(self) -> None:
        """Others may have assigned stories, looked for watches, and sent digests, since we last
        did."""
        self.pipeline.grouper = None
        self.alerts.reset()
        self.digests = self._digests()

    def _alerts(self) -> Alerts:
        return Alerts(
            config=self.config,
            storage=self.storage,
            fetcher=self.fetcher,
            clock=self.clock,
            report=self._report,
        )

    def _digests(self) -> Digests:
        return Digests(
            config=self.config,
            storage=self.storage,
            clock=self.clock,
            report=self._report_digest,
        )

    def _report_digest(self, what: DigestMade | DigestTry) -> None:
        self.digest_happened(what)  # whichever it is by then

    def _report(self, event: Event) -> None:
        self.pipeline.report(event)  # whichever it is by then


@asynccontextmanager
async def open_runtime(
    config: Config,
    *,
    report: Report,
    clock: Clock | None = None,
    on_exchange: OnExchange = lambda _: None,
    on_index: Progress = ignore,
) -> AsyncIterator[Runtime]:
    """Open everything; `clock`: None means that of the store. `on_exchange` is told of each
    exchange over HTTP when it is over; `on_index` while the search index is made anew.

    A file is locked for this process, and every claim that a crash has left there is ended.
    Raises InstanceRunning and the other storage errors.
    """
    keep_little()
    threads = ThreadPoolExecutor(STORAGE_THREADS, thread_name_prefix="store")
    asyncio.get_running_loop().set_default_executor(threads)
    with alone(config.storage):
        async with storage_opened(config.storage, progress=on_index) as storage:
            if not storage.shared:
                await asyncio.to_thread(storage.release_claims)
            clock = clock or storage.clock
            async with Sandbox() as sandbox:
                fetcher = await fetcher_for(config, on_exchange=on_exchange).__aenter__()
                runtime = Runtime(
                    config=config,
                    database=config.storage,
                    storage=storage,
                    sandbox=sandbox,
                    fetcher=fetcher,
                    pipeline=_pipeline(
                        config, storage, fetcher, sandbox, clock=clock, report=report
                    ),
                    clock=clock,
                    started_at=clock(),
                    on_exchange=on_exchange,
                )
                try:
                    yield runtime
                finally:
                    await runtime.fetcher.__aexit__(None, None, None)


async def open_engine(
    runtime: Runtime,
    handler: Handler,
    *,
    on_error: OnError,
    on_lead: Callable[[], None],
) -> Engine:
    """The engine that works together with all who have the database open.

    `on_lead` is called whenever this process begins to lead, where others may have led before.
    Raises StorageError.
    """
    if not isinstance(runtime.database, PostgresUrl):
        return local_engine(runtime, handler, on_error=on_error)
    with needs_extra(runtime.database):
        from aggregator.engine.distributed import DistributedEngine  # noqa: PLC0415 - see backends
        from aggregator.engine.jobqueue import Pace  # noqa: PLC0415 - the same
    storage = runtime.storage
    return await DistributedEngine.open(
        handler,
        uri=runtime.database.uri,
        role=storage.role(LEADER),
        schema_role=storage.role("engine"),
        concurrency=runtime.config.concurrency,
        on_error=on_error,
        on_lead=on_lead,
        pace=Pace.within(runtime.config.lease),
    )


def local_engine(runtime: Runtime, handler: Handler, *, on_error: OnError) -> InProcessEngine:
    """An engine that works in this process, whoever else may work on the database."""
    return InProcessEngine(handler, concurrency=runtime.config.concurrency, on_error=on_error)


def agent_of(config: Config) -> str:
    """The User-Agent of everything that is asked, where a source does not set its own."""
    return user_agent(__version__, config.contact, home=_home())


@cache
def _home() -> str | None:
    """Where the program is described, as its package says; None: it does not."""
    with suppress(PackageNotFoundError):
        for entry in metadata("aggregator").get_all("Project-URL", ()):
            label, _, url = entry.partition(", ")
            if label.lower() == "homepage":
                return str(url)
    return None


def fetcher_for(config: Config, *, on_exchange: OnExchange = lambda _: None) -> Fetcher:
    """The one way to a fetcher: feeds, pages, robots.txt and discovery go through the same guard.

    Raises UsageError for certificates that cannot be used.
    """
    return Fetcher(
        user_agent=agent_of(config),
        timeout=config.timeout,
        connections=config.concurrency,
        guard=Guard.allowing(config.allow),
        proxy=config.proxy,
        ca_file=config.ca_file,
        on_exchange=on_exchange,
    )


def _pipeline(
    config: Config,
    storage: Storage,
    fetcher: Fetcher,
    sandbox: Sandbox,
    *,
    clock: Clock,
    report: Report,
) -> Pipeline:
    return Pipeline(
        storage=storage,
        fetcher=fetcher,
        sandbox=sandbox,
        gate=HostGate(config.host_delay),
        clock=clock,
        jitter=random.random,
        report=report,
        copy_window=config.stories.copy_window,
        event_window=config.stories.event_window,
        max_feed_size=config.max_feed_size,
        max_page_size=config.max_page_size,
        timeout=config.timeout,
        lease=config.lease,
        keep_pages=bool(config.keep_pages),
    )
