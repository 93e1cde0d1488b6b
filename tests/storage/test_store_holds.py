"""A host that wants to be left alone: for its feeds, its pages, and whoever refreshes by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from storemaker import (
    HOUR,
    LEASE,
    NOW,
    OpenStore,
    claim,
    decision,
    fetched,
    new,
    polled,
    record,
    record_page,
    source,
    source_id,
    store,
)

from aggregator.storage.protocol import Storage
from aggregator.types import TextState

HOST = "news.example.org"
ONE = source("One", f"https://{HOST}/one")
TWO = source("Two", f"https://{HOST}/two")
ELSEWHERE = source("Elsewhere", "https://elsewhere.example.com/feed")
UNTIL = NOW + 6 * HOUR
MINUTE = timedelta(minutes=1)


def hosts(storage: Storage, at: datetime) -> list[str]:
    return sorted(work.host for work in storage.due_hosts(now=at, limit=9))


def held(storage: Storage) -> None:
    """“One” is answered with 429; “Two” and a page of it are due, and so is another host."""
    page = new("page", page_host=HOST, url=f"https://{HOST}/page")
    store(storage, page, wanted=TWO)
    storage.sync_sources([ONE, TWO, ELSEWHERE], now=NOW)
    storage.wake(None, now=NOW, force=True)
    taken = storage.claim_feeds(HOST, now=NOW, lease=LEASE)
    first = next(one for one in taken if one.source.name == "One")
    refused = polled(first, next_poll_at=UNTIL, hold_until=UNTIL, failures=0.5)
    record(storage, replace(refused, hold_host_until=UNTIL))


def test_feeds_and_pages_of_a_host_wait(open_store: OpenStore) -> None:
    held(open_store())
    storage = open_store()
    for at in (NOW, NOW + HOUR, UNTIL - 2 * MINUTE):
        assert hosts(storage, at) == ["elsewhere.example.com"]
        assert storage.due_text_hosts(now=at, limit=9) == []
        assert storage.claim_feeds(HOST, now=at, lease=LEASE) == []
        assert storage.claim_texts(HOST, now=at, lease=LEASE, limit=9) == []
    assert hosts(storage, UNTIL) == ["elsewhere.example.com", HOST]
    assert [work.host for work in storage.due_text_hosts(now=UNTIL, limit=9)] == [HOST]
    assert len(storage.claim_feeds(HOST, now=UNTIL, lease=LEASE)) == 2


def test_whoever_comes_within_the_last_minute_is_told_to_wait(storage: Storage) -> None:
    held(storage)
    at = UNTIL - MINUTE / 2
    assert HOST in hosts(storage, at)
    [taken] = storage.claim_feeds(HOST, now=at, lease=LEASE)
    assert taken.free_at == UNTIL


def test_status_says_until_when(storage: Storage) -> None:
    held(storage)
    statuses = {one.source.name: one.host_free_at for one in storage.source_statuses()}
    assert statuses == {"Elsewhere": None, "One": UNTIL, "Two": UNTIL}


def test_giving_the_host_back_does_not_end_a_hold(storage: Storage) -> None:
    """Nor does a shorter hold that comes later."""
    held(storage)
    at = UNTIL - MINUTE / 2
    [taken] = storage.claim_feeds(HOST, now=at, lease=LEASE)
    shorter = polled(taken, at=at, next_poll_at=at + HOUR)
    record(storage, replace(shorter, hold_host_until=at))
    statuses = {one.source.name: one.host_free_at for one in storage.source_statuses()}
    assert statuses["One"] == UNTIL


def test_a_page_holds_its_host(storage: Storage) -> None:
    page = new("page", page_host=HOST, url=f"https://{HOST}/page")
    store(storage, page, wanted=ELSEWHERE)
    [taken] = storage.claim_texts(HOST, now=NOW, lease=LEASE, limit=9)
    later = NOW + HOUR
    failure = fetched(taken, None, state=TextState.RETRY, error="no", retry_at=later)
    record_page(storage, HOST, replace(failure, hold_host_until=UNTIL))
    storage.sync_sources([ONE, ELSEWHERE], now=NOW)
    assert hosts(storage, later) == ["elsewhere.example.com"]
    assert storage.due_text_hosts(now=later, limit=9) == []
    assert len(storage.due_text_hosts(now=UNTIL, limit=9)) == 1


def test_waking_respects_a_hold_unless_forced(storage: Storage) -> None:
    held(storage)
    at = NOW + HOUR
    two = {source_id(storage, "Two")}
    assert storage.wake(two, now=at, force=False) == 0
    assert storage.wake(None, now=at, force=False) == 1
    assert hosts(storage, at) == ["elsewhere.example.com"]
    assert storage.wake(two, now=at, force=True) == 1
    assert hosts(storage, at) == ["elsewhere.example.com", HOST]
    [taken] = storage.claim_feeds(HOST, now=at, lease=LEASE)
    assert taken.source.name == "Two"


def test_force_frees_the_hosts_of_the_chosen_sources_only(storage: Storage) -> None:
    held(storage)
    storage.wake({source_id(storage, "Elsewhere")}, now=NOW, force=True)
    assert hosts(storage, NOW) == ["elsewhere.example.com"]
    assert storage.wake(None, now=NOW, force=True) == 3
    assert hosts(storage, NOW) == ["elsewhere.example.com", HOST]


# --- sources that are polled no longer


def retired(storage: Storage) -> int:
    """The id of the one source, which has gone."""
    taken = claim(storage, ONE)
    gone = polled(
        taken,
        decision([new("old")]),
        next_poll_at=NOW + HOUR,
        gone_at=NOW - 24 * HOUR,
        retired_at=NOW,
        last_error="It has gone.",
        last_status=410,
    )
    record(storage, gone)
    return taken.source_id


def test_a_retired_source_is_shown_and_never_due(storage: Storage) -> None:
    retired(storage)
    later = NOW + 1000 * HOUR
    assert storage.due_hosts(now=later, limit=9) == []
    assert storage.claim_feeds(HOST, now=later, lease=LEASE) == []
    [status] = storage.source_statuses()
    assert (status.state.retired_at, status.state.last_error) == (NOW, "It has gone.")
    assert status.articles == 1
    assert storage.wake(None, now=later, force=False) == 0


def test_force_revives_the_retired_that_are_named(storage: Storage) -> None:
    one = retired(storage)
    assert storage.wake(None, now=NOW, force=True) == 0
    assert storage.wake({one}, now=NOW, force=True) == 1
    [status] = storage.source_statuses()
    assert (status.state.retired_at, status.state.gone_at) == (None, None)
    assert hosts(storage, NOW) == [HOST]


def test_the_same_list_again_revives_nothing(storage: Storage) -> None:
    retired(storage)
    for wanted in (ONE, replace(ONE, tags=("local",)), replace(ONE, name="Uno")):
        storage.sync_sources([wanted], now=NOW)
        [status] = storage.source_statuses()
        assert status.state.retired_at == NOW


def test_a_retired_source_that_is_added_again_or_moved_is_polled_again(
    storage: Storage,
) -> None:
    retired(storage)
    storage.sync_sources([], now=NOW)
    assert storage.sync_sources([ONE], now=NOW).added == ("One",)
    assert storage.source_statuses()[0].state.retired_at is None
    record(storage, polled(claim(storage, at=NOW + HOUR), retired_at=NOW))
    moved = replace(ONE, url=f"https://{HOST}/new")
    storage.sync_sources([moved], now=NOW + HOUR)
    [status] = storage.source_statuses()
    assert (status.state.retired_at, status.articles) == (None, 1)
    assert hosts(storage, NOW + HOUR) == [HOST]
