from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from storemaker import (
    LEASE,
    NOW,
    decision,
    fetched,
    grouped,
    joins,
    new,
    polled,
    singles,
    source,
    store,
)

from aggregator.errors import ClaimLost, DatabaseBusy, StorageError
from aggregator.storage.sql import Session
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.storage.writer import MAX_JOBS
from aggregator.types import ArticleText, Delivery, DeliveryState, FeedClaim, NewArticle, TextClaim

T = TypeVar("T")
Job = Callable[[], object]
PATIENCE = timedelta(seconds=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


@pytest.fixture
def open_it(path: Path) -> Iterator[Callable[..., SqliteStorage]]:
    opened: list[SqliteStorage] = []

    def open_one(busy_timeout: timedelta = PATIENCE) -> SqliteStorage:
        opened.append(open_storage(path, busy_timeout=busy_timeout))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def other(path: Path, open_it: Callable[..., SqliteStorage]) -> Iterator[sqlite3.Connection]:
    """Another process's connection; the database is there."""
    open_it().close()
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


def claims(storage: SqliteStorage, count: int) -> list[FeedClaim]:
    storage.sync_sources([source(f"S{number}") for number in range(count)], now=NOW)
    return [
        storage.claim_feeds(work.host, now=NOW, lease=LEASE)[0]
        for work in storage.due_hosts(now=NOW, limit=count)
    ]


def queue(storage: SqliteStorage, jobs: Sequence[Callable[[], T]]) -> list[Future[T]]:
    """While another holds the lock: start each job in a thread of its own, and return when the
    first is with the writer and all others wait behind it."""
    assert storage._writer is not None
    writer, log, pool = storage._writer, traced(storage), ThreadPoolExecutor(len(jobs))
    futures = [pool.submit(jobs[0])]
    _until(lambda: "BEGIN IMMEDIATE" in log)
    futures += [pool.submit(job) for job in jobs[1:]]
    _until(lambda: len(writer._waiting) == len(jobs) - 1)
    pool.shutdown(wait=False)
    return futures


def _until(condition: Callable[[], bool]) -> None:
    never = threading.Event()
    while not condition():
        never.wait(0.002)


def traced(storage: SqliteStorage) -> list[str]:
    """Statements that the writer executes from now on."""
    assert storage._writer is not None
    log: list[str] = []
    storage._writer._connection.set_trace_callback(log.append)
    return log


def recording(
    storage: SqliteStorage, claim: FeedClaim, *articles: NewArticle
) -> Callable[[], list[int]]:
    record = polled(claim, decision(articles), etag='"1"')
    return lambda: storage.record_poll(record)


def test_what_waits_is_committed_together(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    taken = claims(storage, 10)
    other.execute("BEGIN IMMEDIATE")
    jobs = [recording(storage, one, new("x")) for one in taken]
    jobs[4] = recording(storage, replace(taken[4], lease_until=NOW), new("lost"))
    futures = queue(storage, jobs)
    log = traced(storage)
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


def test_a_group_is_bounded(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    other.execute("BEGIN IMMEDIATE")
    count = MAX_JOBS + 10
    futures = queue(storage, [storage.release_claims] * count)
    log = traced(storage)
    other.execute("COMMIT")
    wait(futures)
    assert [future.result() for future in futures] == [0] * count
    assert 2 <= log.count("COMMIT") <= 10


def test_without_a_failure_nothing_is_done_twice(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    taken = claims(storage, 10)
    other.execute("BEGIN IMMEDIATE")
    futures = queue(storage, [recording(storage, one, new("x")) for one in taken])
    log = traced(storage)
    other.execute("COMMIT")
    wait(futures)
    ends = [line for line in log if line.startswith(("COMMIT", "ROLLBACK", "SAVEPOINT"))]
    assert ends == ["COMMIT"]


def adding(storage: SqliteStorage, key: str, error: BaseException | None = None) -> Job:
    """Adds a row, then raises the error."""
    assert storage._writer is not None
    run = storage._writer.run

    def work(session: Session) -> int:
        changed = session.run("INSERT INTO meta VALUES (?, 1)", (key,))
        if error is not None:
            raise error
        return changed

    return lambda: run(work)


def keys(connection: sqlite3.Connection) -> list[str]:
    return [key for (key,) in connection.execute("SELECT key FROM meta ORDER BY key")]


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
    open_it: Callable[..., SqliteStorage],
    other: sqlite3.Connection,
    error: BaseException,
    place: int,
) -> None:
    storage = open_it()
    jobs = [adding(storage, str(number)) for number in range(4)]
    jobs[place] = adding(storage, "failing", error)
    other.execute("BEGIN IMMEDIATE")
    futures = queue(storage, jobs)
    other.execute("COMMIT")
    wait(futures)
    failed = futures.pop(place)
    expected = StorageError if isinstance(error, sqlite3.Error) else type(error)
    with pytest.raises(expected):
        failed.result()
    assert [future.result() for future in futures] == [1, 1, 1]
    assert keys(other) == sorted({"0", "1", "2", "3"} - {str(place)})
    assert adding(storage, "later")() == 1


def test_one_that_fails_alone_is_done_once(open_it: Callable[..., SqliteStorage]) -> None:
    storage = open_it()
    log = traced(storage)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            adding(storage, "x", KeyboardInterrupt())()
    once = ["BEGIN IMMEDIATE", "INSERT INTO meta VALUES ('x', 1)", "ROLLBACK"]
    assert log == once * 2


def test_when_the_lock_is_taken_between_the_rounds_everybody_hears_of_it(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it(timedelta(milliseconds=50))
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
            _until(lambda: len(writer._waiting) == len(jobs) - 1)
        elif begins == 2:  # the three up to now are rolled back
            other.execute("BEGIN IMMEDIATE")

    writer._connection.set_trace_callback(trace)
    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(jobs[0])]
        _until(lambda: begins == 1)
        futures.append(pool.submit(jobs[1]))
        _until(lambda: len(writer._waiting) == 1)
        futures.append(pool.submit(jobs[2]))
        for future in futures[:2]:
            with pytest.raises(DatabaseBusy):
                future.result()
        writer._connection.set_trace_callback(None)
        other.execute("COMMIT")
        wait(futures)
    assert set(keys(other)) <= {"c"}
    assert adding(storage, "later")() == 1


def test_writing_verbs_can_be_done_twice(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection, tmp_path: Path
) -> None:
    """One that fails at the end of a group has all before it done again: to the same effect."""
    grouped_store, single_store = open_it(), open_storage(tmp_path / "single.db")
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
        futures = queue(storage, [*verbs, adding(storage, "x", ZeroDivisionError())])
        log = traced(storage)
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
        recipient="ann@example.org",
        local_date=NOW.date(),
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


def test_an_error_of_one_is_its_own(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    other.execute("BEGIN IMMEDIATE")
    assert storage._writer is not None
    run = storage._writer.run
    futures = queue(
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
    assert other.execute("SELECT key FROM meta ORDER BY key").fetchall() == [("a",), ("c",)]


def test_when_the_disk_is_full_nobody_is_told_it_was_stored(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    taken = claims(storage, 6)
    assert storage._writer is not None
    connection = storage._writer._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    other.execute("BEGIN IMMEDIATE")
    articles = [new(str(number), text="many words " * 500) for number in range(10)]
    innocent = recording(storage, taken[0])
    futures = queue(storage, [innocent, *(recording(storage, x, *articles) for x in taken[1:])])
    other.execute("COMMIT")
    wait(futures)
    for future in futures:
        with pytest.raises(StorageError, match="disk is full"):
            future.result()
    assert storage.counts().articles == 0
    assert all(status.state.etag is None for status in storage.source_statuses())
    # With room again, the same store goes on, and the claims are still held.
    connection.execute("PRAGMA max_page_count = 1000000")
    assert len(recording(storage, taken[1], *articles)()) == len(articles)
    assert storage.check() == []


def test_checking_while_another_writes(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        open_it(timedelta(milliseconds=50)).check()
    storage = open_it()
    with ThreadPoolExecutor(1) as pool:
        log = traced(storage)
        checking = pool.submit(storage.check)
        _until(lambda: any("integrity-check" in line for line in log))
        other.execute("COMMIT")
        assert checking.result() == []


def test_busy(open_it: Callable[..., SqliteStorage], other: sqlite3.Connection) -> None:
    storage = open_it(timedelta(milliseconds=50))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy, match=r"has been writing to .*news\.db for 0\.05 s"):
        storage.sync_sources([source()], now=NOW)
    assert storage.source_statuses() == []  # reading goes on
    other.execute("COMMIT")
    storage.sync_sources([source()], now=NOW)
    assert len(storage.source_statuses()) == 1


def test_a_lock_held_for_a_while_is_waited_for(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    other.execute("BEGIN IMMEDIATE")
    log = traced(storage)
    with ThreadPoolExecutor(1) as pool:
        syncing = pool.submit(storage.sync_sources, [source()], now=NOW)
        _until(lambda: log.count("BEGIN IMMEDIATE") == 2)  # it has tried, and tries again
        other.execute("COMMIT")
        assert syncing.result().added == ("Example",)


def test_closing_finishes_what_is_queued(
    open_it: Callable[..., SqliteStorage], other: sqlite3.Connection
) -> None:
    storage = open_it()
    taken = claims(storage, 4)
    other.execute("BEGIN IMMEDIATE")
    futures = queue(storage, [recording(storage, one, new("x")) for one in taken])
    closing = threading.Thread(target=storage.close)
    closing.start()
    other.execute("COMMIT")
    closing.join()
    assert [len(future.result()) for future in futures] == [1] * 4
    with pytest.raises(StorageError, match="closed"):
        storage.sync_sources([], now=NOW)
    assert other.execute("SELECT count(*) FROM articles").fetchone() == (4,)


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(path: Path) -> None:
    child = Path(__file__).with_name("killed_writer.py")
    acknowledged: set[str] = set()
    for number in range(5):
        with subprocess.Popen(
            [sys.executable, str(child), str(path), str(number)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            assert process.stdout is not None
            for _ in range(20 + 7 * number):
                acknowledged.add(process.stdout.readline().strip())
            process.send_signal(signal.SIGKILL)
            acknowledged.update(line.strip() for line in process.stdout if line.endswith("\n"))
        storage = open_storage(path)
        assert storage.check() == []
        storage.release_claims()
        storage.close()
        connection = sqlite3.connect(path)
        stored: dict[str, int] = {}
        for (key,) in connection.execute("SELECT key FROM article_keys"):
            poll = key.partition("/")[0]
            stored[poll] = stored.get(poll, 0) + 1
        connection.close()
        assert acknowledged - set(stored) == set()
        assert set(stored.values()) == {3}  # of the three articles of a poll, all or none
    assert len(acknowledged) >= 5 * 20
