"""A source that moves: to another host, to where another source is, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    assign,
    decision,
    get,
    joins,
    new,
    polled,
    record,
    source,
    source_id,
    store,
)

from aggregator.core.query import parse
from aggregator.core.urls import host_key
from aggregator.errors import ClaimLost
from aggregator.storage.protocol import Storage
from aggregator.types import FeedClaim, SourceStatus

OLD = source("Old Post", "https://old.example.com/feed")
DAILY = source("Daily", "https://daily.example.org/feed")
NEW = "https://new.example.net/feed"


def take(storage: Storage, name: str = "Old Post", *, at: datetime = NOW) -> FeedClaim:
    one = source_id(storage, name)
    storage.wake({one}, now=at, force=True)
    [work] = storage.due_hosts(now=at, limit=9, only={one})
    [taken] = storage.claim_feeds(work.host, now=at, lease=LEASE, only={one})
    return taken


def moves(storage: Storage, address: str | None, *, at: datetime = NOW) -> None:
    """“Old Post” is polled there from now on."""
    taken = take(storage, at=at)
    storage.record_poll(polled(taken, at=at, address=address))
    storage.release_host(host_key(taken.url), lease_until=taken.lease_until, free_at=at)


def status(storage: Storage, name: str = "Old Post") -> SourceStatus:
    return next(one for one in storage.source_statuses() if one.source.name == name)


def due(storage: Storage) -> list[str]:
    return sorted(work.host for work in storage.due_hosts(now=NOW + 2 * HOUR, limit=9))


def found(storage: Storage, query: str) -> list[str]:
    hits = storage.search(parse(query, now=NOW), limit=20).hits
    return sorted(hit.article.title for hit in hits)


def both(storage: Storage) -> tuple[list[int], list[int]]:
    """Articles of Old Post and of Daily; the second of each has a key in common."""
    old = [new("a"), new("b", keys=frozenset({"b", "shared"}))]
    daily = [new("c"), new("d", keys=frozenset({"d", "shared"}))]
    return store(storage, *old, wanted=OLD), store(storage, *daily, wanted=DAILY)


# --- to another host


def test_a_source_is_claimed_with_the_host_where_it_is(storage: Storage) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, NEW)
    assert due(storage) == ["new.example.net"]
    taken = take(storage)
    assert (taken.url, taken.source.url) == (NEW, OLD.url)


def test_a_source_that_moves_back_is_claimed_with_its_own_host(storage: Storage) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, NEW)
    moves(storage, None)
    assert due(storage) == ["old.example.com"]
    assert take(storage).url == OLD.url


@pytest.mark.parametrize("fields", [{}, {"tags": ("local",)}, {"name": "Older Post"}])
def test_the_list_read_again_leaves_it_where_it_is(
    storage: Storage, fields: dict[str, object]
) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, NEW)
    wanted = replace(OLD, **fields)  # type: ignore[arg-type]  # the fields of a Source
    storage.sync_sources([wanted], now=NOW)
    assert storage.source_statuses()[0].state.address == NEW
    assert due(storage) == ["new.example.net"]


def test_another_address_in_the_list_counts_from_then_on(storage: Storage) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, NEW)
    storage.sync_sources([replace(OLD, url="https://third.example.com/feed")], now=NOW)
    assert status(storage).state.address is None
    assert due(storage) == ["third.example.com"]


def test_one_that_is_taken_out_and_added_again_begins_at_its_own_address(
    storage: Storage,
) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, NEW)
    storage.sync_sources([], now=NOW)
    storage.sync_sources([OLD], now=NOW)
    assert status(storage).state.address is None
    assert due(storage) == ["old.example.com"]


# --- to where another one is


def test_the_articles_go_over_and_none_is_there_twice(storage: Storage) -> None:
    (a, b), (c, d) = both(storage)
    moves(storage, DAILY.url)
    sources = {one: get(storage, one).summary.source for one in (a, b, c, d)}
    assert sources == {a: "Daily", b: "Old Post", c: "Daily", d: "Daily"}
    assert (status(storage).articles, status(storage, "Daily").articles) == (1, 3)
    daily = source_id(storage, "Daily")
    known = storage.known_entries(daily, {"a", "b", "c", "shared"})
    assert {one.article_id: one.keys for one in known} == {a: {"a"}, c: {"c"}, d: {"shared"}}
    assert storage.check() == []


def test_the_moved_one_retires_and_says_why(storage: Storage) -> None:
    both(storage)
    moves(storage, DAILY.url)
    state = status(storage).state
    assert state.retired_at == NOW
    assert state.why == state.last_error
    assert "called Daily" in state.why
    assert due(storage) == ["daily.example.org"]


@pytest.mark.parametrize(
    "address",
    [
        "https://daily.example.org/feed",
        "http://daily.example.org/feed",
        "https://www.daily.example.org/feed/",
        "https://me:secret@daily.example.org/feed",
    ],
)
def test_forms_of_one_address_are_the_same(storage: Storage, address: str) -> None:
    both(storage)
    moves(storage, address)
    assert status(storage).state.retired_at == NOW


def test_another_one_that_has_moved_there_counts_too(storage: Storage) -> None:
    both(storage)
    taken = take(storage, "Daily")
    record(storage, polled(taken, address=NEW))
    moves(storage, NEW)
    assert status(storage).state.retired_at == NOW
    assert status(storage, "Daily").state.retired_at is None


def test_one_that_is_polled_no_longer_does_not_count(storage: Storage) -> None:
    both(storage)
    record(storage, polled(take(storage, "Daily"), retired_at=NOW))
    moves(storage, DAILY.url)
    assert status(storage).state.retired_at is None
    assert status(storage).articles == 2


def test_one_that_is_taken_out_of_the_list_does_not_count(storage: Storage) -> None:
    both(storage)
    storage.sync_sources([OLD], now=NOW)
    moves(storage, DAILY.url)
    assert status(storage).state.retired_at is None


def test_search_finds_them_by_their_source(storage: Storage) -> None:
    both(storage)
    moves(storage, DAILY.url)
    assert found(storage, "source:daily") == ["Headline a", "Headline c", "Headline d"]
    assert found(storage, 'source:"old post"') == ["Headline b"]
    assert found(storage, "source:daily title:a") == ["Headline a"]
    assert found(storage, "headline") == [f"Headline {one}" for one in "abcd"]


def test_stories_count_the_outlets_that_are_left(storage: Storage) -> None:
    (a, b), (c, d) = both(storage)
    assign(storage, joins(a, a), joins(c, a, of=a), joins(b, b), joins(d, d))
    assert len(storage.stories(min_sources=2, limit=9)) == 1
    moves(storage, DAILY.url)
    assert storage.stories(min_sources=2, limit=9) == []
    story = storage.story(a)
    assert story is not None
    assert (story.outlets, [one.article.article_id for one in story.articles]) == (
        ("Daily",),
        [a, c],
    )
    assert storage.check() == []


def test_what_both_had_may_still_make_two_outlets(storage: Storage) -> None:
    (a, b), (c, d) = both(storage)
    assign(storage, joins(a, a), joins(c, c), joins(b, b), joins(d, b, of=b))
    moves(storage, DAILY.url)
    [story] = storage.stories(min_sources=2, limit=9)
    assert story.outlets == ("Old Post", "Daily")


def test_pages_that_are_due_go_over_too(storage: Storage) -> None:
    page = new("p", page_host="old.example.com", url="https://old.example.com/p")
    store(storage, page, wanted=replace(OLD, headers=(("X-Key", "1"),)))
    store(storage, new("c"), wanted=DAILY)
    moves(storage, DAILY.url)
    [taken] = storage.claim_texts("old.example.com", now=NOW, lease=LEASE, limit=9)
    assert (taken.source_id, taken.headers) == (source_id(storage, "Daily"), ())


def test_a_new_source_where_another_has_moved_takes_it_over(storage: Storage) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, DAILY.url)
    storage.sync_sources([OLD, DAILY], now=NOW)
    assert status(storage).state.retired_at == NOW
    assert status(storage, "Daily").articles == 1
    assert due(storage) == ["daily.example.org"]


def test_a_poll_under_way_does_not_bring_a_merged_source_back(storage: Storage) -> None:
    store(storage, new("a"), wanted=OLD)
    moves(storage, DAILY.url)
    taken = take(storage)
    storage.sync_sources([OLD, DAILY], now=NOW)
    with pytest.raises(ClaimLost):
        storage.record_poll(polled(taken, decision([new("late")]), address=DAILY.url))
    assert status(storage).state.retired_at == NOW
    assert storage.counts().articles == 1
