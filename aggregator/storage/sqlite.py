"""The store in one SQLite file: every verb, on its way to a reader or to the writer.

sqlite-utils serves where SQLite describes itself; it is imported there only, because that takes
longer than a search.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from aggregator.core.query import Query
from aggregator.errors import StorageError
from aggregator.storage import faults, housekeeping, search, unfinished
from aggregator.storage.instance import instance_lock
from aggregator.storage.opening import check_readable, connect, open_writer
from aggregator.storage.protocol import Order, Role
from aggregator.storage.readers import Readers
from aggregator.storage.sql import Params, Row, Session, insert
from aggregator.storage.verbs import Verbs
from aggregator.storage.writer import Writer
from aggregator.types import CleanUpReport, SearchHit

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


class SqliteStorage(Verbs):
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
        try:
            self._read(lambda session: unfinished.refuse(session, str(path)))
        except BaseException:
            self.close()
            raise

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

    def _write(self, work: Callable[[Session], T]) -> T:
        return self._checked_writer().run(work)

    def _write_alone(self, work: Callable[[Session], T]) -> T:
        """In no transaction."""
        return self._checked_writer().run(work, alone=True)

    def _checked_writer(self) -> Writer:
        if self._writer is None:
            raise StorageError(f"{self._path} was opened for reading only")
        return self._writer

    def _read(self, work: Callable[[Session], T]) -> T:
        with self._reading() as session:
            return work(session)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._readers.borrow() as connection:
            yield SqliteSession(connection)

    def search(
        self, query: Query, *, limit: int, offset: int = 0, order: Order = "newest"
    ) -> list[SearchHit]:
        return self._read(
            lambda session: search.search(session, query, limit=limit, offset=offset, order=order)
        )

    def clean_up(self, *, window: timedelta, keep_pages: timedelta) -> CleanUpReport:
        dropped = super().clean_up(window=window, keep_pages=keep_pages)
        log = self._path.with_name(self._path.name + "-wal")
        size = log.stat().st_size if log.exists() else 0
        self._write_alone(lambda session: session.rows("PRAGMA wal_checkpoint(TRUNCATE)"))
        return replace(dropped, details={"log_bytes": size})

    def check(self) -> list[str]:
        with self._readers.borrow() as connection:
            problems = [
                *_integrity(connection),
                *_index_upkeep(connection),
                *housekeeping.drifts(SqliteSession(connection)),
            ]
        if self._writer is not None:
            problems += self._write_alone(_index_content)
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
