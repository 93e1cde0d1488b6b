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
from storemaker import LEASE, NOW, decision, new, polled, source

from aggregator.errors import ClaimLost, DatabaseBusy, StorageError
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.storage.writer import MAX_JOBS
from aggregator.types import FeedClaim, NewArticle

T = TypeVar("T")
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
    assert log.count("COMMIT") == 1
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
    release = threading.Timer(0.6, other.execute, ["COMMIT"])
    release.start()
    assert storage.sync_sources([source()], now=NOW).added == ("Example",)
    release.join()


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
