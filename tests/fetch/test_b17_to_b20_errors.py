"""B17 to B20 through the line, on both backends: what an error costs, and whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from newsfeed import FEED, page, rss
from server import Answer, Server
from station import DAY, HOUR, Station

from aggregator.core.digest_troubles import trouble
from aggregator.types import PagePolicy, TextState

pytestmark = pytest.mark.anyio


# --- B17


async def throttled(station: Station, *, public: bool) -> Server:
    """Two feeds of a host, of which one answers 429 and the other has a page, and another host."""
    other = await station.serve(Server(address="127.0.0.2"))
    station.public = public
    await station.restart()
    here = station.server.url("")
    busy = Answer(status=429, headers=[("Retry-After", "21600")])
    # What is due longest is polled first: the busy one, when all are due again.
    for name, path, answer in (
        ("Busy", "/busy.xml", busy),
        ("News", FEED, Answer(body=rss("ferry", link=here))),
    ):
        station.says(path, answer)
        station.follow(name, path, pages=PagePolicy.AUTO)
    station.says("/ferry", Answer(body=page()))
    station.says(FEED, Answer(body=rss("lights")), server=other)
    station.follow("Elsewhere", url=other.url(FEED))
    return other


async def test_b17_a_429_holds_the_whole_public_host(station: Station) -> None:
    other = await throttled(station, public=True)
    assert sorted(event.source for event in await station.poll()) == ["Busy", "Elsewhere"]
    assert station.requests() == []
    await station.restart()
    for hours in range(1, 6):
        station.pass_time(hours=1)
        assert [event.source for event in await station.poll()] == ["Elsewhere"], hours
        assert station.wake() == 0
    assert station.status().host_free_at == station.now + HOUR
    assert (len(station.server.requests), len(other.requests)) == (1, 6)
    station.pass_time(hours=1)
    station.says("/busy.xml", Answer(body=rss("harbour")))
    await station.poll()
    assert [len(station.requests(path)) for path in ("/busy.xml", FEED, "/ferry")] == [2, 1, 1]


async def test_b17_pages_of_the_host_wait_too(station: Station) -> None:
    await throttled(station, public=True)
    station.says("/busy.xml", Answer(body=rss()))
    assert len(await station.poll()) == 3
    assert len(station.requests("/ferry")) == 1
    # The next article comes with the poll before the 429, and its page would come after it.
    here = station.server.url("")
    half = timedelta(minutes=30)
    station.follow("News", pages=PagePolicy.AUTO, interval=half)
    station.says(FEED, Answer(body=rss("ferry", "lock", link=here)))
    station.says("/lock", Answer(body=page()))
    station.says("/busy.xml", Answer(status=429, headers=[("Retry-After", "21600")]))
    station.pass_time(hours=1)
    assert {event.source: event.new for event in await station.poll()}["News"] == 1
    assert station.requests("/lock") == []
    station.pass_time(hours=5, minutes=58)
    await station.restart()
    await station.poll()
    assert station.requests("/lock") == []
    station.pass_time(minutes=2)
    station.says("/busy.xml", Answer(body=rss()))
    await station.poll()
    assert len(station.requests("/lock")) == 1


async def test_b17_a_page_that_answers_429_holds_the_feeds(station: Station) -> None:
    await throttled(station, public=True)
    station.says("/busy.xml", Answer(body=rss()))
    station.says("/ferry", Answer(status=429, headers=[("Retry-After", "21600")]))
    await station.poll()
    (text,) = station.texts()
    assert text.state is TextState.RETRY
    for _ in range(5):
        station.pass_time(hours=1)
        assert [event.source for event in await station.poll()] == ["Elsewhere"]
    station.pass_time(hours=1)
    station.says("/ferry", Answer(status=404))  # it may be asked first, and must not hold again
    assert len(await station.poll()) == 3


async def test_b17_a_robots_txt_that_answers_429_holds_the_host(station: Station) -> None:
    await throttled(station, public=True)
    station.says("/busy.xml", Answer(body=rss()))
    station.says("/robots.txt", Answer(status=429, headers=[("Retry-After", "21600")]))
    await station.poll()
    assert station.requests("/ferry") == []
    station.pass_time(hours=5)
    assert [event.source for event in await station.poll()] == ["Elsewhere"]
    assert len(station.requests("/robots.txt")) == 1
    station.pass_time(hours=1)
    station.says("/robots.txt", Answer(status=404))
    await station.poll()
    assert len(station.requests("/ferry")) == 1


async def test_b17_a_private_host_holds_the_feed_alone(station: Station) -> None:
    await throttled(station, public=False)
    polled = await station.poll()
    assert sorted(event.source for event in polled) == ["Busy", "Elsewhere", "News"]
    assert len(station.requests("/ferry")) == 1
    for _ in range(5):
        station.pass_time(hours=1)
        await station.restart()
        polled = await station.poll()
        assert sorted(event.source for event in polled) == ["Elsewhere", "News"]
        assert station.wake("Busy") == 0
    assert len(station.requests("/busy.xml")) == 1


async def test_b17_force_frees_the_host(station: Station) -> None:
    await throttled(station, public=True)
    await station.poll()
    assert station.wake(force=True) == 1
    assert [event.source for event in await station.poll()] == ["News"]
    assert len(station.requests("/busy.xml")) == 1


# --- B18


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 410, 418, 429, 451])
async def test_b18_a_4xx_is_not_asked_again_at_once_nor_in_disguise(
    station: Station, status: int
) -> None:
    station.says(FEED, Answer(status=status, body=b"blocked"))
    station.follow()
    await station.poll()
    await station.restart()
    station.pass_time(minutes=59)
    assert await station.poll() == []
    assert len(station.requests()) == 1
    await station.poll_next()
    first, second = station.requests()
    assert first == second
    assert first.headers["user-agent"].startswith("aggregator/")


# --- B19


async def test_b19_a_410_that_is_there_a_day_later_retires_the_feed(station: Station) -> None:
    station.says(FEED, Answer(body=rss("ferry")), Answer(status=410))
    station.follow()
    await station.poll()
    first = await station.poll_next()
    assert first.next_poll_at == station.now + DAY
    assert "gone for good; it is asked once more a day later" in first.why
    assert station.state().retired_at is None
    await station.restart()
    second = await station.poll_next()
    assert second.error is not None
    assert "410 Gone since 2026-03-02" in second.error
    # It is visible where people look, and its articles stay.
    status = station.status()
    assert status.state.retired_at == station.now
    assert "--force" in status.state.why
    assert trouble(status, now=station.now) == status.state.last_error
    assert station.slugs() == ["ferry"]
    for _ in range(3):
        station.pass_time(days=30)
        await station.restart()
        assert await station.poll() == []
        assert station.wake() == 0
    assert len(station.requests()) == 3


async def test_b19_a_retired_feed_is_revived_by_hand(station: Station) -> None:
    station.says(FEED, Answer(status=410), Answer(status=410), Answer(body=rss("ferry")))
    station.follow()
    await station.poll()
    await station.poll_next()
    assert station.state().retired_at is not None
    assert station.wake(force=True) == 1
    await station.poll()
    state = station.state()
    assert (state.retired_at, state.gone_at, state.last_error) == (None, None, None)
    assert station.slugs() == ["ferry"]
    assert station.wait() == HOUR


async def test_b19_two_410s_within_a_day_do_not_retire(station: Station) -> None:
    station.says(FEED, Answer(status=410))
    station.follow()
    await station.poll()
    for _ in range(3):
        station.pass_time(hours=7)
        station.wake(force=True)
        await station.poll()
        assert station.state().retired_at is None
    station.pass_time(hours=4)
    station.wake(force=True)
    await station.poll()
    assert station.state().retired_at == station.now


async def test_b19_an_answer_between_two_410s_starts_the_day_anew(station: Station) -> None:
    station.says(FEED, Answer(status=410), Answer(body=rss("ferry")), Answer(status=410))
    station.follow()
    for _ in range(3):
        await station.poll_next()
    assert station.state().retired_at is None
    await station.poll_next()
    assert station.state().retired_at == station.now


# --- B20


@pytest.mark.parametrize("status", [404, 403, 500, 502, 503])
async def test_b20_errors_back_off_never_delete_and_end_when_the_feed_comes_back(
    station: Station, status: int
) -> None:
    station.says(FEED, Answer(body=rss("ferry")), Answer(status=status))
    station.follow()
    await station.poll()
    waits: list[timedelta] = []
    for _ in range(30):
        polled = await station.poll_next()
        assert polled.error is not None
        assert str(status) in polled.error
        waits.append(station.wait())
        await station.restart()
    assert waits == sorted(waits)
    assert waits[0] > HOUR
    # In the first week, so that an outage loses nothing; but 503 says that we ask too much.
    assert waits[12] == (DAY if status == 503 else 12 * HOUR)
    assert waits[-1] == DAY
    assert station.state().retired_at is None
    assert station.slugs() == ["ferry"]
    station.says(FEED, Answer(body=rss("ferry", "harbour")))
    back = await station.poll_next()
    assert (back.new, back.error, station.wait()) == (1, None, HOUR)
    assert station.slugs() == ["ferry", "harbour"]
