"""The store in one SQLite file: every verb, on its way to a reader or to the writer.

sqlite-utils serves where SQLite describes itself; it is imported there only, because that takes
longer than a search.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from aggregator.core.query import Query
from aggregator.errors import StorageError
from aggregator.storage import deliveries as _deliveries
from aggregator.storage import faults, hosts, housekeeping, polls, reading, search, stories, texts
from aggregator.storage import sources as _sources
from aggregator.storage.instance import instance_lock
from aggregator.storage.opening import check_readable, connect, open_writer
from aggregator.storage.protocol import Order, Role
from aggregator.storage.readers import Readers
from aggregator.storage.sql import Params, Row, Session, insert
from aggregator.storage.writer import Writer
from aggregator.types import (
    Article,
    Assignment,
    CleanUpReport,
    Counts,
    Delivery,
    FeedClaim,
    GroupInput,
    HostWork,
    KnownEntry,
    PollRecord,
    SearchHit,
    Source,
    SourceStatus,
    Story,
    SyncReport,
    TextClaim,
    TextRecord,
    Unassigned,
    Worker,
)

__all__ = ["SqliteStorage", "instance_lock", "open_storage"]

T = TypeVar("T")

BUSY_TIMEOUT = timedelta(seconds=10)
_ATTEMPT = timedelta(milliseconds=250)
"""One wait for the write lock; the writer repeats it until the whole time has passed."""
_TRIGGERS = {"texts_updated", "texts_deleted"}


_INDEX = "INSERT INTO search (rowid, title, text, facets) VALUES (?, ?, ?, ?)"


def open_storage(
    path: Path, *, read_only: bool = False, busy_timeout: timedelta = BUSY_TIMEOUT
) -> SqliteStorage:
    """Open the database, creating it and bringing it up to date unless `read_only`.

    Raises StorageError (no database, another program's, a directory, no permission), DatabaseBusy
    and DatabaseTooNew. Reading works while another process writes.
    """
    return SqliteStorage(path, read_only=read_only, busy_timeout=busy_timeout)


class SqliteSession:
    """The shared SQL as SQLite runs it."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, params: Params = ()) -> Sequence[Row]:
        return self._connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: Params = ()) -> Row | None:
        found = self._connection.execute(sql, params).fetchall()
        return found[0] if found else None

    def run(self, sql: str, params: Params = ()) -> int:
        return self._connection.execute(sql, params).rowcount

    def add(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> list[int]:
        # Not by RETURNING: to SQLite that is a trigger, before which FTS5 writes its buffer out.
        statement = insert(table, columns)
        ids = [self._connection.execute(statement, row).lastrowid for row in rows]
        return [row_id for row_id in ids if row_id is not None]  # an INSERT that succeeded sets it

    def many(self, sql: str, params: Sequence[Sequence[object]]) -> None:
        self._connection.executemany(sql, params)

    def index(self, texts: Sequence[tuple[int, str, str, str]]) -> None:
        self._connection.executemany(_INDEX, texts)

    def reindex(self, text: tuple[int, str, str, str]) -> None:
        """A trigger has done it."""

    @property
    def locking(self) -> str:
        return ""

    def alone(self, what: str) -> None:
        """Every writing transaction is."""


class _Everyones:
    """A role in a database that one process has to itself."""

    def take(self) -> bool:
        return True

    def drop(self) -> None:
        """Nobody waits for it."""


class SqliteStorage:
    """Implements `protocol.Storage`; the verbs are described there."""

    def __init__(self, path: Path, *, read_only: bool, busy_timeout: timedelta) -> None:
        """See `open_storage`."""
        self._path = path
        self._busy_timeout = busy_timeout
        self._writer: Writer | None = None
        if read_only:
            check_readable(path, busy_timeout=busy_timeout)
        else:
            connection = open_writer(path, busy_timeout=busy_timeout)
            attempt = min(_ATTEMPT, busy_timeout)
            connection.execute(f"PRAGMA busy_timeout = {attempt // timedelta(milliseconds=1)}")
            self._writer = Writer(
                connection,
                SqliteSession(connection),
                busy_timeout=busy_timeout.total_seconds(),
                fault=self._fault,
                closed=self._closed_error,
            )
        self._readers = Readers(
            lambda: connect(path, mode="ro", busy_timeout=busy_timeout),
            fault=self._fault,
            closed=self._closed_error,
        )

    @property
    def shared(self) -> bool:
        return False

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def role(self, name: str) -> Role:  # noqa: ARG002 - all roles are alike here
        return _Everyones()

    def close(self) -> None:
        self._readers.close()
        if self._writer is not None:
            self._writer.close()

    def _fault(self, error: sqlite3.Error) -> StorageError:
        return faults.storage_error(error, self._path, busy_timeout=self._busy_timeout)

    def _closed_error(self) -> StorageError:
        return StorageError(f"the database {self._path} has been closed")

    def _write(self, work: Callable[[Session], T], *, alone: bool = False) -> T:
        if self._writer is None:
            raise StorageError(f"{self._path} was opened for reading only")
        return self._writer.run(work, alone=alone)

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self._readers.borrow() as connection:
            yield SqliteSession(connection)

    # --- sources

    def sync_sources(self, sources: Sequence[Source], *, now: datetime) -> SyncReport:
        return self._write(lambda session: _sources.sync_sources(session, sources, now=now))

    def created_at(self) -> datetime | None:
        with self._read() as session:
            return _sources.created_at(session)

    def source_statuses(self) -> list[SourceStatus]:
        with self._read() as session:
            return _sources.source_statuses(session)

    def wake(self, source_ids: Collection[int] | None, *, now: datetime, force: bool) -> int:
        return self._write(lambda session: _sources.wake(session, source_ids, now=now, force=force))

    # --- COMMIT 1: polling

    def due_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        with self._read() as session:
            return polls.due_hosts(session, now=now, limit=limit, only=only)

    def claim_feeds(
        self, host: str, *, now: datetime, lease: timedelta, only: Collection[int] | None = None
    ) -> list[FeedClaim]:
        return self._write(
            lambda session: polls.claim_feeds(session, host, now=now, lease=lease, only=only)
        )

    def release_host(self, host: str, *, lease_until: datetime, free_at: datetime) -> None:
        self._write(
            lambda session: hosts.release(session, host, lease_until=lease_until, free_at=free_at)
        )

    def known_entries(self, source_id: int, keys: Collection[str]) -> list[KnownEntry]:
        with self._read() as session:
            return polls.known_entries(session, source_id, keys)

    def record_poll(self, record: PollRecord) -> list[int]:
        return self._write(lambda session: polls.record_poll(session, record))

    # --- COMMIT 2: full text

    def due_text_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        with self._read() as session:
            return texts.due_text_hosts(session, now=now, limit=limit, only=only)

    def claim_texts(
        self,
        host: str,
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
        only: Collection[int] | None = None,
    ) -> list[TextClaim]:
        return self._write(
            lambda session: texts.claim_texts(
                session, host, now=now, lease=lease, limit=limit, only=only
            )
        )

    def record_text(self, record: TextRecord) -> None:
        self._write(lambda session: texts.record_text(session, record))

    # --- COMMIT 3: stories

    def unassigned(self, *, limit: int) -> list[Unassigned]:
        with self._read() as session:
            return stories.unassigned(session, limit=limit)

    def window(self, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
        with self._read() as session:
            yield from stories.window(session, span=span)

    def assign(
        self, assigned: Sequence[tuple[GroupInput, Assignment]], *, now: datetime
    ) -> list[Assignment]:
        return self._write(lambda session: stories.assign(session, assigned, now=now))

    # --- reading

    def search(
        self, query: Query, *, limit: int, offset: int = 0, order: Order = "newest"
    ) -> list[SearchHit]:
        with self._read() as session:
            return search.search(session, query, limit=limit, offset=offset, order=order)

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        min_sources: int = 1,
        limit: int,
    ) -> list[Story]:
        with self._read() as session:
            return reading.stories(
                session, since=since, until=until, min_sources=min_sources, limit=limit
            )

    def story(self, story_id: int) -> Story | None:
        with self._read() as session:
            return reading.story(session, story_id)

    def article(self, article_id: int) -> Article | None:
        with self._read() as session:
            return reading.article(session, article_id)

    def counts(self) -> Counts:
        with self._read() as session:
            return reading.counts(session)

    # --- the digest

    def deliveries(self, local_date: date) -> list[Delivery]:
        with self._read() as session:
            return _deliveries.deliveries(session, local_date)

    def open_deliveries(self, *, now: datetime) -> list[Delivery]:
        with self._read() as session:
            return _deliveries.open_deliveries(session, now=now)

    def prepare_deliveries(self, deliveries: Sequence[Delivery], *, now: datetime) -> int:
        return self._write(
            lambda session: _deliveries.prepare_deliveries(session, deliveries, now=now)
        )

    def record_delivery(self, delivery: Delivery, *, now: datetime) -> None:
        self._write(lambda session: _deliveries.record_delivery(session, delivery, now=now))

    # --- housekeeping

    def report_worker(self, worker: Worker) -> None:
        self._write(lambda session: housekeeping.report_worker(session, worker))

    def forget_worker(self, name: str) -> None:
        self._write(lambda session: housekeeping.forget_worker(session, name))

    def workers(self) -> list[Worker]:
        with self._read() as session:
            return housekeeping.workers(session)

    def release_claims(self) -> int:
        return self._write(housekeeping.release_claims)

    def clean_up(self, *, window: timedelta) -> CleanUpReport:
        dropped = self._write(lambda session: housekeeping.clean_up(session, window=window))
        log = self._path.with_name(self._path.name + "-wal")
        size = log.stat().st_size if log.exists() else 0
        self._write(lambda session: session.rows("PRAGMA wal_checkpoint(TRUNCATE)"), alone=True)
        return replace(dropped, details={"log_bytes": size})

    def check(self) -> list[str]:
        with self._readers.borrow() as connection:
            problems = [
                *_integrity(connection),
                *_index_upkeep(connection),
                *housekeeping.drifts(SqliteSession(connection)),
            ]
        if self._writer is not None:
            problems += self._write(_index_content, alone=True)
        return problems


def _integrity(connection: sqlite3.Connection) -> list[str]:
    damage = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
    orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    return [
        *(f"the file is damaged: {line}" for line in damage if line != "ok"),
        *(
            f"row {row['rowid']} of {row['table']} belongs to a row of {row['parent']} "
            "that is not there"
            for row in orphans
        ),
    ]


def _index_upkeep(connection: sqlite3.Connection) -> list[str]:
    import sqlite_utils  # noqa: PLC0415 - takes a quarter of a second; see the module's docstring

    database = sqlite_utils.Database(connection, recursive_triggers=False, execute_plugins=False)
    table = database.table("texts")
    missing = _TRIGGERS - {trigger.name for trigger in table.triggers}
    problems = [
        f"the search index is not kept up: its trigger {name} is gone" for name in sorted(missing)
    ]
    if table.detect_fts() != "search":
        problems.append("there is no search index over the texts")
    return problems


def _index_content(session: Session) -> list[str]:
    """Compares the index with the texts, word by word."""
    try:
        session.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if faults.code(error) != sqlite3.SQLITE_CORRUPT:
            raise
        return [f"the search index does not fit the texts ({error})"]
    return []
