"""Lists of sources: little of all of them says the same as all of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    decision,
    new,
    polled,
    record,
    source,
    source_id,
    store,
)

from aggregator.core.standing import Standing, standing
from aggregator.storage.protocol import Storage
from aggregator.types import NewArticle

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
INSTANT = timedelta(microseconds=1)
WEEK = 7 * DAY
NAMES = (
    *(
        "New",
        "Fine",
        "Quiet",
        "On the edge",
        "Empty",
        "Failing",
        "Never fine",
        "Held",
        "Free again",
    ),
    *("Resting", "Hardly resting", "Held and failing", "Gone"),
)


def poll(
    storage: Storage,
    name: str,
    *articles: NewArticle,
    rests_until: datetime | None = None,
    **state: object,
) -> None:
    one = {source_id(storage, name)}
    [work] = storage.due_hosts(now=NOW, limit=9, only=one)
    [taken] = storage.claim_feeds(work.host, now=NOW, lease=LEASE, only=one)
    record(
        storage,
        replace(polled(taken, decision(articles), at=NOW, **state), hold_host_until=rests_until),
    )


@pytest.fixture
def newsstand(storage: Storage) -> Storage:
    """A source of every kind, each on a host of its own."""
    storage.sync_sources(
        [
            source(name, f"https://{number}.example.com/feed", tags=("Odd",) if number % 2 else ())
            for number, name in enumerate(NAMES)
        ],
        now=NOW,
    )
    poll(storage, "Fine", new("1", published_at=NOW - HOUR))
    poll(storage, "Quiet", new("2", published_at=NOW - WEEK - INSTANT))
    poll(
        storage,
        "On the edge",
        new("3", published_at=NOW - WEEK),
        new("4", published_at=NOW - 9 * DAY),
    )
    poll(storage, "Empty")
    poll(storage, "Failing", last_error="It answers with status 503.")
    poll(storage, "Never fine", last_error="It has no feed.", last_ok_at=None)
    poll(storage, "Held", hold_until=NOW + HOUR)
    poll(storage, "Free again", hold_until=NOW)
    poll(storage, "Resting", rests_until=NOW + MINUTE + INSTANT)
    poll(storage, "Hardly resting", rests_until=NOW + MINUTE)
    poll(storage, "Held and failing", hold_until=NOW + HOUR, last_error="It asks to wait.")
    poll(storage, "Gone", retired_at=NOW, last_error="It has gone.")
    return storage


@pytest.mark.parametrize("later", [0 * HOUR, INSTANT, HOUR - INSTANT, HOUR, WEEK])
def test_outlines_say_what_statuses_say(newsstand: Storage, later: timedelta) -> None:
    now = NOW + later
    since = now - WEEK
    outlines = newsstand.source_outlines(now=now, silent_since=since)
    statuses = {one.source_id: one for one in newsstand.source_statuses()}
    assert [one.source_id for one in outlines] == sorted(statuses)
    for one in outlines:
        status, state = statuses[one.source_id], statuses[one.source_id].state
        is_fine = state.last_ok_at is not None and state.last_error is None
        is_silent = status.newest_at is None or status.newest_at < since
        assert one == (
            status.source_id,
            status.source.name,
            status.source.url,
            standing(status, now=now),
            is_fine and state.retired_at is None and is_silent,
        )


def test_there_is_one_of_every_standing(newsstand: Storage) -> None:
    found = {one.standing for one in newsstand.source_outlines(now=NOW)}
    assert found == {one.value for one in Standing} - {Standing.PAUSED}


def test_nothing_is_silent_unless_that_is_asked(newsstand: Storage) -> None:
    assert not any(one.is_silent for one in newsstand.source_outlines(now=NOW))
    silent = newsstand.source_outlines(now=NOW, silent_since=NOW - WEEK)
    assert {one.name for one in silent if one.is_silent} >= {"Quiet", "Empty"}


def test_outlines_of_a_tag(newsstand: Storage) -> None:
    assert [one.name for one in newsstand.source_outlines(now=NOW, tag="ÓDD")] == [*NAMES[1::2]]
    assert newsstand.source_outlines(now=NOW, tag="nobody has it") == []
    assert newsstand.source_outlines(now=NOW, tag=" ") == []


def test_statuses_of_some_are_those_of_all(newsstand: Storage) -> None:
    every = newsstand.source_statuses()
    some = every[2:6]
    assert newsstand.source_statuses(only={one.source_id for one in some} | {10**15}) == some
    assert newsstand.source_statuses(only=()) == []
    for one in some:
        assert newsstand.source_statuses(url=one.source.url) == [one]
    assert newsstand.source_statuses(url="https://nowhere.example.com/") == []


def test_what_is_followed_no_longer_is_not_listed(newsstand: Storage) -> None:
    fine = source_id(newsstand, "Fine")
    left = [one.source for one in newsstand.source_statuses() if one.source_id != fine]
    newsstand.sync_sources(left, now=NOW)
    assert newsstand.source_statuses(only=[fine]) == []
    assert fine not in {one.source_id for one in newsstand.source_outlines(now=NOW)}


def test_days_of_some_are_those_of_all(storage: Storage) -> None:
    one, two = source("One"), source("Two")
    store(storage, new("1"), new("2"), wanted=one)
    store(storage, new("3"), wanted=two)
    ids = [source_id(storage, "One"), source_id(storage, "Two")]
    counts = storage.daily_counts(since=NOW - DAY)
    assert {one: sum(days.values()) for one, days in counts.items()} == {ids[0]: 2, ids[1]: 1}
    assert storage.daily_counts(since=NOW - DAY, only=ids[1:]) == {ids[1]: counts[ids[1]]}
    assert storage.daily_counts(since=NOW - DAY, only=()) == {}
