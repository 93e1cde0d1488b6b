from __future__ import annotations

from datetime import timedelta

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    OpenStore,
    claim,
    decision,
    new,
    polled,
    record,
    release,
    source,
    source_id,
    store,
)

from aggregator.errors import ClaimLost, StorageError
from aggregator.storage.protocol import Storage
from aggregator.types import PagePolicy, PageRules, PageSelectors, SyncReport


def test_a_new_source_is_kept_whole_and_due_at_once(storage: Storage) -> None:
    wanted = source(
        "Example",
        tags=("World", "ünder"),
        language="de",
        interval=timedelta(minutes=7, seconds=1.5),
        pages=PagePolicy.ALWAYS,
        weight=2.5,
        headers=(("X-Key", "ä"), ("X-Key", "b")),
        rules=PageRules(
            body=("article", "//main"),
            title=("h1",),
            author=(".by",),
            date=("time",),
            remove=(".ad", ".more"),
            headers=(("Cookie", "ä=1"), ("X-Key", "c")),
        ),
    )
    assert storage.sync_sources([wanted], now=NOW) == SyncReport(added=("Example",))
    [status] = storage.source_statuses()
    assert status.source == wanted
    assert status.state.next_poll_at == NOW
    assert (status.articles, status.newest_at) == (0, None)
    assert storage.sync_sources([wanted], now=NOW + HOUR) == SyncReport()


def test_created_at_is_the_time_of_the_first_sync(storage: Storage) -> None:
    assert storage.created_at() is None
    storage.sync_sources([], now=NOW)
    storage.sync_sources([source()], now=NOW + HOUR)
    assert storage.created_at() == NOW


def test_statuses_come_by_name_with_counts(storage: Storage) -> None:
    first = new("a", published_at=NOW - HOUR)
    store(storage, first, new("b", published_at=NOW - 2 * HOUR), wanted=source("beta"))
    storage.sync_sources([source("beta"), source("Alpha"), source("Émile")], now=NOW)
    statuses = storage.source_statuses()
    assert [one.source.name for one in statuses] == ["Alpha", "beta", "Émile"]
    assert (statuses[1].articles, statuses[1].newest_at) == (2, NOW - HOUR)


def test_a_renamed_source_keeps_its_articles_and_history(storage: Storage) -> None:
    taken = claim(storage, source("Old", "https://example.com/feed"))
    record(storage, polled(taken, decision([new("a")]), etag='"1"'))
    report = storage.sync_sources([source("New", "https://example.com/feed")], now=NOW)
    assert report == SyncReport(changed=("New",))
    [status] = storage.source_statuses()
    assert (status.source_id, status.articles, status.state.etag) == (taken.source_id, 1, '"1"')


def test_a_moved_source_keeps_its_articles_and_forgets_validators(storage: Storage) -> None:
    taken = claim(storage, source("One", "https://example.com/feed"))
    record(
        storage,
        polled(
            taken,
            decision([new("a")]),
            etag='"1"',
            last_modified="then",
            body_hash="h",
            hold_until=NOW + HOUR,
            failures=2.0,
            last_error="It failed.",
            title="The One",
        ),
    )
    later = NOW + timedelta(minutes=5)
    report = storage.sync_sources([source("One", "https://example.org/feed")], now=later)
    assert report == SyncReport(changed=("One",))
    [status] = storage.source_statuses()
    state = status.state
    assert (status.source_id, status.articles) == (taken.source_id, 1)
    assert (state.etag, state.last_modified, state.body_hash, state.hold_until) == (None,) * 4
    assert (state.failures, state.last_error, state.title) == (0, None, "The One")
    assert state.next_poll_at == later
    assert [work.host for work in storage.due_hosts(now=later, limit=9)] == ["example.org"]


def test_a_poll_under_way_of_a_source_that_moves_is_lost(storage: Storage) -> None:
    taken = claim(storage, source("One", "https://example.com/feed"))
    storage.sync_sources([source("One", "https://example.org/feed")], now=NOW)
    with pytest.raises(ClaimLost):
        record(storage, polled(taken, etag='"1"'))


