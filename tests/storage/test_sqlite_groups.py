"""What waits is committed together, and one that fails undoes itself alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from storemaker import (
    EDITION,
    LEASE,
    NOW,
    fetched,
    grouped,
    joins,
    kept_digest,
    new,
    singles,
    source,
    store,
)
from writerqueue import Job, OpenSqlite, adding, claims, keys, queue, recording, traced, until

from aggregator.errors import ClaimLost, DatabaseBusy, StorageError
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.storage.writer import MAX_JOBS
from aggregator.types import ArticleText, Delivery, DeliveryState, FeedClaim, TextClaim


def test_what_waits_is_committed_together(
    open_sqlite: OpenSqlite, other: sqlite3.Connection
) -> None:
    storage = open_sqlite()
    taken = claims(storage, 10)
    other.execute("BEGIN IMMEDIATE")
    jobs = [recording(storage, one, new("x")) for one in taken]
    jobs[4] = recording(storage, replace(taken[4], lease_until=NOW), new("lost"))
    futures, log = queue(storage, jobs)
    assert not any(future.done() for future in futures)
    other.execute("COMMIT")
    wait(futures)
    with pytest.raises(ClaimLost):
        futures.pop(4).result()
    assert sorted(future.result() for future in futures) == [[n] for n in range(1, 10)]
    # Those up to the one that failed are done again; those behind it come next.
    assert (log.count("ROLLBACK"), log.count("COMMIT")) == (1, 2)
    assert storage.counts().articles == 9
    assert storage.check() == []


def test_a_group_is_bounded(open_sqlite: OpenSqlite, other: sqlite3.Connection) -> None:
    storage = open_sqlite()
    other.execute("BEGIN IMMEDIATE")
    count = MAX_JOBS + 10
    futures, log = queue(storage, [storage.release_claims] * count)
    other.execute("COMMIT")
    wait(futures)
    assert [future.result() for future in futures] == [0] * count
    assert 2 <= log.count("COMMIT") <= 10


def test_without_a_failure_nothing_is_done_twice(
    open_sqlite: OpenSqlite, other: sqlite3.Connection
) -> None:
    storage = open_sqlite()
    taken = claims(storage, 10)
    other.execute("BEGIN IMMEDIATE")
    futures, log = queue(storage, [recording(storage, one, new("x")) for one in taken])
    other.execute("COMMIT")
    wait(futures)
    ends = [line for line in log if line.startswith(("COMMIT", "ROLLBACK", "SAVEPOINT"))]
    assert ends == ["COMMIT"]


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        ClaimLost("lost"),
        sqlite3.IntegrityError(),
        KeyboardInterrupt(),
        SystemExit(3),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_one_that_fails_undoes_itself_alone(
    open_sqlite: OpenSqlite,
    other: sqlite3.Connection,
    error: BaseException,
    place: int,
) -> None:
    storage = open_sqlite()
    jobs = [adding(storage, str(number)) for number in range(4)]
    jobs[place] = adding(storage, "failing", error)
    other.execute("BEGIN IMMEDIATE")
    futures, _ = queue(storage, jobs)
    other.execute("COMMIT")
    wait(futures)
    failed = futures.pop(place)
    expected = StorageError if isinstance(error, sqlite3.Error) else type(error)
    with pytest.raises(expected):
        failed.result()
    assert [future.result() for future in futures] == [1, 1, 1]
    assert keys(other) == sorted({"0", "1", "2", "3"} - {str(place)})
    assert adding(storage, "later")() == 1


def test_one_that_fails_alone_is_done_once(open_sqlite: OpenSqlite) -> None:
    storage = open_sqlite()
    log = traced(storage)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            adding(storage, "x", KeyboardInterrupt())()
    once = ["BEGIN IMMEDIATE", "INSERT INTO meta VALUES ('x', 1)", "ROLLBACK"]
    assert log == once * 2


def test_when_the_lock_is_taken_between_the_rounds_everybody_hears_of_it(
    open_sqlite: OpenSqlite, other: sqlite3.Connection
) -> None:
    storage = open_sqlite(timedelta(milliseconds=50))
    assert storage._writer is not None
    writer = storage._writer
    jobs = [adding(storage, "a"), adding(storage, "b", ZeroDivisionError()), adding(storage, "c")]
    begins = 0

    def trace(statement: str) -> None:
        nonlocal begins
        if statement != "BEGIN IMMEDIATE":
            return
        begins += 1
        if begins == 1:
            until(lambda: len(writer._waiting) == len(jobs) - 1)
        elif begins == 2:  # the three up to now are rolled back
            other.execute("BEGIN IMMEDIATE")

    writer._connection.set_trace_callback(trace)
    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(jobs[0])]
        until(lambda: begins == 1)
        futures.append(pool.submit(jobs[1]))
        until(lambda: len(writer._waiting) == 1)
        futures.append(pool.submit(jobs[2]))
        for future in futures[:2]:
            with pytest.raises(DatabaseBusy):
                future.result()
        other.execute("COMMIT")
        wait(futures)
    assert set(keys(other)) <= {"c"}
    assert adding(storage, "later")() == 1


def test_writing_verbs_can_be_done_twice(
    open_sqlite: OpenSqlite, other: sqlite3.Connection, tmp_path: Path
) -> None:
    """One that fails at the end of a group has all before it done again: to the same effect."""
    grouped_store, single_store = open_sqlite(), open_storage(tmp_path / "single.db")
    results = []
    for storage in (grouped_store, single_store):
        storage.sync_sources([source("A"), source("B")], now=NOW)
        ids = store(storage, new("1"), new("2", page_host="x"), new("3"), wanted=source("A"))
        singles(storage, ids[:1])
        [page] = storage.claim_texts("x", now=NOW, lease=LEASE, limit=1)
        [feed] = storage.claim_feeds("b.example.com", now=NOW, lease=LEASE)
        verbs = writing_verbs(storage, ids, feed, page)
        if storage is single_store:
            results.append([verb() for verb in verbs])
            break
        other.execute("BEGIN IMMEDIATE")
        futures, log = queue(storage, [*verbs, adding(storage, "x", ZeroDivisionError())])
        other.execute("COMMIT")
        wait(futures)
        assert (log.count("ROLLBACK"), log.count("COMMIT")) == (1, 1)
        results.append([future.result() for future in futures[:-1]])
    assert results[0] == results[1]
    assert grouped_store.check() == single_store.check() == []
    assert list(dump(grouped_store)) == list(dump(single_store))
    single_store.close()


def writing_verbs(
    storage: SqliteStorage, ids: list[int], feed: FeedClaim, page: TextClaim
) -> list[Job]:
    delivery = Delivery(
        edition=EDITION,
        recipient="ann@example.org",
        message_id="<1@example.org>",
        message=b"Hello",
        state=DeliveryState.SENDING,
        attempts=0,
        error=None,
        retry_at=None,
    )
    joined = grouped(storage, joins(ids[2], ids[0]))
    return [
        recording(storage, feed, new("4"), new("5")),
        lambda: storage.record_text(fetched(page, ArticleText(title="", text="The page."))),
        lambda: storage.assign(joined, now=NOW),
        lambda: storage.keep_digest(kept_digest(), ids),
        lambda: storage.prepare_deliveries([delivery], now=NOW),
        lambda: storage.record_delivery(replace(delivery, state=DeliveryState.SENT), now=NOW),
        lambda: storage.sync_sources([source("A"), source("C", tags=("t",))], now=NOW),
        lambda: storage.wake(None, now=NOW, force=True),
        lambda: storage.claim_feeds("c.example.com", now=NOW, lease=LEASE),
        storage.release_claims,
    ]


def dump(storage: SqliteStorage) -> Iterator[str]:
    """All that is stored, but for the index's own tables."""
    with storage._readers.borrow() as connection:
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
        ):
            yield table
            yield from map(str, map(tuple, connection.execute(f"SELECT * FROM {table}")))


def test_an_error_of_one_is_its_own(open_sqlite: OpenSqlite, other: sqlite3.Connection) -> None:
    storage = open_sqlite()
    other.execute("BEGIN IMMEDIATE")
    assert storage._writer is not None
    run = storage._writer.run
    futures, _ = queue(
        storage,
        [
            lambda: run(lambda session: session.run("INSERT INTO meta VALUES ('a', 1)")),
            lambda: run(lambda session: session.run("INSERT INTO none VALUES (1)")),
            lambda: run(lambda session: session.run("INSERT INTO meta VALUES ('b', NULL)")),
            lambda: run(lambda _: 1 // 0),
            lambda: run(lambda session: session.run("INSERT INTO meta VALUES ('c', 1)")),
        ],
    )
    other.execute("COMMIT")
    wait(futures)
    assert futures[0].result() == futures[4].result() == 1
    for future, kind in ((futures[1], StorageError), (futures[2], StorageError)):
        with pytest.raises(kind, match=r"news\.db cannot be used"):
            future.result()
    with pytest.raises(ZeroDivisionError):
        futures[3].result()
    assert keys(other) == ["a", "c"]
