"""Memory for bodies: who may have how much, and when it is given back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from clients import AGENT, FEED, fetched
from server import Answer, Server
from sim.clock import run_virtually

from aggregator.fetch.http import Fetcher
from aggregator.fetch.ration import FREE, Ration
from aggregator.types import Fetched, FetchRequest

MEBI = 1024 * 1024


def page(size: int) -> Fetched:
    return Fetched(
        url="https://example.com/feed",
        status=200,
        headers={},
        body=bytes(size),
        etag=None,
        last_modified=None,
        elapsed=timedelta(),
    )


def test_the_beginning_of_every_body_is_free() -> None:
    async def main() -> None:
        ration = Ration(MEBI)
        for _ in range(100):
            async with asyncio.timeout(None) as limit:
                await ration.share(limit).need(FREE)
        assert ration.left == MEBI

    run_virtually(main())


def test_what_was_fetched_keeps_what_it_needs_until_it_is_forgotten() -> None:
    async def main() -> None:
        ration = Ration(4 * MEBI)
        async with asyncio.timeout(None) as limit:
            with ration.share(limit) as part:
                await part.need(FREE + MEBI)
                outcome = page(FREE + MEBI // 2)
                part.lasts(outcome)
        assert ration.left == 4 * MEBI - MEBI // 2
        del outcome
        await asyncio.sleep(0)
        assert ration.left == 4 * MEBI

    run_virtually(main())


def test_what_failed_keeps_nothing() -> None:
    async def main() -> None:
        ration = Ration(4 * MEBI)

        async def fail() -> None:
            async with asyncio.timeout(None) as limit:
                with ration.share(limit) as part:
                    await part.need(3 * MEBI)
                    raise ValueError("broken")

        with pytest.raises(ValueError, match="broken"):
            await fail()
        assert ration.left == 4 * MEBI

    run_virtually(main())


def test_when_all_is_taken_one_goes_on_and_the_others_wait_in_order() -> None:
    """Two that have half of it each want more: neither may wait for the other for ever."""

    async def main() -> list[str]:
        ration, log = Ration(2 * MEBI), list[str]()

        async def read(name: str) -> None:
            async with asyncio.timeout(None) as limit:
                with ration.share(limit) as part:
                    await part.need(FREE + MEBI)
                    await asyncio.sleep(1)
                    await part.need(FREE + 5 * MEBI)
                    log.append(name)
                    await asyncio.sleep(1)
                    await part.need(FREE + 9 * MEBI)

        async with asyncio.TaskGroup() as group:
            for name in ("a", "b", "c", "d"):
                group.create_task(read(name))
        assert (ration.left, ration.favoured) == (2 * MEBI, None)
        return log

    assert sorted(run_virtually(main())) == ["a", "b", "c", "d"]


def test_no_time_runs_while_a_body_waits() -> None:
    async def main() -> float:
        ration = Ration(MEBI)
        loop = asyncio.get_running_loop()

        async def hold() -> None:
            async with asyncio.timeout(None) as limit:
                with ration.share(limit) as part:
                    await part.need(FREE + 3 * MEBI)
                    await asyncio.sleep(60)

        holding = asyncio.create_task(hold())
        await asyncio.sleep(0)
        began = loop.time()

        async def take_long() -> None:
            async with asyncio.timeout(10) as limit:
                with ration.share(limit) as part:
                    await asyncio.sleep(4)
                    await part.need(FREE + MEBI)
                    await asyncio.sleep(100)

        with pytest.raises(TimeoutError):
            await take_long()
        await holding
        return loop.time() - began

    # 4 seconds, 56 of waiting, and the 6 that were left.
    assert run_virtually(main()) == pytest.approx(66)


def test_one_that_waits_and_is_called_off_leaves_the_line() -> None:
    async def main() -> None:
        ration = Ration(MEBI)

        async def read(size: int) -> None:
            async with asyncio.timeout(None) as limit:
                with ration.share(limit) as part:
                    await part.need(size)
                    await asyncio.sleep(10)

        first = asyncio.create_task(read(9 * MEBI))
        second = asyncio.create_task(read(9 * MEBI))
        third = asyncio.create_task(read(9 * MEBI))
        await asyncio.sleep(1)
        second.cancel()
        await asyncio.gather(first, third)
        assert (ration.left, ration.favoured) == (MEBI, None)

    run_virtually(main())


@pytest.mark.anyio
async def test_large_feeds_are_all_fetched_though_not_all_at_once() -> None:
    """Six of 6 MiB each, of which one at a time may be beyond the ration."""
    body = FEED.ljust(6 * MEBI)
    client = Fetcher(user_agent=AGENT, timeout=timedelta(seconds=60), connections=6)
    async with Server() as server, client:
        server.answers["/feed.xml"] = Answer(body=body)

        async def size() -> int:
            outcome = await client.fetch(FetchRequest(url=server.url("/feed.xml")))
            return len(fetched(outcome).body)

        assert await asyncio.gather(*(size() for _ in range(6))) == [6 * MEBI] * 6
