"""A small news monitor for tests: the real line from a loopback server to a real store, at a time
that tests set.

    async with Station(open_store=open_store) as station:
        station.follow()
        station.says(FEED, Answer(body=rss("ferry"), headers=[("ETag", '"1"')]))
        await station.poll()
        await station.restart()
        await station.poll_next()
        assert station.requests()[1].headers["if-none-match"] == '"1"'
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from newsfeed import FEED
from server import Answer, Seen, Server

from aggregator.core.urls import host_key
from aggregator.fetch.gate import HostGate
from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Exchange, Fetcher, user_agent
from aggregator.fetch.resolve import Resolver
from aggregator.pipeline import (
    Event,
    FeedPolled,
    Fetching,
    Pipeline,
    TextFetched,
    assign_stories,
    enrich_host,
    poll_host,
)
from aggregator.sandbox import InlineSandbox
from aggregator.storage.protocol import Storage
from aggregator.types import (
    Article,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    PagePolicy,
    Source,
    SourceStatus,
)

OpenStore = Callable[[], Storage]

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OPEN = ("127.0.0.0/8", "::1")
"""The loopback addresses, opened for the tests' servers."""


@dataclass(slots=True)
class Wire:
    """The way out: writes down when each request begins, and how many are under way."""

    inner: Fetching
    public: bool = False
    """Take the servers on loopback for public ones, as far as failures tell."""
    begun: list[tuple[float, str]] = field(default_factory=list)
    """(the loop's time, host)."""
    together: dict[str, int] = field(default_factory=dict)
    """By host: the most that were under way at once."""
    _busy: dict[str, int] = field(default_factory=dict)

    def gaps(self, host: str) -> list[float]:
        """Seconds between the beginnings of one request to a host and the next."""
        return [later - one for one, later in pairwise(at for at, to in self.begun if to == host)]

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        host = host_key(request.url)
        self.begun.append((asyncio.get_running_loop().time(), host))
        self._busy[host] = self._busy.get(host, 0) + 1
        self.together[host] = max(self.together.get(host, 0), self._busy[host])
        try:
            outcome = await self.inner.fetch(request)
        finally:
            self._busy[host] -= 1
        if self.public and isinstance(outcome, FetchFailed):
            return replace(outcome, private=False)
        return outcome


