"""From what somebody typed to the feeds that can be followed there, fetched and judged.

What a page announces or links to is asked first, then where many sites keep a feed, then sitemaps,
which say less than a feed. As soon as one of a rank has news, those of a lower rank are not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.core.candidates import Candidate, Rank
from aggregator.core.discovery import guess_feeds, sitemap_feeds
from aggregator.core.feed_addresses import feed_key
from aggregator.core.freshness import is_same_feed, judge
from aggregator.core.outage import is_silence
from aggregator.core.robots import MAX_BYTES, read_answer, robots_url
from aggregator.core.sitemap import is_of_news
from aggregator.core.urls import host_key
from aggregator.errors import NotAFeed, ParseError, SandboxError
from aggregator.fetch.gate import HostGate
from aggregator.pipeline import FEED_ACCEPT, Fetching
from aggregator.pipeline.manners import PRODUCT
from aggregator.sandbox import SandboxProtocol
from aggregator.service.findings import Findings, FoundFeed, Miss, addresses
from aggregator.types import (
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    ParsedFeed,
    Source,
)

MAX_REQUESTS = 16
"""In all, for one address that was typed."""
MAX_LISTED = 5
"""Feeds of a page of feeds, or sitemaps of an index, that are asked."""
MAX_DELAY = timedelta(seconds=10)
"""A site that wants a longer pause between requests (Crawl-delay) is asked no further."""
MAX_NEIGHBOURS = 3
"""Sources of the same host that are asked whether they are the same feed."""

_ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, "
    "application/feed+json, application/xml;q=0.9, */*;q=0.5"
)
"""Of the address itself, which may be a page as well as a feed."""
_UNWANTED = frozenset({401, 429})
"""Answers after which nothing else of the host is asked."""


async def find(
    typed: str,
    *,
    config: Config,
    fetcher: Fetching,
    sandbox: SandboxProtocol,
    gate: HostGate,
    clock: Callable[[], datetime],
    tell: Callable[[str], None] = lambda _: None,
) -> Findings:
    """The feeds that somebody may mean by an address, at most MAX_REQUESTS requests later.

    Each request takes its host's turn. `tell` is told of each address before it is asked. Raises
    UsageError as `addresses` does.
    """
    search = _Search(
        typed=typed, config=config, fetcher=fetcher, sandbox=sandbox, gate=gate, clock=clock,
        tell=tell,
    )  # fmt: skip
    return await search.run(addresses(typed))


async def followed_as(
    feed: FoundFeed, config: Config, *, fetcher: Fetching, gate: HostGate
) -> Source | None:
    """The source that is this feed already, under whatever address; None: there is none.

    For a feed, those of the same host that have another address are asked where they lead, up to
    MAX_NEIGHBOURS of them.
    """
    sources = (*config.sources, *config.paused)
    keys = {feed_key(url) for url in (feed.url, *feed.also)}
    known = next((one for one in sources if feed_key(one.url) in keys), None)
    if known is not None or feed.parsed.format == "page":
        return known
    host = _site(feed.url)
    for source in [one for one in sources if _site(one.url) == host][:MAX_NEIGHBOURS]:
        request = FetchRequest(
            url=source.url,
            accept=FEED_ACCEPT,
            headers=source.headers,
            max_bytes=config.max_feed_size,
            proxy=source.proxy,
        )
        async with gate.turn(host_key(source.url)):
            outcome = await fetcher.fetch(request)
        if isinstance(outcome, Fetched) and feed_key(outcome.url) in keys:
            return source
    return None


def _site(url: str) -> str:
    return host_key(url).removeprefix("www.")


@dataclass(slots=True, kw_only=True)
class _Search:
    """One search: what it may still ask, and what it has found."""

    typed: str
    config: Config
    fetcher: Fetching
    sandbox: SandboxProtocol
    gate: HostGate
    clock: Callable[[], datetime]
    tell: Callable[[str], None]
    requests: int = 0
    feeds: list[FoundFeed] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    """Addresses that were asked, or that answered."""
    _led_to: set[str] = field(default_factory=set)
    """Addresses that another candidate led to, and that lead no further."""
    _closed: set[str] = field(default_factory=set)
    """Hosts that do not answer, or do not want to be asked."""
    _delay: timedelta | None = None

    async def run(self, urls: tuple[str, ...]) -> Findings:
        url, outcome = await self._first(urls)
        trouble = outcome.reason if isinstance(outcome, FetchFailed) else None
        if isinstance(outcome, Fetched):
            itself = Candidate(url=url, rank=Rank.ANNOUNCED, why="It is the address itself.")
            queue = await self._read(itself, outcome)
            if not self.feeds:
                queue += await self._told(outcome)
                await self._all(queue, outcome.url)
        elif outcome.status is not None and outcome.status not in _UNWANTED:
            await self._all([*guess_feeds(url)], url)
        now = self.clock()
        self.feeds.sort(key=lambda feed: (not feed.is_alive(now), -feed.rank))
        return Findings(
            typed=self.typed,
            url=url,
            feeds=tuple(self.feeds),
            misses=tuple(self.misses),
            requests=self.requests,
            trouble=trouble,
        )

    async def _first(self, urls: tuple[str, ...]) -> tuple[str, FetchOutcome]:
        """The first that answers; where none does, the first, whose trouble says most."""
        tried: list[tuple[str, FetchOutcome]] = []
        for url in urls:
            self._closed.discard(host_key(url))
            outcome = await self._ask(url, _ACCEPT)
            assert outcome is not None, "nothing has been asked before"  # noqa: S101 - narrows
            if outcome.status is not None:
                return url, outcome
            tried.append((url, outcome))
        return tried[0]

    async def _told(self, page: Fetched) -> list[Candidate]:
        try:
            return await self.sandbox.find_feeds(
                page.body, url=page.url, content_type=page.content_type
            )
        except SandboxError as error:
            self.misses.append(Miss(url=page.url, why="It was given.", error=str(error)))
            return [*guess_feeds(page.url)]

    async def _all(self, queue: list[Candidate], url: str) -> None:
        await self._go_through(queue, least=Rank.COMMON)
        if self._best() is None:
            queue += await self._sitemaps(url)
            await self._go_through(queue, least=min(Rank))

    async def _go_through(self, queue: list[Candidate], *, least: Rank) -> None:
        """The likeliest first, and what they lead to; until one is good, or a bound is met."""
        while queue:
            likeliest = max(queue, key=lambda one: one.rank)
            if likeliest.rank < (self._best() or least) or self.requests >= MAX_REQUESTS:
                return
            queue.remove(likeliest)
            queue += await self._try(likeliest)

    def _best(self) -> Rank | None:
        """Of the feeds that are alive; None: none is."""
        now = self.clock()
        return max((feed.rank for feed in self.feeds if feed.is_alive(now)), default=None)

    async def _sitemaps(self, url: str) -> list[Candidate]:
        """Those that robots.txt names, and where many sites keep one."""
        address = robots_url(url)
        outcome = await self._ask(address, "text/plain, */*;q=0.5") if address else None
        if not isinstance(outcome, Fetched):
            return [*sitemap_feeds(url)]
        robots = read_answer(outcome.status, outcome.body[:MAX_BYTES])
        self._delay = robots.delay(PRODUCT)
        if self._delay is not None and self._delay > MAX_DELAY:
            return []
        return [*sitemap_feeds(url, robots.sitemaps)]

    # --- one candidate ---------------------------------------------------------------------------

    async def _ask(self, url: str, accept: str) -> FetchOutcome | None:
        """None: it has been asked before, or its host is not asked any more."""
        host = host_key(url)
        if url in self._seen or host in self._closed or self.requests >= MAX_REQUESTS:
            return None
        self._seen.add(url)
        self.requests += 1
        self.tell(url)
        delay = max(self.gate.delay, self._delay or timedelta())
        async with self.gate.turn(host, delay=delay):
            outcome = await self.fetcher.fetch(
                FetchRequest(url=url, accept=accept, max_bytes=self.config.max_feed_size)
            )
        if isinstance(outcome, FetchFailed):
            if is_silence(outcome) or outcome.status == 429:
                self._closed.add(host)
        else:
            self._seen.add(outcome.url)
        return outcome

    async def _try(self, candidate: Candidate) -> list[Candidate]:
        outcome = await self._ask(candidate.url, FEED_ACCEPT)
        if isinstance(outcome, FetchFailed):
            miss = Miss(url=candidate.url, why=candidate.why, error=outcome.reason)
            self.misses.append(miss)
        if not isinstance(outcome, Fetched):
            return []
        return await self._read(candidate, outcome)

    async def _read(self, candidate: Candidate, fetched: Fetched) -> list[Candidate]:
        """Keep what was found; what else it leads to, which is followed for one level."""
        try:
            parsed = await self.sandbox.parse(
                fetched.body, url=fetched.url, content_type=fetched.content_type
            )
        except (ParseError, SandboxError) as error:
            self.misses.append(Miss(url=candidate.url, why=candidate.why, error=str(error)))
            if not isinstance(error, NotAFeed) or candidate.url in self._led_to:
                return []
            found = _led_to(candidate, error.feeds)
            self._led_to.update(one.url for one in found)
            return found
        self._keep(candidate, fetched, parsed)
        return []

    def _keep(self, candidate: Candidate, fetched: Fetched, parsed: ParsedFeed) -> None:
        url = fetched.moved_to or candidate.url
        names = dict.fromkeys((candidate.url, fetched.url, *candidate.also))
        for place, known in enumerate(self.feeds):
            if is_same_feed(known.parsed, parsed):
                also = dict.fromkeys((*known.also, url, *names))
                also.pop(known.url, None)
                self.feeds[place] = replace(known, also=tuple(also))
                return
        names.pop(url, None)
        self.feeds.append(
            FoundFeed(
                url=url,
                parsed=parsed,
                freshness=judge(parsed, self.clock()),
                rank=candidate.rank,
                why=candidate.why,
                name=parsed.title or candidate.title,
                also=tuple(names),
            )
        )


def _led_to(candidate: Candidate, named: Iterable[str]) -> list[Candidate]:
    """The news sitemaps of an index, or the feeds of a page of feeds."""
    if "sitemap" in candidate.url.rpartition("/")[2].lower():
        found = [url for url in named if is_of_news(url)]
        why = "An index of sitemaps names it."
    elif candidate.rank in {Rank.LINKED, Rank.NAMED}:
        found, why = list(named), f"It is named by {candidate.url}, which the page links to."
    else:
        return []
    return [Candidate(url=url, rank=candidate.rank, why=why) for url in found[:MAX_LISTED]]
