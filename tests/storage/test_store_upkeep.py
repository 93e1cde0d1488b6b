from __future__ import annotations

from storemaker import HOUR, NOW, joins, new, revise, source, store

from aggregator.storage.protocol import Storage
from aggregator.types import Counts


def test_counts(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"), new("3"), new("4", page_host="x"))
    assign(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    storage.sync_sources([source(), source("Two"), source("Three")], now=NOW)
    storage.sync_sources([source(), source("Two")], now=NOW)
    assert storage.counts() == Counts(
        sources=2, articles=4, stories=1, pending_texts=1, unassigned=1
    )


def test_fingerprints_leave_with_the_window(storage: Storage) -> None:
    old = [new(str(n), published_at=NOW - 50 * HOUR) for n in range(3)]
    ids = store(storage, *old, new("late"))
    assign(storage, joins(ids[n], ids[n]) for n in (0, 1, 3))
    report = storage.clean_up(now=NOW, window=48 * HOUR)
    assert report.fingerprints == 2
    assert [item.article_id for item, _ in storage.window(since=NOW - 99 * HOUR)] == [ids[3]]
    # One that still awaits a story keeps its own.
    assert [item.article_id for item in storage.unassigned(limit=9)] == [ids[2]]
    assert storage.clean_up(now=NOW, window=48 * HOUR).fingerprints == 0
    # An old article that changes is compared again.
    revise(storage, ids[0], new("0", text="Changed."), at=NOW)
    assert [item.article_id for item in storage.unassigned(limit=9)] == [ids[0], ids[2]]
    assert storage.check() == []