@dataclass(kw_only=True)
class Station:
    """An async context manager. What is set before a (re)start holds from then on."""

    open_store: OpenStore
    """Opens the one database, as another process would."""
    now: datetime = START
    host_delay: timedelta = timedelta()
    jitter: float = 0.0
    public: bool = False
    """As in `Wire`."""
    allow: Sequence[str] = OPEN
    resolve: Resolver | None = None
    ca_file: Path | None = None
    timeout: timedelta = timedelta(seconds=30)
    max_feed_size: int = 1_000_000
    lease: timedelta = timedelta(minutes=10)
    server: Server = field(default_factory=Server)
    sources: list[Source] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    storage: Storage = field(init=False)
    line: Pipeline = field(init=False)
    wire: Wire = field(init=False)
    _process: AsyncExitStack = field(init=False)
    _servers: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        await self._servers.enter_async_context(self.server)
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._process.aclose()
        await self._servers.aclose()

    async def serve(self, server: Server) -> Server:
        """One more server, until the end."""
        return await self._servers.enter_async_context(server)

    # --- what a process does

    async def _open(self) -> None:
        self._process = AsyncExitStack()
        self.storage = self.open_store()
        self._process.callback(self.storage.close)
        fetcher = await self._process.enter_async_context(
            Fetcher(
                user_agent=user_agent("9", "desk@example.org"),
                timeout=self.timeout,
                connections=20,
                ca_file=self.ca_file,
                guard=Guard.allowing(self.allow),
                resolve=self.resolve,
                on_exchange=self._exchanged,
                clock=lambda: self.now,
            )
        )
        self.wire = Wire(fetcher, public=self.public)
        self.line = Pipeline(
            storage=self.storage,
            fetcher=self.wire,
            sandbox=InlineSandbox(),
            gate=HostGate(self.host_delay),
            clock=lambda: self.now,
            jitter=lambda: self.jitter,
            report=self.events.append,
            copy_window=14 * DAY,
            event_window=5 * DAY,
            max_feed_size=self.max_feed_size,
            max_page_size=1_000_000,
            timeout=self.timeout,
            lease=self.lease,
        )

    def _exchanged(self, exchange: Exchange) -> None:
        """Without the body: the fetcher counts those that are held."""
        outcome = exchange.outcome
        if isinstance(outcome, Fetched):
            exchange = replace(exchange, outcome=replace(outcome, body=b""))
        self.exchanges.append(exchange)

    async def restart(self) -> None:
        """End this process and start another: claims are ended, the list is read again."""
        await self._process.aclose()
        await self._open()
        self.storage.release_claims()
        self.sync()

    async def crash(self) -> None:
        """The same, but this process dies with claims on everything that is due."""
        for work in self.storage.due_hosts(now=self.now, limit=100):
            self.storage.claim_feeds(work.host, now=self.now, lease=self.lease)
        await self.restart()

    def sync(self) -> None:
        self.storage.sync_sources(self.sources, now=self.now)

    async def poll(self) -> list[FeedPolled]:
        """Serve whatever is due, feeds and pages, as the pump does; the polls that were."""
        before = len(self.events)
        while jobs := self._due():
            await asyncio.gather(*jobs)
        return [event for event in self.events[before:] if isinstance(event, FeedPolled)]

    def _due(self) -> list[asyncio.Task[None]]:
        feeds = self.storage.due_hosts(now=self.now, limit=100)
        pages = self.storage.due_text_hosts(now=self.now, limit=100)
        return [
            *(asyncio.ensure_future(poll_host(self.line, work.host)) for work in feeds),
            *(asyncio.ensure_future(enrich_host(self.line, work.host)) for work in pages),
        ]

    async def poll_next(self, name: str = "News") -> FeedPolled:
        """Let time pass until a source is due, and serve it."""
        self.now = max(self.now, self.state(name).next_poll_at)
        self._forget_pauses()
        found = [event for event in await self.poll() if event.source == name]
        assert found, f"{name} is not polled when it is due"
        return found[-1]

    async def polls(self, count: int, name: str = "News") -> list[FeedPolled]:
        """That many polls of a source, each by another process."""
        found = []
        for _ in range(count):
            found.append(await self.poll_next(name))
            await self.restart()
        return found

    async def assign(self) -> int:
        return await assign_stories(self.line)

    # --- what a user does

    def follow(
        self, name: str = "News", path: str = FEED, *, url: str | None = None, **fields: Any
    ) -> None:
        """One more source, or another form of the one of that name; without pages by default."""
        address = url or self.server.url(path)
        plain = Source(name=name, url=address, interval=HOUR, pages=PagePolicy.NEVER)
        wanted = replace(plain, **fields)
        self.sources = [*(one for one in self.sources if one.name != name), wanted]
        self.sync()

    def wake(self, name: str = "News", *, force: bool = False) -> int:
        """A manual refresh; how many are due now."""
        return self.storage.wake([self.status(name).source_id], now=self.now, force=force)

    def pass_time(self, **span: float) -> None:
        """As for timedelta."""
        self.now += timedelta(**span)
        self._forget_pauses()

    def _forget_pauses(self) -> None:
        """The gate goes by the loop's clock, which does not know that time has passed."""
        self.line.gate = HostGate(self.host_delay)

    # --- what a publisher does and sees

    def says(self, path: str, *answers: Answer, server: Server | None = None) -> None:
        """From now on; of several answers each request gets the next, and the last stays."""
        left = list(answers)
        answers_to = (server or self.server).answers
        answers_to[path] = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def requests(self, path: str = FEED, *, server: Server | None = None) -> list[Seen]:
        """In order, whatever the query."""
        seen = (server or self.server).requests
        return [one for one in seen if one.target.partition("?")[0] == path]

    # --- what is known

    def status(self, name: str = "News") -> SourceStatus:
        return next(one for one in self.storage.source_statuses() if one.source.name == name)

    def state(self, name: str = "News") -> FeedState:
        return self.status(name).state

    def wait(self, name: str = "News") -> timedelta:
        """Until the next poll of a source."""
        return self.state(name).next_poll_at - self.now

    def articles(self, source: str | None = None) -> list[Article]:
        """All, or those of a source, oldest first."""
        total = self.storage.counts().articles
        found: list[Article] = []
        number = 0
        while len(found) < total:
            number += 1
            assert number < 10_000
            article = self.storage.article(number)
            if article is not None:
                found.append(article)
        return [one for one in found if source in {None, one.summary.source}]

    def slugs(self, source: str | None = None) -> list[str]:
        """GUIDs of the articles."""
        return [one.guid or "" for one in self.articles(source)]

    def texts(self) -> list[TextFetched]:
        """What was reported of pages so far."""
        return [event for event in self.events if isinstance(event, TextFetched)]
