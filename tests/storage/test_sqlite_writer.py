"""Locks, full disks, closing and dying."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import pytest
from storemaker import NOW, new, source
from writerqueue import OpenSqlite, claims, queue, recording, traced, until

from aggregator.errors import DatabaseBusy, StorageError
from aggregator.storage.sqlite import open_storage


def test_when_the_disk_is_full_nobody_is_told_it_was_stored(
    open_sqlite: OpenSqlite, other: sqlite3.Connection
) -> None:
    storage = open_sqlite()
    taken = claims(storage, 6)
    assert storage._writer is not None
    connection = storage._writer._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    other.execute("BEGIN IMMEDIATE")
    articles = [new(str(number), text="many words " * 500) for number in range(10)]
    innocent = recording(storage, taken[0])
    futures, _ = queue(storage, [innocent, *(recording(storage, x, *articles) for x in taken[1:])])
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


def test_checking_while_another_writes(open_sqlite: OpenSqlite, other: sqlite3.Connection) -> None:
    storage = open_sqlite()
    other.execute("BEGIN IMMEDIATE")
    assert storage.check() == []
    other.execute("COMMIT")


def test_busy(open_sqlite: OpenSqlite, other: sqlite3.Connection) -> None:
    storage = open_sqlite(timedelta(milliseconds=50))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy, match=r"has been writing to .*news\.db for 0\.05 s"):
        storage.sync_sources([source()], now=NOW)
    assert storage.source_statuses() == []  # reading goes on
    other.execute("COMMIT")
    storage.sync_sources([source()], now=NOW)
    assert len(storage.source_statuses()) == 1


def test_a_lock_held_for_a_while_is_waited_for(
    open_sqlite: OpenSqlite, other: sqlite3.Connection
) -> None:
    storage = open_sqlite()
    other.execute("BEGIN IMMEDIATE")
    log = traced(storage)
    with ThreadPoolExecutor(1) as pool:
        syncing = pool.submit(storage.sync_sources, [source()], now=NOW)
        until(lambda: log.count("BEGIN IMMEDIATE") == 2)  # it has tried, and tries again
        other.execute("COMMIT")
        assert syncing.result().added == ("Example",)


def test_closing_finishes_what_is_queued(
    open_sqlite: OpenSqlite, other: sqlite3.Connection
) -> None:
    storage = open_sqlite()
    taken = claims(storage, 4)
    other.execute("BEGIN IMMEDIATE")
    futures, _ = queue(storage, [recording(storage, one, new("x")) for one in taken])
    closing = threading.Thread(target=storage.close)
    closing.start()
    other.execute("COMMIT")
    closing.join()
    assert [len(future.result()) for future in futures] == [1] * 4
    with pytest.raises(StorageError, match="closed"):
        storage.sync_sources([], now=NOW)
    assert other.execute("SELECT count(*) FROM articles").fetchone() == (4,)


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
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
