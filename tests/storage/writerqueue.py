"""Filling the writer's queue, and listening to what it does."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from storemaker import LEASE, NOW, decision, polled, source

from aggregator.storage.sql import Session
from aggregator.storage.sqlite import SqliteStorage
from aggregator.types import FeedClaim, NewArticle

T = TypeVar("T")
Job = Callable[[], object]
OpenSqlite = Callable[..., SqliteStorage]


def claims(storage: SqliteStorage, count: int) -> list[FeedClaim]:
    storage.sync_sources([source(f"S{number}") for number in range(count)], now=NOW)
    return [
        storage.claim_feeds(work.host, now=NOW, lease=LEASE)[0]
        for work in storage.due_hosts(now=NOW, limit=count)
    ]


def queue(
    storage: SqliteStorage, jobs: Sequence[Callable[[], T]]
) -> tuple[list[Future[T]], list[str]]:
    """While another holds the lock: start each job in a thread of its own, and return when the
    first is with the writer and all others wait behind it; and what the writer executes."""
    assert storage._writer is not None
    writer, log, pool = storage._writer, traced(storage), ThreadPoolExecutor(len(jobs))
    futures = [pool.submit(jobs[0])]
    until(lambda: "BEGIN IMMEDIATE" in log)
    futures += [pool.submit(job) for job in jobs[1:]]
    until(lambda: len(writer._waiting) == len(jobs) - 1)
    pool.shutdown(wait=False)
    return futures, log


def until(condition: Callable[[], bool]) -> None:
    never = threading.Event()
    while not condition():
        never.wait(0.002)


def traced(storage: SqliteStorage) -> list[str]:
    """Statements that the writer executes from now on.

    It must be idle: to set a callback while it may call another is a deadlock, of the
    interpreter's lock and SQLite's.
    """
    assert storage._writer is not None
    log: list[str] = []
    storage._writer._connection.set_trace_callback(log.append)
    return log


def recording(
    storage: SqliteStorage, claim: FeedClaim, *articles: NewArticle
) -> Callable[[], list[int]]:
    record = polled(claim, decision(articles), etag='"1"')
    return lambda: storage.record_poll(record)


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
    """Those that tests have added."""
    rows = connection.execute("SELECT key FROM meta WHERE key <> 'words_version' ORDER BY key")
    return [key for (key,) in rows]
