"""A fetch from a server on loopback that gives the answers it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from clients import fetcher
from server import Answer, Seen, Server

from aggregator.types import Fetched, FetchFailed, FetchOutcome, FetchRequest

MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    outcomes: list[FetchOutcome]
    requests: list[Seen]
    connections: int

    @property
    def fetched(self) -> Fetched:
        (outcome,) = self.outcomes
        assert isinstance(outcome, Fetched), outcome
        return outcome

    @property
    def failed(self) -> FetchFailed:
        (outcome,) = self.outcomes
        assert isinstance(outcome, FetchFailed), outcome
        return outcome


def exchange(
    *answers: Answer,
    request: Callable[[str], FetchRequest] = lambda url: FetchRequest(url=url),
    times: int = 1,
    timeout: float = 5.0,
    others: dict[str, Answer] | None = None,
) -> Exchange:
    """Ask /feed.xml, which gives these answers, one after the other."""

    async def main() -> Exchange:
        async with Server() as server, fetcher(timeout=timeout) as client:
            server.answers["/feed.xml"] = list(answers)
            server.answers.update(others or {})
            asked = request(server.url("/feed.xml"))
            outcomes = [await client.fetch(asked) for _ in range(times)]
            return Exchange(outcomes, server.requests, server.connections)

    return asyncio.run(main())


async def dripping() -> AsyncIterator[bytes]:
    """A byte now and then, without an end."""
    while True:
        yield b"x"
        await asyncio.sleep(0.02)
