"""Turns at exchanges, on a clock that jumps; and that slow servers keep nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from clients import AGENT, FEED, failed, fetched, fetcher
from server import Answer, Seen, Server
from sim.clock import run_virtually

from aggregator.fetch.http import Fetcher
from aggregator.fetch.turns import MOST, PATIENCE, Turns
from aggregator.types import FetchRequest

SLOW = 60.0


async def _take(turns: Turns, name: str, log: list[tuple[str, float]], *, takes: float) -> None:
    async with turns.turn():
        log.append((name, asyncio.get_running_loop().time()))
        await asyncio.sleep(takes)


def starts(count: int, *wanted: tuple[str, float]) -> list[tuple[str, float]]:
    """When each (name, seconds) began."""

    async def main() -> list[tuple[str, float]]:
        turns, log = Turns(count), list[tuple[str, float]]()
        await asyncio.gather(*(_take(turns, name, log, takes=takes) for name, takes in wanted))
        return log

    return run_virtually(main())


def test_turns_come_in_order_and_so_many_at_once() -> None:
    log = starts(2, ("a", 2), ("b", 3), ("c", 1), ("d", 1))
    assert log == [("a", 0), ("b", 0), ("c", 2), ("d", 3)]


def test_what_takes_long_hands_its_turn_back_and_goes_on() -> None:
    patience = PATIENCE.total_seconds()
    log = starts(1, ("hangs", SLOW), ("a", 1), ("b", 1))
    assert log == [("hangs", 0), ("a", patience), ("b", patience + 1)]


def test_a_turn_is_handed_back_once() -> None:
    """Else two would be young at once after a slow one has ended."""
    log = starts(1, ("slow", 7), ("a", 4), ("b", 4), ("c", 4))
    assert [at for _, at in log] == [0, 5, 9, 13]


def test_slow_ones_are_bounded_too() -> None:
    log = starts(1, *(("hangs", SLOW),) * MOST, ("last", 1))
    assert log[-1] == ("last", SLOW)


@pytest.mark.anyio
async def test_a_turn_that_is_called_off_is_handed_back() -> None:
    turns = Turns(1)
    held = asyncio.create_task(_take(turns, "a", [], takes=SLOW))
    waiting = asyncio.create_task(_take(turns, "b", [], takes=SLOW))
    await asyncio.sleep(0)
    for task in (waiting, held):
        task.cancel()
    await asyncio.gather(held, waiting, return_exceptions=True)
    async with asyncio.timeout(5), turns.turn():
        pass


@pytest.mark.anyio
async def test_every_turn_of_a_fetcher_has_a_connection() -> None:
    """Who has a turn must not wait for a connection: so many are asked for on one host."""
    arrived, everybody = 0, asyncio.Event()

    async with Server() as server:

        def answer(_: Seen) -> Answer:
            nonlocal arrived
            arrived += 1
            if arrived == 3:
                everybody.set()
            return Answer(chunks=body)

        async def body() -> AsyncIterator[bytes]:
            await everybody.wait()
            yield b"<rss/>"

        server.answers["/feed.xml"] = answer
        async with fetcher(connections=3, timeout=20) as client:
            request = FetchRequest(url=server.url("/feed.xml"))
            outcomes = await asyncio.gather(*(client.fetch(request) for _ in range(3)))
    assert [fetched(outcome).body for outcome in outcomes] == [b"<rss/>"] * 3


@pytest.mark.anyio
async def test_servers_that_hang_keep_no_request_to_others_waiting() -> None:
    over = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        await over.wait()
        yield b""

    client = Fetcher(
        user_agent=AGENT,
        timeout=timedelta(minutes=1),
        connections=1,
        patience=timedelta(milliseconds=50),
    )
    async with Server() as server, client:
        server.answers["/hangs.xml"] = Answer(raw=b"", chunks=never)
        server.answers["/feed.xml"] = Answer(body=FEED)
        hanging = [
            asyncio.create_task(client.fetch(FetchRequest(url=server.url("/hangs.xml"))))
            for _ in range(MOST - 1)
        ]
        good = await client.fetch(FetchRequest(url=server.url("/feed.xml")))
        assert fetched(good).body == FEED
        assert not any(task.done() for task in hanging)
        over.set()
        for outcome in await asyncio.gather(*hanging):
            assert "without an answer" in failed(outcome).reason
