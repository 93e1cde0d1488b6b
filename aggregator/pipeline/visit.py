"""The stay at one host: its claims one after the other, politely, until the lease runs out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from aggregator.core.outage import Silence
from aggregator.core.robots import Robots
from aggregator.errors import ClaimLost
from aggregator.pipeline.events import Event, WorkDropped
from aggregator.pipeline.line import Pipeline
from aggregator.types import FeedClaim, TextClaim

Claim = TypeVar("Claim", FeedClaim, TextClaim)

LONG_DELAY = timedelta(minutes=1)
"""A host that wants a longer pause than this is given back after a request, not waited for."""


@dataclass(slots=True, kw_only=True)
class Visit:
    """A host that is ours for a while."""

    line: Pipeline
    host: str
    lease_until: datetime
    free_at: datetime | None
    """Those who asked the host before us want it left alone until then; None: nobody does."""
    held: bool = False
    """It has said that it wants to be left alone."""
    robots: dict[str, Robots] = field(default_factory=dict)
    """By origin."""
    silences: dict[str | None, Silence] = field(default_factory=dict)
    """By proxy, which may be what does not answer."""
    furniture: bytes | None = field(default=None, repr=False)
    """What is known of the recurring text of its pages; None: the store has not been asked."""

    def silence(self, proxy: str | None) -> Silence:
        """Of the host, to requests through `proxy`."""
        return self.silences.setdefault(proxy, Silence())

    @property
    def delay(self) -> timedelta:
        """Between the starts of two requests."""
        return max(self.line.gate.delay, self.line.delays.get(self.host, timedelta()))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Ours, when those who asked the host before us, wherever, have let it rest.

        A request that waited for a connection may still be under way when the lease runs out; it
        is cut then, with ClaimLost, for the next holder must not find us talking to the host.
        """
        wait = self.free_at - self.line.clock() if self.free_at else timedelta()
        async with self.line.gate.turn(self.host, wait=wait, delay=self.delay):
            limit = asyncio.timeout((self.lease_until - self.line.clock()).total_seconds())
            try:
                async with limit:
                    yield
            except TimeoutError:
                if not limit.expired():
                    raise
                raise ClaimLost(f"the claim on {self.host} ran out amid a request") from None

    @property
    def lasts(self) -> bool:
        """Whether a request that begins now has the time it may take before the lease runs out."""
        return self.line.clock() + self.line.timeout <= self.lease_until

    @property
    def has_time(self) -> bool:
        """Whether one more request can be waited for and made before the lease runs out."""
        return self.line.clock() + self.delay + self.line.timeout <= self.lease_until

    def require(self, what: str) -> None:
        """Raises ClaimLost when it does not last."""
        if not self.lasts:
            raise ClaimLost(f"the claim on {what} ran out before its turn")


async def visit(
    line: Pipeline,
    host: str,
    claims: Sequence[Claim],
    work: Callable[[Visit, Claim], Awaitable[Event]],
    what: Callable[[Claim], str],
) -> None:
    """Serve the claims one after the other while the lease lasts; the rest falls due again.

    The host is given back at the end, also of a batch that is cut short.
    """
    if not claims:
        return
    stay = Visit(line=line, host=host, lease_until=claims[0].lease_until, free_at=claims[0].free_at)
    try:
        for claim in claims:
            if line.is_over:
                break
            try:
                line.report(await work(stay, claim))
            except ClaimLost:
                line.report(WorkDropped(what=what(claim)))
                if not stay.lasts:
                    break
            if stay.held or stay.delay > LONG_DELAY:
                break
    finally:
        release = asyncio.to_thread(
            line.storage.release_host,
            host,
            lease_until=stay.lease_until,
            free_at=line.clock() + stay.delay,
        )
        await asyncio.shield(release)