def test_a_missing_source_is_not_polled_and_comes_back_with_its_history(storage: Storage) -> None:
    one, two = source("One"), source("Two")
    store(storage, new("a"), wanted=one)
    storage.sync_sources([one, two], now=NOW)
    assert storage.sync_sources([two], now=NOW + 2 * HOUR) == SyncReport(removed=("One",))
    assert [status.source for status in storage.source_statuses()] == [two]
    assert [work.host for work in storage.due_hosts(now=NOW + 2 * HOUR, limit=9)] == [
        "two.example.com"
    ]
    assert storage.counts().articles == 1
    assert storage.sync_sources([one, two], now=NOW + 3 * HOUR) == SyncReport(added=("One",))
    back = storage.source_statuses()[0]
    assert (back.articles, back.state.last_ok_at) == (1, NOW)


def test_names_may_change_places(storage: Storage) -> None:
    one, two = "https://example.com/1", "https://example.com/2"
    storage.sync_sources([source("One", one), source("Two", two)], now=NOW)
    ids = [source_id(storage, name) for name in ("One", "Two")]
    report = storage.sync_sources([source("Two", one), source("One", two)], now=NOW)
    assert report == SyncReport(changed=("Two", "One"))
    assert [source_id(storage, name) for name in ("Two", "One")] == ids


def test_a_name_left_by_a_removed_source_can_be_taken(storage: Storage) -> None:
    one = source("One", "https://example.com/1")
    storage.sync_sources([one], now=NOW)
    storage.sync_sources([], now=NOW)
    two = "https://example.com/2"
    storage.sync_sources([source("Two", two)], now=NOW)
    assert storage.sync_sources([source("One", two)], now=NOW) == SyncReport(changed=("One",))
    assert storage.sync_sources([source("Two", two), one], now=NOW).added == ("One",)
    assert len(storage.source_statuses()) == 2


@pytest.mark.parametrize(
    ("twin", "what"),
    [
        (source("Two", "https://example.com/1"), "address"),
        (source("One", "https://example.com/2"), "name"),
    ],
)
def test_twins_are_refused(storage: Storage, twin: object, what: str) -> None:
    one = source("One", "https://example.com/1")
    assert isinstance(twin, type(one))
    with pytest.raises(StorageError, match=f"same {what}"):
        storage.sync_sources([one, twin], now=NOW)
    assert storage.source_statuses() == []


def test_a_shorter_interval_counts_from_now(storage: Storage) -> None:
    taken = claim(storage, source(interval=24 * HOUR))
    record(storage, polled(taken, next_poll_at=NOW + 24 * HOUR))
    storage.sync_sources([source(interval=HOUR)], now=NOW)
    assert storage.source_statuses()[0].state.next_poll_at == NOW + HOUR
    storage.sync_sources([source(interval=48 * HOUR)], now=NOW)
    assert storage.source_statuses()[0].state.next_poll_at == NOW + HOUR


def test_a_shorter_max_interval_counts_from_now_too(storage: Storage) -> None:
    taken = claim(storage, source(interval=HOUR, max_interval=24 * HOUR))
    record(storage, polled(taken, next_poll_at=NOW + 20 * HOUR))
    storage.sync_sources([source(interval=HOUR, max_interval=4 * HOUR)], now=NOW)
    assert storage.source_statuses()[0].state.next_poll_at == NOW + 4 * HOUR


def test_b13_a_shorter_interval_does_not_override_the_publisher(storage: Storage) -> None:
    taken = claim(storage, source(interval=24 * HOUR))
    wish = NOW + 6 * HOUR
    record(storage, polled(taken, next_poll_at=NOW + 24 * HOUR, not_before_at=wish))
    storage.sync_sources([source(interval=HOUR)], now=NOW)
    assert storage.source_statuses()[0].state.next_poll_at == wish


