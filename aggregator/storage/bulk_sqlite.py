"""Reading and filling a SQLite file as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from aggregator.errors import StorageError
from aggregator.storage import bulk, search_rebuild, search_shards, unfinished
from aggregator.storage.bulk import Key, Row
from aggregator.storage.faults import storage_error
from aggregator.storage.instance import instance_lock
from aggregator.storage.migrate import version
from aggregator.storage.opening import check_readable, connect, is_up_to_date, open_writer
from aggregator.storage.sql import Session, insert
from aggregator.storage.sqlite_session import SqliteSession
from aggregator.storage.tables import TABLES, TEXTS, Table

_PATIENCE = timedelta(seconds=10)


class SqliteReader:
    """Implements `bulk.Reader` over a connection that is in a transaction, or alone."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._session = SqliteSession(connection)
        self._path = path

    @contextmanager
    def ask(self) -> Iterator[Session]:
        with _faults(self._path):
            yield self._session

    def rows(self, table: Table, after: Key | None = None) -> Iterator[Row]:
        with closing(self._connection.cursor()) as cursor:
            cursor.row_factory = None
            with _faults(self._path):
                cursor.execute(bulk.selection(table, beyond=after is not None), after or ())
            while True:
                with _faults(self._path):
                    row = cursor.fetchone()
                if row is None:
                    return
                yield row


class SqliteFiller(SqliteReader):
    """Implements `bulk.Filler`."""

    def last(self, table: Table) -> Key | None:
        with self.ask() as session:
            return bulk.last(session, table)

    def start(self, identity: int) -> None:
        with self._transaction() as session:
            search_shards.empty(session)
            for table in reversed(TABLES):
                session.run(f"DELETE FROM {table.name}")  # noqa: S608 - names of our own
            session.run("DELETE FROM regrouped")
            session.run("DELETE FROM workers")
            session.run("DELETE FROM sqlite_sequence")
            search_rebuild.set_up(session)
            unfinished.mark(session, identity)

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        with self._transaction() as session:
            session.many(insert(table.name, [*table.columns]), rows)
            if table is TEXTS:
                session.index([row[:4] for row in rows])  # type: ignore[misc]  # columns of TEXTS

    def finish(self) -> None:
        # Numbers go on after the largest by themselves.
        with self._transaction() as session:
            unfinished.unmark(session)
        with self.ask() as session:
            session.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with _faults(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._session
                self._connection.execute("COMMIT")
            except BaseException:
                self._session.undone()
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


@contextmanager
def reading(path: Path) -> Iterator[SqliteReader]:
    """See `bulk.open_reader`."""
    if not path.is_file():
        raise StorageError(f"there is no database at {path}: name the one to be moved")
    with instance_lock(path):
        _bring_up_to_date(path)
        check_readable(path, busy_timeout=_PATIENCE)
        with closing(connect(path, mode="ro", busy_timeout=_PATIENCE)) as connection:
            with _faults(path):
                connection.execute("BEGIN")  # one state from first to last
                unfinished.refuse(SqliteSession(connection), str(path))
            yield SqliteReader(connection, path)


def _bring_up_to_date(path: Path) -> None:
    with _faults(path), closing(connect(path, mode="ro", busy_timeout=_PATIENCE)) as connection:
        is_older = version(connection) > 0 and not is_up_to_date(connection)
    if is_older:
        open_writer(path, busy_timeout=_PATIENCE).close()


@contextmanager
def filling(path: Path) -> Iterator[SqliteFiller]:
    """See `bulk.open_filler`."""
    with instance_lock(path), closing(open_writer(path, busy_timeout=_PATIENCE)) as connection:
        with _faults(path):
            # Every row is compared with the source's in the end; and emptying is quicker.
            connection.execute("PRAGMA foreign_keys = OFF")
        yield SqliteFiller(connection, path)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(error, path, busy_timeout=_PATIENCE) from error
