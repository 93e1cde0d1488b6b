"""What a person has read: single articles, everything up to one, and what time makes of it."""

from __future__ import annotations

import pytest
from readermaker import WHOLE, by_source, counted, unread
from storemaker import HOUR, NOW, get, new, polled, source, source_id, store

from aggregator.core.urls import host_key
from aggregator.storage.marks import UNREAD_FOR
from aggregator.storage.protocol import Storage
from aggregator.types import Marks, Unread

HARBOUR, INLAND = source("Harbour"), source("Inland")


@pytest.fixture
def five(storage: Storage) -> list[int]:
    """The first, third and fifth of Harbour, the others of Inland."""
    return [
        store(storage, new(str(n)), wanted=INLAND if n % 2 else HARBOUR, at=NOW + n * HOUR)[0]
        for n in range(5)
    ]


def clean_up(storage: Storage) -> None:
    storage.clean_up(window=HOUR, keep_pages=HOUR)


# --- single articles


def test_what_comes_is_unread(storage: Storage, five: list[int]) -> None:
    assert unread(storage) == five
    assert storage.unread() == {
        source_id(storage, "Harbour"): Unread(articles=3, newest_at=NOW + 4 * HOUR),
        source_id(storage, "Inland"): Unread(articles=2, newest_at=NOW + 3 * HOUR),
    }


def test_an_empty_store_has_nothing_to_read(storage: Storage) -> None:
    assert (storage.unread(), storage.marks([1]), unread(storage)) == ({}, {}, [])
    assert storage.mark_read([1, 2], now=NOW) == 0
    assert storage.mark_all_read(None, until=WHOLE, now=NOW) == 0
    clean_up(storage)


def test_articles_are_marked_and_unmarked(storage: Storage, five: list[int]) -> None:
    assert storage.mark_read([five[4], five[0], five[4], WHOLE], now=NOW) == 2
    assert storage.mark_read([five[4], five[1]], now=NOW) == 1
    assert unread(storage) == five[2:4]
    assert storage.unread()[source_id(storage, "Harbour")].newest_at == NOW + 2 * HOUR
    assert storage.mark_unread([five[4], five[3], WHOLE], now=NOW) == 1
    assert unread(storage) == five[2:]


def test_marks_tell_of_stars_too(storage: Storage, five: list[int]) -> None:
    storage.mark_read(five[:2], now=NOW)
    storage.star(five[1:3], now=NOW)
    assert storage.marks([*five[:4], WHOLE]) == {
        five[0]: Marks(read=True, starred=False),
        five[1]: Marks(read=True, starred=True),
        five[2]: Marks(read=False, starred=True),
        five[3]: Marks(read=False, starred=False),
    }


def test_more_than_one_statement_takes_are_marked(storage: Storage) -> None:
    many = store(storage, *(new(str(n)) for n in range(1_100)))
    assert storage.mark_read(many[50:], now=NOW) == 1_050
    assert storage.mark_unread(many, now=NOW) == 1_050
    assert counted(storage) == 1_100
    storage.mark_all_read(None, until=WHOLE, now=NOW)
    assert storage.mark_unread(many[:-1], now=NOW) == 1_099
    assert (counted(storage), len(storage.marks(many))) == (1_099, 1_100)


# --- everything up to an article


def test_everything_up_to_an_article_is_read(storage: Storage, five: list[int]) -> None:
    storage.mark_read([five[1]], now=NOW)
    assert storage.mark_all_read(None, until=five[2], now=NOW) == 2
    assert unread(storage) == five[3:]
    assert storage.mark_all_read(None, until=five[2], now=NOW) == 0


def test_everything_of_some_sources_is_read(storage: Storage, five: list[int]) -> None:
    inland = source_id(storage, "Inland")
    assert storage.mark_all_read([], until=WHOLE, now=NOW) == 0
    assert storage.mark_all_read([inland, WHOLE], until=five[2], now=NOW) == 1
    assert unread(storage) == [five[0], *five[2:]]
    assert storage.mark_all_read([inland], until=WHOLE, now=NOW) == 1
    assert inland not in storage.unread()


def test_what_comes_later_is_unread_however_much_was_read(
    storage: Storage, five: list[int]
) -> None:
    storage.mark_all_read(None, until=WHOLE, now=NOW)
    later = store(storage, new("later"), wanted=HARBOUR) + store(storage, new("new"))
    assert unread(storage) == later


