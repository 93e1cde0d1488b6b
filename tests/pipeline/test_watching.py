"""What watches catch is sent once, when it may be, to channels that work and channels that fail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import cast

import pytest
from alertmaker import watch
from watchroom import MINUTE, NOON, Room

from aggregator.errors import DeliveryError
from aggregator.pipeline import HitsCaught, NoticesMade, NoticeTried
from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import NoticeState, PagePolicy, QuietHours, Rate, Watch, WatchPer

HOUR = timedelta(hours=1)
FERRY = (
    "The ferry to Skerry Point sailed again on Sunday after nine days in dock, and the harbour "
    "master of Orrinmouth counted forty cars, two lorries and a wedding party on board. "
)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqliteStorage]:
    made = open_storage(tmp_path / "aggregator.db")
    yield made
    made.close()


def room_of(storage: Storage, *watches: Watch) -> Room:
    room = Room(storage, watches)
    room.follow("Harbour", "Inland")
    return room


def refused(*, permanent: bool = False, retry_after: timedelta | None = None) -> DeliveryError:
    return DeliveryError(
        "It was refused.", recipient="desk", permanent=permanent, retry_after=retry_after
    )


# --- what is sent


def test_an_article_that_matches_is_sent_once_to_every_channel(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry", to=("desk", "phone")))
    room.publish("Harbour", ("Ferry back", FERRY), ("Wheat is in", "Wheat rises."))
    room.run()
    room.run(after=MINUTE)
    for channel in room.channels.values():
        assert channel.headlines == [["Ferry back"]]
    [notice] = room.channels["desk"].taken
    assert (notice.content.watch, notice.content.query) == ("Ferries", "ferry")
    [item] = notice.content.items
    assert "\x02ferry\x03" in item.snippet
    assert (item.source, item.url) == ("Harbour", "https://harbour.example.org/0")
    assert notice.key != room.channels["phone"].taken[0].key
    assert [type(event) for event in room.events[-4:]] == [
        HitsCaught,
        NoticesMade,
        NoticeTried,
        NoticeTried,
    ]


def test_a_story_is_sent_once(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry", per=WatchPer.STORY))
    room.publish("Harbour", ("Ferry back", FERRY * 3))
    room.run()
    room.publish("Inland", ("Ferry is back", FERRY * 3))
    room.run()
    assert room.channels["desk"].headlines == [["Ferry back"]]
    assert room.storage.counts().stories == 1


def test_a_story_is_sent_when_enough_outlets_have_it(storage: SqliteStorage) -> None:
    """Also by an outlet whose own text does not match."""
    room = room_of(storage, watch("Big", "sources:>=2 title:ferry", per=WatchPer.STORY))
    room.publish("Harbour", ("Ferry back", FERRY * 3))
    room.run()
    assert room.channels["desk"].taken == []
    room.publish("Inland", ("It sails again", FERRY * 3))
    room.run()
    room.run(after=MINUTE)
    assert room.channels["desk"].headlines == [["Ferry back"]]
    assert room.channels["desk"].taken[0].content.items[0].outlets == 2


def test_what_waits_for_its_page_is_sent_by_the_feeds_text(storage: SqliteStorage) -> None:
    """Also by a watch that sends each story once: when the article has one, that was sent."""
    room = Room(storage, [watch("Ferries", "ferry"), watch("Ships", "ferry", per=WatchPer.STORY)])
    room.follow("Harbour", pages=PagePolicy.ALWAYS)
    room.publish("Harbour", ("Ferry back", "It sails."))
    room.run(after=timedelta(seconds=29))
    assert room.channels["desk"].taken == []
    room.run(after=timedelta(seconds=1))
    told = {one.watch for one in room.channels["desk"].taken}
    assert told == {"ferries", "ships"}
    room.read_pages("Harbour")
    for _ in range(9):  # the page is missing; the feed's text is all there will be
        room.now += 3 * HOUR
        room.read_pages("Harbour")
    room.run()
    assert storage.counts().unassigned == 0
    assert len(room.channels["desk"].taken) == len(told)


def test_what_a_watch_without_channels_catches_is_kept_and_makes_no_message(
    storage: SqliteStorage,
) -> None:
    quiet = QuietHours(begin=time(0), end=time(23), timezone="UTC")
    room = room_of(storage, watch("Ferries", "ferry", to=(), quiet=quiet), watch("Boats", "ferry"))
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    assert room.channels["desk"].headlines == [["Ferry back"]]
    assert storage.open_hits() == []
    assert [one.watch for one in storage.notices(limit=9)] == ["boats"]
    made = [event for event in room.events if isinstance(event, NoticesMade)]
    assert [event.watch for event in made] == ["Boats"]
    [names] = storage.caught(since=NOON - HOUR, until=NOON + HOUR).values()
    assert names == {"ferries", "boats"}


def test_a_watch_looks_at_what_came_after_it_was_set_up(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry"))
    room.publish("Harbour", ("Ferry back", FERRY))
    room.watched([watch("Ferries", "ferry"), watch("Boats", "ferry", to=("desk",))])
    room.publish("Inland", ("Ferry gone", "The ferry is gone."))
    room.run()
    told = {one.watch: one.content.items for one in room.channels["desk"].taken}
    assert [item.headline for item in told["ferries"]] == ["Ferry gone", "Ferry back"]
    assert [item.headline for item in told["boats"]] == ["Ferry gone"]


def test_days_in_a_query_go_with_the_time(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("New", "ferry after:3h"))
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    room.now += 2 * HOUR  # what was published at ten is too old by now
    room.publish("Inland", ("Ferry gone", "The ferry is gone."))
    room.run()
    assert room.channels["desk"].headlines == [["Ferry back"]]


def test_a_source_that_falls_silent_is_told_once(storage: SqliteStorage) -> None:
    silent = watch("Silent", "source:inland", silent=24 * HOUR)
    room = room_of(storage, silent)
    room.publish("Harbour", ("Wheat is in", "Wheat rises."))
    room.publish("Inland", ("Wheat is out", "Wheat falls."))
    room.run()
    assert room.channels["desk"].taken == []
    for _ in range(3):
        room.now += 25 * HOUR
        room.publish("Harbour")
        room.publish("Inland")
        room.run()
    assert room.channels["desk"].headlines == [["Inland is silent"]]


# --- when


def test_what_is_caught_in_quiet_hours_is_one_message_at_their_end(
    storage: SqliteStorage,
) -> None:
    quiet = QuietHours(begin=time(12), end=time(14), timezone="UTC")
    room = room_of(storage, watch("Ferries", "ferry", quiet=quiet))
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    room.publish("Inland", ("Ferry gone", "The ferry is gone."))
    room.run(after=2 * HOUR - timedelta(seconds=1))
    assert room.channels["desk"].taken == []
    room.run(after=timedelta(seconds=1))
    assert room.channels["desk"].headlines == [["Ferry gone", "Ferry back"]]
    assert room.channels["desk"].taken[0].content.since_at == NOON


def test_at_most_one_an_hour_bundles_what_comes_meanwhile(storage: SqliteStorage) -> None:
    room = room_of(
        storage,
        watch("Ferries", "ferry", at_most=Rate(most=1, span=HOUR), to=("desk", "phone")),
        watch("All", "ferry OR wheat"),
    )
    for minute in range(4):
        room.publish("Harbour", (f"Ferry {minute}", f"Ferry number {minute} is back."))
        room.run(after=MINUTE)
    room.run(after=HOUR)
    told = [one.content for one in room.channels["phone"].taken]
    assert [[item.headline for item in one.items] for one in told] == [
        ["Ferry 0"],
        ["Ferry 3", "Ferry 2", "Ferry 1"],
    ]
    assert len(room.channels["desk"].taken) == 2 + 4


def test_a_long_list_is_cut_and_counted(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry"))
    room.publish("Harbour", *((f"Ferry {n}", f"Ferry number {n} is back.") for n in range(30)))
    room.run()
    [notice] = room.channels["desk"].taken
    assert len(notice.content.items) == 25
    assert notice.content.more == 5


# --- channels that fail


def test_a_channel_that_fails_does_not_hold_the_others(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry", to=("desk", "phone")))
    room.channels["desk"].refuses = refused()
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    assert room.channels["phone"].headlines == [["Ferry back"]]
    room.run()
    assert room.channels["desk"].tries == 1  # it is left alone for a while
    room.channels["desk"].refuses = None
    room.run(after=HOUR)
    assert room.channels["desk"].headlines == [["Ferry back"]]
    assert room.storage.notices(state=NoticeState.WAITING, limit=9) == []


def test_what_never_can_be_sent_is_dead_and_may_be_tried_again(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry"))
    room.channels["desk"].refuses = refused(permanent=True)
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    [dead] = storage.notices(state=NoticeState.DEAD, limit=9)
    assert dead.error == "It was refused."
    room.channels["desk"].refuses = None
    room.run(after=24 * HOUR)
    assert room.channels["desk"].taken == []
    storage.retry_notices([dead.notice_id], now=room.now)
    room.run()
    assert [one.key for one in room.channels["desk"].taken] == [dead.key]


def test_a_channel_that_asks_to_be_left_alone_is(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry"))
    room.channels["desk"].refuses = refused(retry_after=2 * HOUR)
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    room.publish("Inland", ("Ferry gone", "The ferry is gone."))
    room.run(after=2 * HOUR - timedelta(seconds=1))
    assert room.channels["desk"].tries == 1
    room.run(after=timedelta(seconds=1))
    assert room.channels["desk"].tries == 2


def test_what_fails_unexpectedly_is_tried_later_too(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry"))
    room.channels["desk"].refuses = cast("DeliveryError", ZeroDivisionError("secret"))
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    [waits] = storage.notices(limit=9)
    assert waits.state is NoticeState.WAITING
    assert (
        waits.error == "The message for the channel “desk” failed unexpectedly (ZeroDivisionError)."
    )
    room.run()
    assert room.channels["desk"].tries == 1


def test_a_channel_that_is_dead_for_days_piles_up_little_and_loses_nothing(
    storage: SqliteStorage,
) -> None:
    room = room_of(storage, watch("Ferries", "ferry", to=("desk", "phone")))
    room.channels["desk"].refuses = refused()
    for hour in range(24):
        room.publish("Harbour", (f"Ferry {hour:02}", f"Ferry number {hour} is back."))
        for _ in range(4):
            room.run(after=15 * MINUTE)
    waiting = storage.notices(state=NoticeState.WAITING, limit=999)
    assert len(waiting) < 20 < len(room.channels["phone"].taken)
    room.channels["desk"].refuses = None
    for _ in range(8):
        room.run(after=HOUR)
    assert storage.notices(state=NoticeState.WAITING, limit=9) == []
    dead = storage.notices(state=NoticeState.DEAD, limit=999)
    assert dead == []
    assert room.channels["desk"].told == room.channels["phone"].told


# --- what is gone


def test_what_a_watch_caught_that_is_gone_is_not_sent(storage: SqliteStorage) -> None:
    room = room_of(storage, watch("Ferries", "ferry", at_most=Rate(most=1, span=HOUR)))
    room.publish("Harbour", ("Ferry back", FERRY))
    room.run()
    room.publish("Inland", ("Ferry gone", "The ferry is gone."))
    room.run(after=MINUTE)
    room.watched([watch("Ships", "ferry")])
    room.run(after=2 * HOUR)
    assert room.channels["desk"].headlines == [["Ferry back"]]
