"""B32, B34 and B35 through the line, on both backends: what a host sees of all that is asked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from newsfeed import FEED, page, redirect, rss
from server import Answer, Server
from station import DAY, Station

from aggregator.core.urls import host_key
from aggregator.pipeline import enrich_host, poll_host
from aggregator.types import Fetched, PagePolicy, TextOrigin, TextState

pytestmark = pytest.mark.anyio

ROBOTS = "/robots.txt"


def news(station: Station, *slugs: str, robots: Answer | None = None, **fields: Any) -> None:
    """A feed on the station's server whose articles have pages there."""
    if robots is not None:
        station.says(ROBOTS, robots)
    station.says(FEED, Answer(body=rss(*slugs, link=station.server.url(""))))
    for slug in slugs:
        station.says(f"/{slug}", Answer(body=page()))
    station.follow(**{"pages": PagePolicy.ALWAYS, **fields})


def rules(*lines: str) -> Answer:
    return Answer(body="\n".join(("User-agent: *", *lines, "")).encode())


# --- B32


async def test_b32_a_disallowed_page_is_not_asked_and_the_feeds_text_stays(
    station: Station,
) -> None:
    news(station, "ferry", "harbour", robots=rules("Disallow: /ferry"))
    await station.poll()
    assert (len(station.requests("/ferry")), len(station.requests("/harbour"))) == (0, 1)
    ferry, harbour = sorted(station.articles(), key=lambda one: one.guid or "")
    assert ferry.text == "The ferry is back."
    assert 'robots.txt disallows "/ferry" to everybody, at line 2.' in (ferry.text_error or "")
    assert (ferry.text_origin, harbour.text_origin) == (TextOrigin.SUMMARY, TextOrigin.PAGE)


async def test_b32_robots_txt_does_not_govern_feeds(station: Station) -> None:
    news(station, "ferry", robots=rules("Disallow: /"))
    (polled,) = await station.poll()
    assert (polled.new, polled.error) == (1, None)
    assert station.requests("/ferry") == []
    (again,) = [await station.poll_next()]
    assert again.error is None


async def test_b32_rules_for_us_count_before_those_for_everybody(station: Station) -> None:
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: aggregator\nDisallow: /harbour\n"
    news(station, "ferry", "harbour", robots=Answer(body=body))
    await station.poll()
    assert (len(station.requests("/ferry")), len(station.requests("/harbour"))) == (1, 0)


async def test_b32_robots_txt_is_asked_once_a_day_across_restarts(station: Station) -> None:
    slugs = [f"story-{number}" for number in range(8)]
    news(station, robots=rules("Disallow: /private"))
    for number in range(1, len(slugs) + 1):
        news(station, *slugs[:number])
        station.pass_time(hours=2, minutes=50)
        await station.restart()
        await station.poll()
    assert len(station.requests(ROBOTS)) == 1
    assert sum(len(station.requests(f"/{slug}")) for slug in slugs) == 8
    station.says(ROBOTS, rules("Disallow: /"))
    news(station, *slugs, "late")
    station.pass_time(hours=4, minutes=10)
    await station.poll()
    assert len(station.requests(ROBOTS)) == 2
    assert station.requests("/late") == []


@pytest.mark.parametrize(
    "unreachable",
    [
        Answer(status=500),
        Answer(status=503),
        Answer(raw=b""),
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser"),
    ],
)
async def test_b32_while_robots_txt_is_out_of_reach_pages_wait(
    station: Station, unreachable: Answer
) -> None:
    news(station, "ferry", robots=unreachable)
    await station.poll()
    (text,) = station.texts()
    assert text.state is TextState.RETRY
    assert "robots.txt" in (text.error or "")
    assert station.requests("/ferry") == []
    asked = len(station.requests(ROBOTS))
    station.says(ROBOTS, Answer(status=404))
    station.pass_time(minutes=30)
    await station.restart()
    await station.poll()
    assert len(station.requests(ROBOTS)) == asked
    station.pass_time(hours=2)
    await station.poll()
    assert len(station.requests("/ferry")) == 1


