"""B13 to B16 through the line, on both backends: what publishers ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from newsfeed import FEED, rss
from server import Answer, Seen
from station import DAY, HOUR, START, Station

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def waits(station: Station, answer: Answer) -> timedelta:
    """After one poll with that answer."""
    station.says(FEED, answer)
    station.follow()
    await station.poll()
    assert len(station.requests()) == 1
    return station.wait()


def ok(*headers: tuple[str, str], channel: str = "") -> Answer:
    return Answer(body=rss("ferry", channel=channel), headers=headers)


# --- B13


DATE = ("Date", format_datetime(START, usegmt=True))


def expires(at: datetime) -> tuple[str, str]:
    return "Expires", format_datetime(at, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "wait", "words"),
    [
        ([("Cache-Control", "max-age=7200")], 2 * HOUR, "Cache-Control allows 2h"),
        ([("Cache-Control", "max-age=7200"), ("Age", "1800")], 1.5 * HOUR, "1h30m are left"),
        ([("Cache-Control", "max-age=7200"), ("Age", "9000")], HOUR, "polled every 1h"),
        ([("Cache-Control", "max-age=60")], HOUR, "polled every 1h"),
        ([DATE, expires(START + 3 * HOUR)], 3 * HOUR, "Expires is 3h after Date"),
        (
            [("Date", "Mon, 02 Mar 2026 01:00:00 GMT"), expires(START - 6 * HOUR)],
            5 * HOUR,
            "Expires is 5h after Date",
        ),
        ([expires(START + 3 * HOUR), ("Cache-Control", "max-age=7200")], 2 * HOUR, "allows 2h"),
        ([DATE, expires(START - HOUR)], HOUR, "polled every 1h"),
        ([("Expires", "0")], HOUR, "polled every 1h"),
        ([("Cache-Control", "no-cache, max-age=7200")], HOUR, "polled every 1h"),
        ([("Cache-Control", "no-store"), expires(START + 3 * HOUR)], HOUR, "polled every 1h"),
        ([("Cache-Control", "max-age=31536000")], DAY, "counted as 1d"),
        ([DATE, expires(START + 400 * DAY)], DAY, "counted as 1d"),
        ([("Cache-Control", "max-age=soon")], HOUR, "polled every 1h"),
    ],
)  # fmt: skip
async def test_b13_caching_headers_say_not_before(
    station: Station, headers: list[tuple[str, str]], wait: timedelta, words: str
) -> None:
    assert await waits(station, ok(*headers)) == wait
    assert words in station.state().why
    (event,) = station.events
    assert getattr(event, "why", None) == station.state().why
    await station.restart()
    assert station.wait() == wait


async def test_b13_a_304_says_it_too(station: Station) -> None:
    station.follow()
    station.says(
        FEED,
        ok(("ETag", '"1"')),
        Answer(status=304, headers=[("Cache-Control", "max-age=14400")]),
    )
    await station.poll()
    polled = await station.poll_next()
    assert polled.next_poll_at - station.now == 4 * HOUR
    assert "not before" in polled.why


# --- B14

SY = "<{0} xmlns='http://purl.org/rss/1.0/modules/syndication/'>{1}</{0}>"
SY_DAILY = SY.format("updatePeriod", "daily")
HOURS = "".join(f"<hour>{hour}</hour>" for hour in range(12, 19))


@pytest.mark.parametrize(
    ("channel", "wait", "words"),
    [
        ("<ttl>180</ttl>", 3 * HOUR, "ttl is 3h"),
        ("<ttl>5</ttl>", HOUR, "polled every 1h"),
        ("<ttl>99999</ttl>", DAY, "ttl is"),
        ("<ttl>soon</ttl>", HOUR, "polled every 1h"),
        (SY_DAILY + SY.format("updateFrequency", "4"), 6 * HOUR, "every 6h"),
        (SY.format("updatePeriod", "hourly"), HOUR, "polled every 1h"),
        (SY.format("updatePeriod", "monthly"), DAY, "every"),
        (f"<skipHours>{HOURS}</skipHours>", 7 * HOUR, "brings nothing at 13 h UTC"),
        ("<skipDays><day>Monday</day></skipDays>", 12 * HOUR, "on Mondays"),
        ("<skipDays><day>Monday</day><day>Tuesday</day></skipDays>", DAY, "on Mondays"),
    ],
)  # fmt: skip
async def test_b14_the_feeds_own_wishes_are_kept_to(
    station: Station, channel: str, wait: timedelta, words: str
) -> None:
    assert await waits(station, ok(channel=channel)) == wait
    assert words in station.state().why


async def test_b14_wishes_hold_on_after_a_304_and_a_restart(station: Station) -> None:
    station.follow()
    station.says(FEED, ok(("ETag", '"1"'), channel="<ttl>180</ttl>"), Answer(status=304))
    await station.poll()
    await station.restart()
    await station.poll_next()
    assert station.wait() == 3 * HOUR


# --- B15


def http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


@pytest.mark.parametrize("status", [429, 503, 500, 403, 404])
@pytest.mark.parametrize("value", ["18000", http_date(START + 5 * HOUR)])
async def test_b15_retry_after_is_kept_to(station: Station, status: int, value: str) -> None:
    answer = Answer(status=status, headers=[("Retry-After", value)])
    assert await waits(station, answer) == 5 * HOUR
    assert "asked for a pause of 5h" in station.state().why
    await station.restart()
    for force, due in ((False, 0), (True, 1)):
        assert station.wake(force=force) == due
        assert len(await station.poll()) == due
    assert len(station.requests()) == 2


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("10", HOUR),  # the interval holds
        ("0", HOUR),
        ("999999999999999999999999", DAY),
        (http_date(START + 4000 * DAY), DAY),
        # What says nothing leaves the back-off of an overloaded server.
        (http_date(START - DAY), 2 * HOUR),
        ("-5", 2 * HOUR),
        ("a while", 2 * HOUR),
        ("", 2 * HOUR),
        ("Mon, 99 Foo 2026 25:00:00 GMT", 2 * HOUR),
    ],
)
async def test_b15_odd_values_of_retry_after(station: Station, value: str, wait: timedelta) -> None:
    answer = Answer(status=503, headers=[("Retry-After", value)])
    assert await waits(station, answer) == wait


async def test_b15_a_pause_outlives_other_failures_and_ends_with_success(
    station: Station,
) -> None:
    station.says(FEED, Answer(status=429, headers=[("Retry-After", "36000")]))
    station.follow()
    await station.poll()
    station.wake(force=True)
    station.says(FEED, Answer(status=500))
    await station.poll()
    assert station.wait() == 10 * HOUR
    station.wake(force=True)
    station.says(FEED, ok())
    await station.poll()
    assert (station.wait(), station.state().hold_until) == (HOUR, None)


@pytest.mark.parametrize("force", [False, True])
async def test_b15_a_refresh_amid_a_poll_is_served_by_one_more_unless_a_pause_is_asked_for(
    station: Station, *, force: bool
) -> None:
    """By the answer that the refresh did not know of."""

    def asked_for_amid(answer: Answer) -> Callable[[Seen], Answer]:
        def answered(_: Seen) -> Answer:
            if len(station.requests()) == 1:
                station.pass_time(seconds=2)
                assert station.wake(force=force) == 1
            return answer

        return answered

    station.follow()
    station.server.answers[FEED] = asked_for_amid(Answer(status=500))
    await station.poll()
    assert len(station.requests()) == 2
    station.server.requests.clear()
    station.pass_time(days=1)
    pause = Answer(status=503, headers=[("Retry-After", "18000")])
    station.server.answers[FEED] = asked_for_amid(pause)
    await station.poll()
    assert (len(station.requests()), station.wait()) == (1, 5 * HOUR)


# --- B16


@pytest.mark.parametrize("status", [429, 503])
async def test_b16_without_retry_after_the_pause_doubles_up_to_a_day(
    station: Station, status: int
) -> None:
    station.says(FEED, Answer(status=status))
    station.follow()
    seen = []
    for _ in range(6):
        await station.poll_next()
        seen.append(station.wait() / HOUR)
        await station.restart()
    assert seen == [2, 4, 8, 16, 24, 24]
    station.says(FEED, ok())
    await station.poll_next()
    assert (station.wait(), station.state().failures) == (HOUR, 0.0)