def test_b20_a_shorter_interval_does_not_end_a_back_off(storage: Storage) -> None:
    taken = claim(storage, source(interval=2 * HOUR))
    record(storage, polled(taken, next_poll_at=NOW + 16 * HOUR, failures=3.0))
    storage.sync_sources([source(interval=HOUR)], now=NOW)
    assert storage.source_statuses()[0].state.next_poll_at == NOW + 16 * HOUR


def test_a_failing_source_that_is_asked_otherwise_is_tried_after_its_interval(
    storage: Storage,
) -> None:
    taken = claim(storage, source(interval=2 * HOUR))
    record(storage, polled(taken, next_poll_at=NOW + 16 * HOUR, failures=3.0, etag='"1"'))
    later = NOW + HOUR
    storage.sync_sources([source(interval=2 * HOUR, headers=(("X-Key", "new"),))], now=later)
    [status] = storage.source_statuses()
    assert (status.state.next_poll_at, status.state.failures) == (NOW + 2 * HOUR, 0.0)
    assert status.state.etag == '"1"'


def test_a_page_whose_selectors_change_is_read_anew(storage: Storage) -> None:
    taken = claim(storage, source(selectors=PageSelectors(item="li")))
    after = polled(taken, next_poll_at=NOW + HOUR, etag='"1"', last_modified="x", body_hash="h")
    record(storage, after)
    storage.sync_sources([source(selectors=PageSelectors(item="article"))], now=NOW)
    state = storage.source_statuses()[0].state
    assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)
    assert state.next_poll_at == NOW + HOUR


def test_a_poll_under_way_of_a_page_whose_selectors_change_is_lost(storage: Storage) -> None:
    taken = claim(storage, source(selectors=PageSelectors(item="li")))
    storage.sync_sources([source(selectors=PageSelectors(item="article"))], now=NOW)
    with pytest.raises(ClaimLost):
        storage.record_poll(polled(taken, body_hash="h"))
    assert storage.source_statuses()[0].state.body_hash is None
    release(storage, taken)
    assert claim(storage).state.body_hash is None


def test_a_change_of_the_rules_for_its_pages_leaves_its_state(storage: Storage) -> None:
    taken = claim(storage, source())
    record(storage, polled(taken, next_poll_at=NOW + HOUR, etag='"1"', body_hash="h", failures=2.0))
    state = storage.source_statuses()[0].state
    for rules in (PageRules(body=("main",)), PageRules(headers=(("Cookie", "a"),)), None):
        changed = storage.sync_sources([source(rules=rules)], now=NOW + HOUR)
        assert changed == SyncReport(changed=("Example",))
        [status] = storage.source_statuses()
        assert (status.source.rules, status.state) == (rules, state)


def test_waking(storage: Storage) -> None:
    taken = claim(storage, source("Held"))
    hold = NOW + 3 * HOUR
    record(storage, polled(taken, next_poll_at=hold, hold_until=hold))
    storage.sync_sources([source("Held"), source("Free"), source("Gone")], now=NOW)
    storage.sync_sources([source("Held"), source("Free")], now=NOW)
    free = source_id(storage, "Free")
    [work] = storage.due_hosts(now=NOW, limit=9)
    [other] = storage.claim_feeds(work.host, now=NOW, lease=LEASE)
    record(storage, polled(other))
    soon = NOW + timedelta(minutes=1)
    assert storage.due_hosts(now=soon, limit=9) == []
    assert storage.wake({taken.source_id}, now=soon, force=False) == 0
    assert storage.wake(None, now=soon, force=False) == 1
    assert storage.wake({free}, now=soon, force=False) == 1
    assert [work.host for work in storage.due_hosts(now=soon, limit=9)] == ["free.example.com"]
    assert storage.wake(set(), now=soon, force=True) == 0
    assert storage.wake(None, now=soon, force=True) == 2
    assert len(storage.due_hosts(now=soon, limit=9)) == 2
    # When the hold is over, no force is needed.
    storage.sync_sources([source("Held")], now=soon)
    assert storage.wake(None, now=hold, force=False) == 1


def test_another_process_sees_the_same(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    one.sync_sources([source()], now=NOW)
    assert two.source_statuses() == one.source_statuses() != []
