"""A store that was written to under a clock that ran ahead, after that has been set back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from alertmaker import notice
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    claim,
    decision,
    delivery,
    fetched,
    kept_digest,
    new,
    polled,
    record,
    record_page,
    source,
)

from aggregator.storage.protocol import Storage
from aggregator.types import (
    FeedClaim,
    FeedState,
    NoticeState,
    PollRecord,
    RobotsCopy,
    SourceStatus,
    TextState,
)

DAYS = timedelta(days=1)
AHEAD = NOW + 1825 * DAYS
FEED = source("Gull", "https://gull.example.com/feed")


def state(storage: Storage) -> FeedState:
    [status] = storage.source_statuses()
    return status.state


def status(storage: Storage) -> SourceStatus:
    [only] = storage.source_statuses()
    return only


def test_what_was_polled_in_the_future_is_due_now(storage: Storage) -> None:
    record(storage, polled(claim(storage, FEED, at=AHEAD), at=AHEAD, not_before_at=AHEAD + HOUR))
    assert storage.due_hosts(now=NOW, limit=9) == []

    assert storage.heed_clock(now=NOW) == 1

    after = status(storage)
    assert (after.state.next_poll_at, after.state.last_poll_at, after.state.last_ok_at) == (
        NOW,
        NOW,
        NOW,
    )
    assert after.state.not_before_at is None
    assert after.host_free_at is None
    assert claim(storage).source == FEED
    assert storage.heed_clock(now=NOW) == 0


def test_a_source_that_was_never_polled_is_due_too(storage: Storage) -> None:
    storage.sync_sources([FEED], now=AHEAD)
    assert storage.heed_clock(now=NOW) == 1
    assert claim(storage).source == FEED


def test_one_that_was_put_off_before_its_first_poll_stays_so(storage: Storage) -> None:
    """As its host did not answer; unless that is longer off than it would ever be."""
    put_off = put_off_until(claim(storage, FEED), NOW + HOUR)
    storage.record_poll(put_off)
    assert storage.heed_clock(now=NOW) == 0
    assert state(storage).next_poll_at == NOW + HOUR
    assert storage.heed_clock(now=NOW - DAYS) == 1
    assert state(storage).next_poll_at == NOW - DAYS


def put_off_until(taken: FeedClaim, then: datetime) -> PollRecord:
    after = replace(taken.state, next_poll_at=then, last_error="its host does not answer")
    return PollRecord(claim=taken, state=after, polled_at=NOW, decision=None)


def test_a_pause_that_a_publisher_asked_for_counts_from_now(storage: Storage) -> None:
    taken = claim(storage, FEED, at=AHEAD)
    record(storage, polled(taken, at=AHEAD, hold_until=AHEAD + 5 * HOUR, next_poll_at=AHEAD))
    storage.heed_clock(now=NOW)
    assert state(storage).hold_until == NOW + 5 * HOUR
    assert state(storage).next_poll_at == NOW + 5 * HOUR
    assert storage.due_hosts(now=NOW, limit=9) == []
    assert claim(storage, at=NOW + 5 * HOUR).source == FEED


def test_what_was_stored_under_the_right_clock_stays(storage: Storage) -> None:
    slow = replace(FEED, interval=timedelta(days=7), max_interval=timedelta(days=30))
    taken = claim(storage, slow)
    record(storage, polled(taken, next_poll_at=NOW + 33 * DAYS, hold_until=NOW + HOUR))
    before = status(storage)
    assert storage.heed_clock(now=NOW - timedelta(minutes=5)) == 0
    assert status(storage) == before


def test_a_time_that_nothing_waits_for_is_put_right_whenever_it_was_polled(
    storage: Storage,
) -> None:
    record(storage, polled(claim(storage, FEED), next_poll_at=AHEAD))
    assert storage.heed_clock(now=NOW) == 1
    assert state(storage).next_poll_at == NOW
    assert state(storage).last_poll_at == NOW


def test_pages_are_asked_for_now(storage: Storage) -> None:
    host = "pages.example.com"
    article = new("a", page_host=host, url=f"https://{host}/a")
    record(storage, polled(claim(storage, FEED, at=AHEAD), decision([article]), at=AHEAD))
    [page] = storage.claim_texts(host, now=AHEAD, lease=LEASE, limit=9)
    later = fetched(page, None, state=TextState.PENDING, at=AHEAD, retry_at=AHEAD + HOUR)
    record_page(storage, host, replace(later, error="It did not answer."))
    copy = RobotsCopy(origin=f"https://{host}", asked_at=AHEAD, status=200, body=b"")
    storage.keep_robots(copy)
    storage.heed_clock(now=NOW)
    assert [work.host for work in storage.due_text_hosts(now=NOW, limit=9)] == [host]
    assert storage.claim_texts(host, now=NOW, lease=LEASE, limit=9)
    assert storage.robots_copy(copy.origin) is None


def test_messages_are_sent_now(storage: Storage) -> None:
    storage.put_notices([notice("late"), notice("sent", watch="other")], [], now=AHEAD)
    ids = {one.key: one for one in storage.notices(limit=9)}
    late = replace(ids["late"], attempts=1, error="It was refused.", due_at=AHEAD + HOUR)
    storage.record_notice(late, hold_until=AHEAD + HOUR)
    over = replace(ids["sent"], state=NoticeState.SENT, due_at=None, sent_at=AHEAD)
    storage.record_notice(over)
    storage.keep_digest(kept_digest(), [])
    storage.prepare_deliveries([delivery()], now=AHEAD)
    tried = delivery(error="It was refused.", retry_at=AHEAD, attempts=1)
    storage.record_delivery(tried, now=AHEAD)

    storage.heed_clock(now=NOW)

    assert [one.key for one in storage.due_notices(now=NOW, limit=9)] == ["late"]
    [known] = [one for one in storage.notices(limit=9) if one.key == "sent"]
    assert known.sent_at == NOW
    [waiting] = storage.deliveries(delivery().edition)
    assert waiting.retry_at == NOW
