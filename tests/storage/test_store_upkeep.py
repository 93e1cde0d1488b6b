from __future__ import annotations

from storemaker import HOUR, NOW, assign, joins, new, revise, singles, source, store

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


def in_window(storage: Storage) -> list[int | str]:
    return [item.article_id for item, _ in storage.window(span=10_000 * HOUR)]


def test_fingerprints_leave_with_the_window(storage: Storage) -> None:
    times = [NOW - 50 * HOUR, NOW - 50 * HOUR, NOW - 48 * HOUR, NOW]
    ids = store(storage, *(new(str(n), published_at=at) for n, at in enumerate(times)))
    # Time passes as the assigned articles say: the newest is not one of them yet.
    singles(storage, ids[:3])
    assert storage.clean_up(window=48 * HOUR).fingerprints == 0
    assert in_window(storage) == ids[:3]
    singles(storage, ids[3:])
    assert storage.clean_up(window=48 * HOUR).fingerprints == 2
    assert in_window(storage) == ids[2:]
    assert storage.clean_up(window=48 * HOUR).fingerprints == 0
    # The assignments stay.
    assert storage.counts().stories == 4
    # An old article that changes is compared again.
    revise(storage, ids[0], new("0", text="Changed."), at=NOW)
    assert [item.article_id for item in storage.unassigned(limit=9)] == [ids[0]]
    singles(storage, ids[:1])
    assert in_window(storage) == [*ids[2:], ids[0]]
    assert storage.check() == []


def test_cleaning_up_what_is_empty(storage: Storage) -> None:
    assert storage.clean_up(window=HOUR).fingerprints == 0
