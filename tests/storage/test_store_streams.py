"""What readers' apps list, articles by their ids, counts by day, and stories in brief."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from readermaker import WHOLE, listed
from storemaker import HOUR, NOW, assign, get, joins, new, source, source_id, store

from aggregator.storage.protocol import Storage
from aggregator.types import Relation, StreamItem, StreamQuery

HARBOUR, INLAND, UPLAND = source("Harbour"), source("Inland"), source("Upland")


@pytest.fixture
def nine(storage: Storage) -> list[int]:
    """Three of each source in turn, an hour apart, and a copy and the same again among them."""
    ids = [
        store(storage, new(str(n)), wanted=(HARBOUR, INLAND, UPLAND)[n % 3], at=NOW + n * HOUR)[0]
        for n in range(9)
    ]
    assign(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    assign(storage, replace(joins(ids[3], ids[0]), relation=Relation.SAME))
    assign(storage, replace(joins(ids[4], ids[0]), relation=Relation.REPORT))
    return ids


def places(nine: list[int], found: list[int]) -> list[int]:
    return [nine.index(one) for one in found]


def test_all_articles_the_newest_first(storage: Storage, nine: list[int]) -> None:
    assert listed(storage) == nine[::-1]
    assert listed(storage, newest_first=False) == nine
    assert listed(storage, limit=2) == [nine[8], nine[7]]
    assert listed(storage, limit=2, newest_first=False) == nine[:2]


def test_an_empty_store_has_nothing_to_list(storage: Storage) -> None:
    asked: tuple[dict[str, bool], ...] = (
        {},
        {"unread": True, "newest_first": False},
        {"starred": True},
    )
    for conditions in asked:
        assert listed(storage, 9, since=NOW, until=NOW, **conditions) == []
    assert storage.daily_counts(since=NOW) == {}
    assert storage.articles([1]) == []


def test_an_item_says_what_it_is(storage: Storage, nine: list[int]) -> None:
    storage.mark_read([nine[8]], now=NOW)
    storage.star([nine[7]], now=NOW)
    first, second = storage.stream(StreamQuery(), limit=2)
    assert first == StreamItem(
        article_id=nine[8],
        source_id=source_id(storage, "Upland"),
        first_seen_at=NOW + 8 * HOUR,
        read=True,
        starred=False,
    )
    assert (second.article_id, second.read, second.starred) == (nine[7], False, True)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({"sources": ("Harbour", "Upland")}, [0, 2, 3, 5, 6, 8]),
        ({"sources": ()}, []),
        ({"unread": True}, [0, 3, 5, 6, 7, 8]),
        ({"unread": False}, [1, 2, 4]),
        ({"unread": True, "sources": ("Inland",)}, [7]),
        ({"unread": False, "sources": ("Inland", "Harbour")}, [1, 4]),
        ({"starred": True}, [0, 4]),
        ({"starred": True, "unread": True}, [0]),
        ({"starred": True, "sources": ("Inland",)}, [4]),
        ({"starred": True, "copies": False, "since": NOW + HOUR}, [4]),
        ({"copies": False}, [0, 2, 4, 5, 6, 7, 8]),
        ({"copies": False, "unread": True}, [0, 5, 6, 7, 8]),
        ({"since": NOW + 3 * HOUR}, [3, 4, 5, 6, 7, 8]),
        ({"since": NOW + 3 * HOUR, "until": NOW + 5 * HOUR}, [3, 4]),
        ({"until": NOW + 2 * HOUR, "unread": True}, [0]),
        ({"since": NOW + 99 * HOUR}, []),
        ({"until": NOW}, []),
        ({"above": 1, "below": 5}, [2, 3, 4]),
        ({"above": 1, "unread": True, "below": 6}, [3, 5]),
        ({"above": 7}, [8]),
        ({"below": 0}, []),
        ({"unread": False, "above": 2, "below": 4}, []),
    ],
)
def test_conditions_of_a_stream(
    storage: Storage,
    nine: list[int],
    conditions: dict[str, object],
    wanted: list[int],
    newest_first: bool,
) -> None:
    """The articles up to the fifth are read, but for two; the first and fifth have a star."""
    storage.mark_all_read(None, until=nine[4], now=NOW)
    storage.mark_unread([nine[0], nine[3]], now=NOW)
    storage.star([nine[0], nine[4]], now=NOW)
    asked = dict(conditions)
    if "sources" in asked:
        chosen = asked.pop("sources")
        assert isinstance(chosen, tuple)
        asked["source_ids"] = frozenset(source_id(storage, name) for name in chosen)
    for bound in ("above", "below"):
        place = asked.get(bound)
        if isinstance(place, int):
            asked[bound] = nine[place]
    found = listed(storage, 99, newest_first=newest_first, **asked)
    assert places(nine, found) == (wanted[::-1] if newest_first else wanted)
    assert listed(storage, limit=2, newest_first=newest_first, **asked) == found[:2]


@pytest.mark.parametrize("conditions", [{"unread": True}, {"starred": True}, {}])
def test_bounds_may_be_any_numbers(
    storage: Storage, nine: list[int], conditions: dict[str, bool]
) -> None:
    storage.star(nine, now=NOW)
    assert listed(storage, 9, above=-(10**30), below=10**30, **conditions) == nine[::-1]
    assert listed(storage, 9, above=10**30, **conditions) == []
    assert listed(storage, 9, below=-(10**30), **conditions) == []


def test_pages_of_a_stream_follow_one_another(storage: Storage, nine: list[int]) -> None:
    storage.mark_read([nine[5]], now=NOW)
    pages, below = [], WHOLE
    while page := listed(storage, limit=3, unread=True, below=below):
        pages.append(page)
        below = page[-1]
    assert pages == [[nine[8], nine[7], nine[6]], [nine[4], nine[3], nine[2]], [nine[1], nine[0]]]


@pytest.mark.parametrize("newest_first", [True, False])
def test_what_is_rare_is_found_in_the_last_span(storage: Storage, newest_first: bool) -> None:
    """Thousands of others lie between two articles."""
    [first] = store(storage, new("first"), wanted=HARBOUR)
    others = store(storage, *(new(str(n)) for n in range(3_000)))
    [last] = store(storage, new("last"), wanted=HARBOUR)
    one = frozenset({source_id(storage, "Harbour")})
    wanted = [last, first] if newest_first else [first, last]
    assert listed(storage, source_ids=one, newest_first=newest_first, limit=9) == wanted
    storage.mark_read(others, now=NOW)
    assert listed(storage, unread=True, newest_first=newest_first, limit=9) == wanted
    assert listed(storage, newest_first=newest_first, limit=2_500) == (
        [last, *others[:500:-1]] if newest_first else [first, *others[:2_499]]
    )


# --- articles by their ids


def test_articles_come_by_id_with_their_texts(storage: Storage, nine: list[int]) -> None:
    found = storage.articles([nine[4], WHOLE, nine[0], nine[4]])
    assert found == [get(storage, nine[0]), get(storage, nine[4])]
    assert (found[0].text, found[0].html) == ("Text of 0.", "<p>Text of 0.</p>")
    assert storage.articles([]) == []


# --- by day


def test_counts_of_each_source_and_day(storage: Storage) -> None:
    """Midnight, in UTC, begins another day."""
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    moment = timedelta(microseconds=1)
    store(storage, new("1"), new("2"), wanted=HARBOUR, at=midnight - timedelta(days=1))
    store(storage, new("3"), wanted=HARBOUR, at=midnight - moment)
    store(storage, new("4"), wanted=HARBOUR, at=midnight)
    store(storage, new("5"), wanted=INLAND, at=midnight + timedelta(days=2))
    harbour, inland = source_id(storage, "Harbour"), source_id(storage, "Inland")
    one, two = midnight.date() - timedelta(days=1), midnight.date()
    later = {inland: {two + timedelta(days=2): 1}}
    assert type(one) is date
    assert storage.daily_counts(since=midnight - timedelta(days=1)) == {
        harbour: {one: 3, two: 1},
        **later,
    }
    assert storage.daily_counts(since=midnight - moment) == {harbour: {one: 1, two: 1}, **later}
    assert storage.daily_counts(since=midnight + moment) == later
    assert storage.daily_counts(since=midnight + timedelta(days=9)) == {}


# --- stories in brief


def test_a_brief_story_has_an_excerpt_of_its_first_article(
    storage: Storage, nine: list[int]
) -> None:
    [whole] = storage.stories(since=NOW, limit=9)
    [brief] = storage.stories(since=NOW, limit=9, brief=True)
    assert brief.articles[0] == whole.articles[0]
    assert brief.articles[0].excerpt == "Text of 0."
    assert [one.excerpt for one in brief.articles[1:]] == ["", "", ""]
    assert [replace(one, excerpt="") for one in whole.articles[1:]] == [*brief.articles[1:]]
    assert storage.stories(since=NOW + 99 * HOUR, limit=9, brief=True) == []
