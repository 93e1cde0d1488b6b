"""A poll in slow motion, of which nothing is kept: each step told as it is done."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest

from aggregator.config import Config
from aggregator.core.decide import decide, page_needed
from aggregator.core.durations import format_duration
from aggregator.core.entries import prepare
from aggregator.core.robots import read_answer, robots_url
from aggregator.core.schedule import Reading, after_poll
from aggregator.core.urls import host_key
from aggregator.errors import ParseError, SandboxError
from aggregator.fetch.gate import HostGate
from aggregator.fetch.guard import Guard, literal
from aggregator.fetch.hops import first_hop
from aggregator.fetch.http import Exchange, Fetcher
from aggregator.fetch.proxy import Proxy
from aggregator.fetch.resolve import SystemResolver
from aggregator.pipeline.manners import MAX_SIZE, PRODUCT
from aggregator.pipeline.polling import feed_request
from aggregator.sandbox import SandboxProtocol
from aggregator.service import explaining as tell
from aggregator.service.explaining import Line, State, bad, good, odd
from aggregator.service.runtime import agent_of, fetcher_for
from aggregator.service.targets import Target, target_of
from aggregator.types import (
    FeedClaim,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    PagePolicy,
    ParsedFeed,
    Source,
)

_LOOK_UP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    url: str
    """That which was asked last."""
    lines: tuple[Line, ...]

    @property
    def went_well(self) -> bool:
        return all(line.state is not State.BAD for line in self.lines)


async def probe(
    wanted: str,
    *,
    config: Config,
    sandbox: SandboxProtocol,
    gate: HostGate,
    clock: Callable[[], datetime],
) -> Probe:
    """Poll what `target_of` says. What goes wrong is told in the lines; raises UsageError only."""
    target = target_of(wanted, config)
    exchanges: list[Exchange] = []
    async with fetcher_for(config, on_exchange=exchanges.append) as fetcher:
        run = _Run(
            config=config, fetcher=fetcher, sandbox=sandbox, gate=gate, clock=clock,
            source=target.source, exchanges=exchanges,
        )  # fmt: skip
        run.lines += _introduction(wanted, target, config)
        await run.poll(target.urls)
    return Probe(url=run.source.url, lines=tuple(run.lines))


def _introduction(wanted: str, target: Target, config: Config) -> Iterator[Line]:
    """What was made of the address, and what is sent; no secret."""
    source, first = target.source, target.urls[0]
    if target.is_followed:
        paused = ", which is paused" if source in config.paused else ""
        yield good("address", f"{first}, the source “{source.name}”{paused}.")
    else:
        made = "" if wanted == first else f", made of “{wanted}”"
        others = f"; if that does not answer, {target.urls[1]}" if len(target.urls) > 1 else ""
        yield good("address", f"{first}{made}{others}.")
    sent = [f"User-Agent {agent_of(config)}"]
    sent += [f"{name} (not shown)" for name, _ in source.headers]
    yield good("request", f"{', '.join(sent)}.")


def _no_failure(line: Line) -> Line:
    return replace(line, state=State.WARN) if line.state is State.BAD else line


@dataclass(slots=True, kw_only=True)
class _Run:
    """One poll: what it works with, and what it has told."""

    config: Config
    fetcher: Fetcher
    sandbox: SandboxProtocol
    gate: HostGate
    clock: Callable[[], datetime]
    source: Source
    exchanges: list[Exchange]
    """The last of them is that of the last request."""
    lines: list[Line] = field(default_factory=list)
    is_unknown: bool = False
    """Whether no address of the host is known."""

    @property
    def proxy(self) -> str | None:
        return self.config.proxy if self.source.proxy is None else self.source.proxy

    async def poll(self, urls: Sequence[str]) -> None:
        """Try the addresses one after the other; those before the last may fail to connect."""
        for url, after in zip_longest(urls, urls[1:]):
            self.source = replace(self.source, url=url)
            begun = len(self.lines)
            outcome = await self._reach()
            if isinstance(outcome, Fetched):
                await self._read(outcome)
            answered = outcome is not None and outcome.status is not None
            if after is None or self.is_unknown or answered:
                return
            self.lines[begun:] = map(_no_failure, self.lines[begun:])
            self.lines.append(good("address", f"{after} is tried."))

    # --- the way there ---------------------------------------------------------------------------

    async def _reach(self) -> FetchOutcome | None:
        """None: nothing was asked."""
        shown = self._shown_proxy()
        if self.lines[-1].state is State.BAD or not await self._look_up(shown):
            return None
        outcome = await self._fetch(self._request(self._new_state()))
        exchange = self.exchanges[-1]
        self.lines += tell.connections(exchange, proxy=shown)
        self.lines += tell.redirects(exchange)
        if isinstance(outcome, FetchFailed):
            self.lines.append(tell.failed(outcome))
        return outcome

    def _shown_proxy(self) -> str | None:
        """Without its login."""
        if not self.proxy:
            return None
        try:
            return str(Proxy.parse(self.proxy))
        except ValueError as error:
            self.lines.append(bad("proxy", f"{error}."))
            return None

    async def _look_up(self, proxy: str | None) -> bool:
        hop = first_hop(FetchRequest(url=self.source.url))
        assert hop is not None, "the address has been read before"  # noqa: S101 - narrows the type
        host, port = hop.endpoint
        guard = Guard.allowing(self.config.allow)
        if proxy:
            self.lines.append(good("DNS", f"the proxy {proxy} looks {host} up."))
            return True
        try:
            number = literal(host)
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                found = [str(number)] if number else await SystemResolver()(host, port)
        except (OSError, ValueError, TimeoutError):
            self.is_unknown = True
            reason = f"no address is known for the host {host}. Check its spelling."
            self.lines.append(bad("DNS", reason))
            return False
        line = tell.looked_up(host, found, [guard.refusal(host, port, one) for one in found])
        self.lines.append(line)
        return line.state is not State.BAD

    def _new_state(self) -> FeedState:
        return FeedState(next_poll_at=self.clock())

    def _request(self, state: FeedState) -> FetchRequest:
        claim = FeedClaim(source_id=0, source=self.source, state=state, lease_until=self.clock())
        return feed_request(claim, max_bytes=self.config.max_feed_size)

    async def _fetch(self, request: FetchRequest) -> FetchOutcome:
        async with self.gate.turn(host_key(request.url)):
            return await self.fetcher.fetch(request)

    # --- what came -------------------------------------------------------------------------------

    async def _read(self, fetched: Fetched) -> None:
        self.lines += [tell.status(fetched), tell.size(self.exchanges[-1], fetched)]
        try:
            parsed = await self._parsed(fetched)
        except (ParseError, SandboxError) as error:
            self.lines.append(tell.unreadable(error, self.source.url))
            return
        now = self.clock()
        self.lines.append(tell.form(parsed, fetched))
        self.lines += tell.items(parsed, now)
        state = await asyncio.to_thread(self._state_after, fetched, parsed, now)
        again = None
        if state.etag or state.last_modified:
            again = await self._fetch(self._request(state))
        self.lines.append(tell.validators(state, fetched, again))
        self.lines += tell.wishes(fetched, parsed.hints, now)
        self.lines.append(await self._robots(parsed))
        self.lines.append(tell.next_poll(state))

    async def _parsed(self, fetched: Fetched) -> ParsedFeed:
        url, kind = fetched.url, fetched.content_type
        if self.source.selectors is None:
            return await self.sandbox.parse(fetched.body, url=url, content_type=kind)
        return await self.sandbox.parse_page(
            fetched.body, self.source.selectors, url=url, content_type=kind
        )

    def _state_after(self, fetched: Fetched, parsed: ParsedFeed, now: datetime) -> FeedState:
        """What would be stored after a first poll."""
        decision = decide(prepare(parsed), (), source=self.source, now=now)
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        reading = Reading(parsed=parsed, body_hash=body_hash, decision=decision)
        return after_poll(
            self._new_state(), fetched, source=self.source, now=now, jitter=0.0, reading=reading
        )

    async def _robots(self, parsed: ParsedFeed) -> Line:
        """Whether the page of the first item that needs one may be asked for."""
        pages = self.source.pages
        page = next((one.url for one in parsed.entries if page_needed(one, pages)), None)
        address = robots_url(page) if page else None
        if page is None or address is None:
            never = pages is PagePolicy.NEVER
            why = "as `pages` is never" if never else "for none of the items needs its page"
            return good("robots.txt", f"not asked, {why}.")
        if not self.source.respect_robots:
            return odd("robots.txt", "not asked, as `respect_robots` is false for this source.")
        own = host_key(page) == host_key(self.source.url)
        outcome = await self._fetch(
            FetchRequest(
                url=address,
                accept="text/plain, */*;q=0.5",
                headers=self.source.headers if own else (),
                max_bytes=MAX_SIZE,
                proxy=self.source.proxy,
            )
        )
        if isinstance(outcome, FetchFailed) and outcome.status is None:
            return odd("robots.txt", f"{address} could not be had: {outcome.reason}.")
        body = outcome.body if isinstance(outcome, Fetched) else b""
        rules = read_answer(outcome.status, body)
        verdict, delay = rules.judge(page, PRODUCT), rules.delay(PRODUCT)
        pause = f" It asks for {format_duration(delay)} between requests." if delay else ""
        if verdict.allowed:
            return good("robots.txt", f"{page} may be asked for. {verdict.why}{pause}")
        return odd(
            "robots.txt",
            f"{page} is left alone, so the feed's own text is all there is. {verdict.why}{pause}",
        )
