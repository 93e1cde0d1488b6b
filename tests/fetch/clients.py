"""A fetcher for tests, and how to run one against a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Exchange, Fetcher
from aggregator.fetch.resolve import Resolver
from aggregator.types import Fetched, FetchFailed, FetchOutcome

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AGENT = "aggregator/9 (desk@example.org)"
FEED = b"<rss>" + b"<item>news</item>" * 500 + b"</rss>"

Script = Mapping[str, Sequence[Sequence[str] | OSError]]


@dataclass(slots=True)
class Names:
    """A resolver with a script: each look-up takes a name's next answer, and the last stays."""

    answers: Script
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, _: int) -> Sequence[str]:
        script = self.answers[host]
        answer = script[min(self.asked.count(host), len(script) - 1)]
        self.asked.append(host)
        if isinstance(answer, OSError):
            raise answer
        return answer


def fetcher(
    *,
    timeout: float = 5.0,
    connections: int = 4,
    ca_file: Path | None = None,
    guard: Guard | None = None,
    proxy: str | None = None,
    resolve: Resolver | None = None,
    on_exchange: Callable[[Exchange], None] = lambda _: None,
) -> Fetcher:
    return Fetcher(
        user_agent=AGENT,
        timeout=timedelta(seconds=timeout),
        connections=connections,
        ca_file=ca_file,
        guard=guard,
        proxy=proxy,
        resolve=resolve,
        on_exchange=on_exchange,
        clock=lambda: NOW,
    )


def fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def failed(outcome: FetchOutcome) -> FetchFailed:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what another task brings about."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions of servers, which know no events
            await asyncio.sleep(0.005)
