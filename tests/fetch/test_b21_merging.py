"""B21 through the line, on both backends: two sources that become one."""

from __future__ import annotations

import pytest
from newsfeed import FEED, redirect, rss
from server import Answer
from station import Station

from aggregator.core.digest_troubles import trouble
from aggregator.core.query import parse
from aggregator.pipeline import FeedPolled

pytestmark = pytest.mark.anyio

NEW = "/new.xml"


async def merging(station: Station) -> list[FeedPolled]:
    """“News” moves to where “Daily” is polled; they share an article."""
    station.says(FEED, Answer(body=rss("ferry", "harbour")))
    station.says(NEW, Answer(body=rss("harbour", "lights")))
    station.follow()
    station.follow("Daily", NEW)
    await station.poll()
    await station.assign()
    station.says(FEED, redirect(NEW))
    return await station.polls(3)


async def test_b21_two_sources_that_become_one_are_merged(station: Station) -> None:
    last = (await merging(station))[-1]
    assert last.error is None
    old = station.status()
    sentence = "It has moved for good to where Daily is polled; the two are one now, called Daily."
    assert (old.state.retired_at is not None, old.state.last_error) == (True, sentence)
    assert trouble(old, now=station.now) == sentence
    # Each article is there once, most with the source that stays.
    assert sorted(station.slugs("Daily")) == ["ferry", "harbour", "lights"]
    assert station.storage.check() == []
    before = len(station.requests()), len(station.requests(NEW))
    await station.poll_next("Daily")
    station.pass_time(days=2)
    await station.restart()
    await station.poll()
    assert (len(station.requests()), len(station.requests(NEW))) == (before[0], before[1] + 2)


async def test_b21_a_search_by_source_finds_what_was_merged(station: Station) -> None:
    await merging(station)
    await station.assign()

    def found(query: str) -> set[str]:
        hits = station.storage.search(parse(query, now=station.now), limit=20).hits
        return {hit.article.title for hit in hits}

    everything = {"About the ferry", "About the harbour", "About the lights"}
    assert found("source:daily") == everything
    assert found("source:daily ferry") == {"About the ferry"}
    assert found("source:news ferry") == set()
    station.says(NEW, Answer(body=rss("harbour", "lights", "ferry", "lock")))
    polled = await station.poll_next("Daily")
    assert polled.new == 1
    assert found("source:daily") == {*everything, "About the lock"}


async def test_b21_a_merged_source_is_revived_by_hand(station: Station) -> None:
    await merging(station)
    station.says(FEED, Answer(body=rss("ferry", "quay")))
    assert station.wake(force=True) == 1
    await station.poll()
    assert (station.state().retired_at, station.state().address) == (None, None)
    assert "quay" in station.slugs("News")


async def test_b21_a_source_added_where_another_has_moved_takes_it_over(
    station: Station,
) -> None:
    """Whoever reads of the move and adds the new address does not have it polled twice."""
    station.says(FEED, redirect(NEW))
    station.says(NEW, Answer(body=rss("ferry")))
    station.follow()
    await station.polls(3)
    station.follow("Daily", NEW)
    before = len(station.requests(NEW))
    station.pass_time(hours=1)
    assert [event.source for event in await station.poll()] == ["Daily"]
    assert len(station.requests(NEW)) == before + 1
    assert station.slugs("Daily") == ["ferry"]
    assert "called Daily" in (station.state().last_error or "")