async def test_b32_an_old_copy_counts_while_the_file_is_out_of_reach(station: Station) -> None:
    news(station, "ferry", robots=rules("Disallow: /private"))
    await station.poll()
    station.says(ROBOTS, Answer(status=500))
    station.pass_time(days=2)
    news(station, "ferry", "harbour", "private")
    await station.poll()
    assert len(station.requests(ROBOTS)) == 2
    assert (len(station.requests("/harbour")), len(station.requests("/private"))) == (1, 0)


@pytest.mark.parametrize("status", [404, 401, 403, 410])
async def test_b32_without_robots_txt_everything_may_be_asked(
    station: Station, status: int
) -> None:
    news(station, "ferry", robots=Answer(status=status))
    await station.poll()
    assert len(station.requests("/ferry")) == 1


async def test_b32_a_redirect_of_robots_txt_is_followed(station: Station) -> None:
    other = await station.serve(Server(address="127.0.0.2"))
    station.says(ROBOTS, rules("Disallow: /ferry"), server=other)
    news(station, "ferry", "harbour", robots=redirect(other.url(ROBOTS)))
    await station.poll()
    assert (len(station.requests("/ferry")), len(station.requests("/harbour"))) == (0, 1)


async def test_b32_sites_of_ones_own_are_read_regardless(station: Station) -> None:
    news(station, "ferry", robots=rules("Disallow: /"), respect_robots=False)
    await station.poll()
    assert station.requests(ROBOTS) == []
    (article,) = station.articles()
    assert article.text_origin is TextOrigin.PAGE


async def test_b32_crawl_delay_spaces_what_is_asked_of_the_host(station: Station) -> None:
    news(station, "ferry", "harbour", "lights", robots=rules("Crawl-delay: 600"))
    await station.poll()
    counts = []
    for _ in range(5):
        counts.append(len(station.server.requests))
        assert await station.poll() == []
        station.pass_time(minutes=8)
        await station.restart()
        await station.poll()
        assert len(station.server.requests) == counts[-1]
        station.pass_time(minutes=2)
        await station.poll()
    # The feed, robots.txt and the first page; then one page at a time; then nothing.
    assert counts == [3, 4, 5, 5, 5]


# --- B34


async def test_b34_feeds_pages_and_robots_txt_take_turns(station: Station) -> None:
    station.host_delay = timedelta(milliseconds=40)
    await station.restart()
    news(station, "ferry", "harbour", robots=rules("Disallow: /private"))
    station.says("/sport.xml", Answer(body=rss()))
    await station.poll()
    station.follow("Sport", "/sport.xml")
    news(station, "ferry", "harbour", "lights")
    station.now += DAY
    host = host_key(station.server.url())
    for _ in range(3):
        await asyncio.gather(
            poll_host(station.line, host), enrich_host(station.line, host), station.poll()
        )
    await station.poll()
    targets = [seen.target for seen in station.server.requests]
    assert sorted(targets) == sorted(
        [FEED, ROBOTS, "/ferry", "/harbour", FEED, "/sport.xml", ROBOTS, "/lights"]
    )
    assert station.wire.together == {host: 1}
    assert min(station.wire.gaps(host)) >= 0.039


# --- B35


async def test_b35_each_exchange_leaves_one_record(station: Station) -> None:
    news(station, "ferry", "harbour", robots=rules("Disallow: /harbour"))
    station.says("/moved.xml", redirect("/other.xml", 302))
    station.says("/other.xml", Answer(body=rss("lights")))
    station.follow("Moved", "/moved.xml")
    station.follow("Gone", "/gone.xml")
    await station.poll()
    records = {one.url.removeprefix(station.server.url("")): one for one in station.exchanges}
    assert len(records) == len(station.exchanges)
    assert sorted(records) == [FEED, "/ferry", "/gone.xml", "/moved.xml", ROBOTS]
    steps = [step for one in station.exchanges for step in one.steps]
    assert sorted(step.url for step in steps) == sorted(
        station.server.url(seen.target) for seen in station.server.requests
    )
    assert {path: one.last.status for path, one in records.items() if one.last} == {
        FEED: 200,
        ROBOTS: 200,
        "/ferry": 200,
        "/gone.xml": 404,
        "/moved.xml": 200,
    }
    feed = records[FEED]
    assert isinstance(feed.outcome, Fetched)
    size = len(rss("ferry", "harbour", link=station.server.url("")))
    assert feed.received == feed.decoded == size
    assert all(one.elapsed > timedelta() for one in station.exchanges)
