"""The interval follows how often a feed has something new; through the line, on both backends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from newsfeed import FEED, rss
from server import Answer
from station import DAY, HOUR, START, Station

pytestmark = pytest.mark.anyio


async def test_adaptive_the_interval_follows_how_often_something_new_comes(
    station: Station,
) -> None:
    quarter = timedelta(minutes=15)
    station.follow(interval=quarter, max_interval=6 * HOUR)
    items: list[str] = []

    def busy(_: object) -> Answer:
        hours = int((station.now - START) / HOUR)
        items.extend(f"item-{number}" for number in range(len(items), hours + 1))
        return Answer(body=rss(*items[-20:]))

    station.server.answers[FEED] = busy
    for _ in range(40):
        polled = await station.poll_next()
        assert quarter <= station.wait() <= 6 * HOUR
    assert "Something new comes every" in polled.why
    assert polled.why == station.state().why
    lively = station.wait()
    assert lively < HOUR
    station.says(FEED, Answer(body=rss(*items[-20:])))
    until = station.now + 20 * DAY
    while station.now < until:
        polled = await station.poll_next()
    assert station.wait() > 3 * lively
    assert "Nothing new has come for" in polled.why
    assert sorted(station.slugs()) == sorted(items)
    # Without a longest interval it is always the shortest one.
    station.sources = [replace(station.sources[0], max_interval=None)]
    station.sync()
    await station.poll_next()
    assert station.wait() == quarter
