"""The fetcher's place: redirects, time-outs and outcomes as the real one has them, and a log.

What is sent is made by the real fetcher's own `Hop`, and what comes back is read by its own
functions, so that only the connection is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.fetch import headers as fields
from aggregator.fetch import troubles
from aggregator.fetch.hops import REDIRECTS, Hop, first_hop, is_permanent, redirect_target
from aggregator.types import FailureGrade, Fetched, FetchFailed, FetchOutcome, FetchRequest
from aggregator.types import NotModified as Unchanged
from sim.feeds import Feed
from sim.sites import NAMED_BY, Ask, Reply, Web

Clock = Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Hit:
    """One request, as the host sees it."""

    url: str
    host: str
    source: str | None
    """Its name; "aggregator": it does not say (of a page on another host)."""
    at: datetime
    etag: str | None
    """Of If-None-Match; None: not sent."""
    last_modified: str | None
    """Of If-Modified-Since; None: not sent."""
    ended_at: datetime | None = None
    """None: it was broken off."""
    status: int | None = None
    """None: no answer came."""
    size: int = 0
    """Bytes of the body."""
    given: tuple[str | None, str | None] = (None, None)
    """(ETag, Last-Modified) that it got."""
    feed: Feed | None = None
    """As in `Reply`."""
    hold_until: datetime | None = None
    """As in `Reply`."""


@dataclass(slots=True, kw_only=True)
class Poll:
    """One exchange about a feed, redirects and all."""

    source: str
    hits: list[Hit] = field(default_factory=list)
    moved_to: str | None = None
    """Where all redirects, permanent ones, have led."""
    ended_at: datetime | None = None
    """None: it was broken off."""

    @property
    def url(self) -> str:
        return self.hits[0].url

    @property
    def at(self) -> datetime:
        return self.hits[0].at

    @property
    def good(self) -> bool:
        """All of the feed has come, or was confirmed."""
        return self.ended_at is not None and self.hits[-1].feed is not None


@dataclass(slots=True, kw_only=True)
class Log:
    hits: list[Hit] = field(default_factory=list)
    """In order of their beginning."""
    polls: dict[str, list[Poll]] = field(default_factory=dict)
    """By source."""


class Wire:
    """`Fetching`, to the web of a scenario."""

    def __init__(self, web: Web, log: Log, *, timeout: timedelta, clock: Clock) -> None:
        self._web = web
        self._log = log
        self._timeout = timeout
        self._clock = clock
        self._last_at: dict[str, datetime] = {}
        for hit in log.hits:
            self._last_at[hit.host] = hit.at

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        hop = first_hop(request)
        assert hop is not None, request.url
        source, begun = dict(request.headers).get(NAMED_BY), self._clock()
        poll = Poll(source=source or "")
        is_page = request.accept.startswith("text/plain") or "/news/" in request.url
        if source is not None and not is_page:
            self._log.polls.setdefault(source, []).append(poll)
        outcome: FetchOutcome
        try:
            outcome = await self._follow(hop, poll, begun)
        except troubles.ExchangeError as error:
            outcome = FetchFailed(
                url=hop.url,
                grade=error.grade,
                reason=error.reason,
                status=error.status,
                retry_after=error.retry_after,
                elapsed=self._clock() - begun,
            )
        poll.ended_at = self._clock()
        return outcome

    async def _follow(self, hop: Hop, poll: Poll, begun: datetime) -> Fetched | Unchanged:
        seen, permanent = {hop.url}, True
        while True:
            reply = await self._ask(hop, poll, begun)
            assert reply.status is not None
            if reply.status not in REDIRECTS:
                moved = hop.url if permanent and len(seen) > 1 else None
                poll.moved_to = moved
                return self._outcome(hop, reply, moved, begun)
            target = redirect_target(hop.url, reply.status, dict(reply.headers))
            assert target not in seen, target
            permanent = permanent and is_permanent(reply.status, hop.url, target)
            seen.add(target)
            hop = hop.towards(target)

    async def _ask(self, hop: Hop, poll: Poll, begun: datetime) -> Reply:
        sent = {name.decode().lower(): value.decode() for name, value in hop.fields("aggregator")}
        at = self._clock()
        hit = Hit(
            url=hop.url,
            host=hop.host,
            source=sent.get(NAMED_BY.lower()),
            at=at,
            etag=sent.get("if-none-match"),
            last_modified=sent.get("if-modified-since"),
        )
        reply = self._web.answer(
            Ask(url=hop.url, at=at, headers=sent, last_at=self._last_at.get(hop.host))
        )
        self._last_at[hop.host] = at
        self._log.hits.append(hit)
        poll.hits.append(hit)
        left = begun + self._timeout - at
        await asyncio.sleep(min(left, reply.takes).total_seconds())
        hit.ended_at = self._clock()
        if reply.takes > left:
            reason = troubles.time_sentence(self._timeout)
            raise troubles.ExchangeError(FailureGrade.PASSING, reason)
        if reply.status is None:
            raise troubles.ExchangeError(FailureGrade.PASSING, reply.trouble)
        hit.status, hit.size, hit.feed = reply.status, len(reply.body), reply.feed
        hit.hold_until = reply.hold_until
        hit.given = (reply.headers.get("etag"), reply.headers.get("last-modified"))
        return reply

    def _outcome(
        self, hop: Hop, reply: Reply, moved: str | None, begun: datetime
    ) -> Fetched | Unchanged:
        headers = dict(reply.headers)
        etag = fields.validator(headers, "etag")
        last_modified = fields.validator(headers, "last-modified")
        elapsed = self._clock() - begun
        if reply.status == 304 and hop.validators:
            return Unchanged(
                url=hop.url,
                etag=etag,
                last_modified=last_modified,
                elapsed=elapsed,
                moved_to=moved,
                headers=headers,
            )
        if reply.status != 200:
            assert reply.status is not None
            raise troubles.ExchangeError(
                troubles.status_grade(reply.status),
                troubles.status_sentence(reply.status),
                status=reply.status,
                retry_after=fields.retry_after(headers.get("retry-after"), now=self._clock()),
            )
        return Fetched(
            url=hop.url,
            status=200,
            headers=headers,
            body=reply.body,
            etag=etag,
            last_modified=last_modified,
            elapsed=elapsed,
            moved_to=moved,
        )