def test_what_was_read_up_to_an_article_is_kept_as_new(storage: Storage, five: list[int]) -> None:
    storage.mark_all_read(None, until=WHOLE, now=NOW)
    assert storage.mark_unread([five[0], five[3]], now=NOW) == 2
    assert unread(storage) == [five[0], five[3]]
    assert storage.mark_read([five[0]], now=NOW) == 1
    assert storage.mark_unread([five[0]], now=NOW) == 1
    storage.mark_all_read(None, until=five[1], now=NOW)  # behind what was read already
    assert unread(storage) == [five[3]]
    assert storage.mark_all_read(None, until=five[3], now=NOW) == 1
    assert unread(storage) == []


def test_kept_and_new_articles_of_a_source_are_counted_together(
    storage: Storage, five: list[int]
) -> None:
    storage.mark_all_read(None, until=five[2], now=NOW)
    storage.mark_unread([five[0]], now=NOW)
    harbour = source_id(storage, "Harbour")
    assert storage.unread()[harbour] == Unread(articles=2, newest_at=NOW + 4 * HOUR)
    assert unread(storage) == [five[0], *five[3:]]


# --- time


def test_what_was_first_seen_long_ago_is_read(storage: Storage, five: list[int]) -> None:
    storage.mark_all_read(None, until=five[1], now=NOW)
    storage.mark_unread([five[0]], now=NOW)
    clean_up(storage)
    assert unread(storage) == [five[0], *five[2:]]
    [latest] = store(storage, new("later"), wanted=INLAND, at=NOW + 3 * HOUR + UNREAD_FOR)
    clean_up(storage)
    assert unread(storage) == [five[3], five[4], latest]


def test_what_is_read_one_by_one_leaves_no_marks_behind(storage: Storage, five: list[int]) -> None:
    storage.mark_read([five[1], *five[3:]], now=NOW)
    clean_up(storage)
    assert unread(storage) == [five[0], five[2]]
    storage.mark_read([five[0]], now=NOW)
    clean_up(storage)
    assert unread(storage) == [five[2]]
    assert storage.marks(five)[five[4]].read
    assert storage.check() == []


# --- sources that become one


def merge(storage: Storage, at: int) -> None:
    """Harbour has moved for good to where Inland is polled."""
    one = source_id(storage, "Harbour")
    storage.wake({one}, now=NOW + at * HOUR, force=True)
    [work] = storage.due_hosts(now=NOW + at * HOUR, limit=9, only={one})
    [taken] = storage.claim_feeds(work.host, now=NOW + at * HOUR, lease=HOUR, only={one})
    storage.record_poll(polled(taken, at=NOW + at * HOUR, address=INLAND.url))
    storage.release_host(
        host_key(taken.url), lease_until=taken.lease_until, free_at=NOW + at * HOUR
    )


@pytest.mark.parametrize("first", ["Harbour", "Inland"])
def test_articles_of_a_source_that_becomes_another_one_stay_as_they_are(
    storage: Storage, five: list[int], first: str
) -> None:
    storage.mark_all_read([source_id(storage, first)], until=five[3], now=NOW)
    storage.mark_unread([five[2], five[1]], now=NOW)
    storage.mark_read([five[4]], now=NOW)
    before = unread(storage)
    merge(storage, 9)
    assert get(storage, five[0]).summary.source == "Inland"
    assert unread(storage) == before
    assert by_source(storage) == {source_id(storage, "Inland"): len(before)}
    assert storage.mark_all_read(None, until=WHOLE, now=NOW) == len(before)
    assert unread(storage) == []
    later = store(storage, new("later"), wanted=INLAND, at=NOW + 20 * HOUR)
    assert unread(storage) == later


def test_what_both_have_is_unread_once(storage: Storage) -> None:
    shared = frozenset({"shared"})
    [old] = store(storage, new("a", keys=shared), wanted=HARBOUR)
    [same] = store(storage, new("b", keys=shared), wanted=INLAND)
    assert unread(storage) == [old, same]
    merge(storage, 9)
    assert unread(storage) == [same]


def test_a_source_that_is_taken_out_of_the_list_and_added_again_is_as_it_was(
    storage: Storage, five: list[int]
) -> None:
    storage.mark_read(five[:1], now=NOW)
    storage.sync_sources([INLAND], now=NOW)
    assert unread(storage) == five[1:]
    storage.sync_sources([HARBOUR, INLAND], now=NOW)
    assert unread(storage) == five[1:]
