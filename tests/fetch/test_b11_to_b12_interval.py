"""B11 and B12 through the line, on both backends: the least time between two requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from newsfeed import FEED, rss
from server import Answer, Server
from station import HOUR, Station

from aggregator.core.urls import host_key
from aggregator.pipeline import poll_host

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


def ok(*headers: tuple[str, str], channel: str = "") -> Answer:
    return Answer(body=rss("ferry", channel=channel), headers=headers)


# --- B11


async def test_b11_the_interval_holds_whatever_happens_to_the_process(station: Station) -> None:
    for name in ("News", "Sport"):
        station.follow(name, f"/{name}.xml")
        station.says(f"/{name}.xml", ok())
    await station.poll()
    for minutes in range(0, 55, 5):
        station.pass_time(minutes=5)
        match minutes % 20:
            case 0:
                await station.restart()
            case 5:
                await station.crash()
            case 10:
                station.sources.reverse()
                station.sync()
            case 15:
                sources, station.sources = station.sources, []
                station.sync()
                station.sources = sources
                station.sync()
        assert await station.poll() == []
    station.pass_time(minutes=5)
    assert len(await station.poll()) == 2
    assert len(station.server.requests) == 4


async def test_b11_another_list_does_not_ask_what_is_not_due(station: Station) -> None:
    """Names, tags and a longer interval are no reason; one that is shorter counts from now."""
    station.says(FEED, ok())
    station.follow(interval=4 * HOUR)
    await station.poll()
    station.pass_time(minutes=10)
    station.follow(interval=4 * HOUR, tags=("local",), weight=2.0)
    station.follow("Sport", "/sport.xml")
    assert [event.source for event in await station.poll()] == ["Sport"]
    station.follow(interval=HOUR)
    assert await station.poll() == []
    assert station.wait() == HOUR
    station.follow(interval=8 * HOUR)
    assert station.wait() == HOUR


async def test_b11_starting_up_is_no_burst(station: Station) -> None:
    """After a night off each feed is polled once; after a crash, only what was under way."""
    names = [f"News {number}" for number in range(6)]
    for name in names:
        station.says(f"/{name[-1]}.xml", ok())
        station.follow(name, f"/{name[-1]}.xml")
    await station.poll()
    station.pass_time(hours=14)
    await station.crash()
    assert sorted(event.source for event in await station.poll()) == names
    assert station.wire.together == {host_key(station.server.url()): 1}
    await station.crash()
    assert await station.poll() == []


# --- B12


async def test_b12_jitter_only_delays(station: Station) -> None:
    station.says(FEED, ok(("Cache-Control", "max-age=7200")))
    station.follow()
    station.jitter = 1.0
    await station.poll()
    assert station.wait() == 2 * HOUR + 6 * MINUTE
    station.says(FEED, Answer(status=503, headers=[("Retry-After", "10800")]))
    await station.poll_next()
    assert station.wait() == 3 * HOUR + 6 * MINUTE


async def test_b12_feeds_of_a_host_are_never_asked_at_once_and_starts_are_spaced(
    station: Station,
) -> None:
    other = await station.serve(Server(address="127.0.0.2"))
    station.host_delay = timedelta(milliseconds=50)
    await station.restart()
    for number in range(4):
        station.says(f"/{number}.xml", ok())
        station.follow(f"News {number}", f"/{number}.xml")
        station.says(f"/{number}.xml", ok(), server=other)
        station.follow(f"Other {number}", url=other.url(f"/{number}.xml"))
    host = host_key(station.server.url())
    # Whoever else wants to serve the host meanwhile finds it taken.
    await asyncio.gather(station.poll(), poll_host(station.line, host))
    assert len(station.wire.begun) == 8
    assert set(station.wire.together.values()) == {1}
    for server in (station.server, other):
        gaps = station.wire.gaps(host_key(server.url()))
        assert len(gaps) == 3
        assert min(gaps) >= 0.049


async def test_b12_of_two_processes_one_serves_a_host(station: Station) -> None:
    """Both work on the database at once; between them each feed is polled once."""
    busy = most = 0

    async def slowly() -> AsyncIterator[bytes]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.01)
        yield rss("ferry")
        busy -= 1

    async with Station(open_store=station.open_store) as other:
        for number in range(4):
            station.says(f"/{number}.xml", Answer(chunks=slowly))
            station.follow(f"News {number}", f"/{number}.xml")
        both = await asyncio.gather(station.poll(), other.poll())
        assert sorted(event.source for polled in both for event in polled) == [
            f"News {number}" for number in range(4)
        ]
    assert (most, len(station.server.requests)) == (1, 4)


async def test_b12_the_pause_of_a_host_holds_for_the_next_process(station: Station) -> None:
    station.host_delay = timedelta(seconds=20)
    await station.restart()
    station.says(FEED, ok())
    station.follow()
    await station.poll()
    await station.restart()
    station.follow("Sport", "/sport.xml")
    host = host_key(station.server.url())
    (claim,) = station.storage.claim_feeds(host, now=station.now, lease=station.lease)
    assert claim.free_at == station.now + timedelta(seconds=20)
