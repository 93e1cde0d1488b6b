from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storemaker import HOUR, NOW, OpenStore, assign, joins, new, revise, singles, source, store

from aggregator.storage.protocol import Storage
from aggregator.types import Counts, Worker

DAY = timedelta(days=1)


def test_counts(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"), new("3"), new("4", page_host="x"))
    assign(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    storage.sync_sources([source(), source("Two"), source("Three")], now=NOW)
    storage.sync_sources([source(), source("Two")], now=NOW)
    assert storage.counts() == Counts(
        sources=2, articles=4, stories=1, pending_texts=1, unassigned=1
    )


def in_window(storage: Storage) -> list[int | str]:
    return [item.article_id for item, _ in storage.window(span=10_000 * HOUR)]


def test_fingerprints_leave_with_the_window(storage: Storage) -> None:
    times = [NOW - 50 * HOUR, NOW - 50 * HOUR, NOW - 48 * HOUR, NOW]
    ids = store(storage, *(new(str(n), published_at=at) for n, at in enumerate(times)))
    # Time passes as the assigned articles say: the newest is not one of them yet.
    singles(storage, ids[:3])
    assert storage.clean_up(window=48 * HOUR, keep_pages=DAY).fingerprints == 0
    assert in_window(storage) == ids[:3]
    singles(storage, ids[3:])
    assert storage.clean_up(window=48 * HOUR, keep_pages=DAY).fingerprints == 2
    assert in_window(storage) == ids[2:]
    assert storage.clean_up(window=48 * HOUR, keep_pages=DAY).fingerprints == 0
    # The assignments stay.
    assert storage.counts().stories == 4
    # An old article that changes is compared again.
    revise(storage, ids[0], new("0", text="Changed."), at=NOW)
    assert [item.article_id for item in storage.unassigned(limit=9)] == [ids[0]]
    singles(storage, ids[:1])
    assert in_window(storage) == [*ids[2:], ids[0]]
    assert storage.check() == []


def test_cleaning_up_what_is_empty(storage: Storage) -> None:
    assert storage.clean_up(window=HOUR, keep_pages=DAY).fingerprints == 0


ONE = Worker(
    name="a:1", machine="a", version="1.0", started_at=NOW, seen_at=NOW, jobs=3, leads=True
)


def test_workers_report_themselves_until_they_end(storage: Storage) -> None:
    other = replace(ONE, name="b:1", machine="b", leads=False)
    storage.report_worker(other)
    storage.report_worker(ONE)
    later = replace(ONE, seen_at=NOW + HOUR, jobs=0, leads=False)
    storage.report_worker(later)
    assert storage.workers() == [later, other]
    storage.forget_worker("a:1")
    storage.forget_worker("never seen")
    assert storage.workers() == [other]


def test_a_worker_that_has_been_silent_for_a_day_is_dropped(storage: Storage) -> None:
    storage.report_worker(ONE)
    other = replace(ONE, name="b:1", seen_at=NOW + DAY)
    storage.report_worker(other)
    storage.clean_up(window=HOUR, keep_pages=DAY)
    assert storage.workers() == [ONE, other]
    storage.report_worker(replace(other, seen_at=NOW + DAY + HOUR))
    storage.clean_up(window=HOUR, keep_pages=DAY)
    assert [worker.name for worker in storage.workers()] == ["b:1"]


def test_one_role_can_be_taken_kept_and_dropped(storage: Storage) -> None:
    role = storage.role("leader")
    assert role.take()
    assert role.take()
    role.drop()
    role.drop()
    assert role.take()
    role.drop()


def test_a_role_is_one_processs_where_the_database_is_shared(open_store: OpenStore) -> None:
    one, two = open_store().role("leader"), open_store().role("leader")
    assert one.take()
    assert two.take() is not open_store().shared
    one.drop()
    assert two.take()
    two.drop()


def test_the_clock_goes(storage: Storage) -> None:
    assert storage.clock() <= storage.clock()
    assert abs(storage.clock() - datetime.now(UTC)) < DAY
