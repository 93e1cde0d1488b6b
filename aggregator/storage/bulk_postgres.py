"""Reading and filling a PostgreSQL database as a whole.

Rows come and go by COPY in its binary format: nothing is rounded, and the rows of a table stream
past one at a time. Two things SQLite has and PostgreSQL has not: NUL in a text is written as other
characters (see `_written`); and a minus before zero is taken away on reading, as SQLite drops it.

While a store is read, its tables are locked against changes. A snapshot alone would not do: what
is stored after it would be lost without a word, and a move that goes on after a crash would need
the snapshot that is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from aggregator.errors import InstanceRunning, StorageError
from aggregator.storage import bulk, search_rebuild, unfinished
from aggregator.storage.bulk import Key, Row
from aggregator.storage.postgres_faults import storage_error
from aggregator.storage.postgres_migrate import is_up_to_date, opened, version
from aggregator.storage.postgres_pool import Connection, Error, Target, connect, target
from aggregator.storage.postgres_role import PostgresRole
from aggregator.storage.postgres_session import PostgresSession, rewritten
from aggregator.storage.protocol import LEADER
from aggregator.storage.sql import Session
from aggregator.storage.tables import TABLES, TEXTS, Kind, Table
from aggregator.storage.word_forms import KnownForms
from aggregator.types import PostgresUrl

_TYPES = {Kind.INTEGER: "int8", Kind.REAL: "float8", Kind.TEXT: "text", Kind.BYTES: "bytea"}
_NAMES = ", ".join(table.name for table in TABLES)
# We wait for the other side at times, which may take longer than others may be idle.
_AT_LEISURE = "SET idle_in_transaction_session_timeout = 0; SET tcp_user_timeout = 0"
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ"
_HOLD = f"SET LOCAL lock_timeout = '3s'; LOCK TABLE {_NAMES} IN SHARE MODE"
_REST = "regrouped, search, word_forms, workers"
_EMPTY = f"SET LOCAL lock_timeout = '3s'; TRUNCATE {_NAMES}, {_REST} RESTART IDENTITY"
_LOCKED = "55P03"
_AT_WORK = """
    SELECT name FROM workers
    WHERE seen_at > extract(epoch FROM clock_timestamp() - interval '1 minute') * 1000000
    ORDER BY name
"""
_GO_ON = """
    SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}
    WHERE {column} > 0
"""
_COUNTED = """
    SELECT table_name AS table, column_name AS column FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_identity = 'YES' AND table_name = ANY (?)
"""


class PostgresReader:
    """Implements `bulk.Reader` on a connection of its own."""

    def __init__(self, connection: Connection, where: Target) -> None:
        self._connection = connection
        self._where = where

    @contextmanager
    def ask(self) -> Iterator[Session]:
        with _faults(self._where):
            yield PostgresSession(self._connection)

    def rows(self, table: Table, after: Key | None = None) -> Iterator[Row]:
        selection = bulk.selection(table, beyond=after is not None, exact="{column} + 0")
        statement = rewritten(f"COPY ({selection}) TO STDOUT (FORMAT BINARY)")
        params = None if after is None else _written(after)
        with (
            _faults(self._where),
            self._connection.cursor() as cursor,
            cursor.copy(statement, params) as copy,
        ):
            copy.set_types(_types(table))
            for row in copy.rows():
                yield _read(row)


class PostgresFiller(PostgresReader):
    """Implements `bulk.Filler`; each statement is a transaction unless it is in one."""

    def __init__(self, connection: Connection, where: Target) -> None:
        super().__init__(connection, where)
        self._forms = KnownForms()

    def last(self, table: Table) -> Key | None:
        with self.ask() as session:
            key = bulk.last(session, table)
        return None if key is None else _read(key)

    def start(self, identity: int) -> None:
        with self._transaction() as session:
            self._connection.execute(_EMPTY)
            search_rebuild.set_up(session)
            unfinished.mark(session, identity)

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        statement = f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN (FORMAT BINARY)"
        written = [_written(row) for row in rows]
        with self._transaction() as session:
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.set_types(_types(table))
                for row in written:
                    copy.write_row(row)
            if table is TEXTS:
                session.index([row[:4] for row in written])  # type: ignore[misc]  # its columns

    def finish(self) -> None:
        with self.ask() as session:
            session.run(f"ANALYZE {_NAMES}, search")
        with self._transaction() as session:
            for row in session.rows(_COUNTED, ([table.name for table in TABLES],)):
                session.rows(_GO_ON.format(table=row["table"], column=row["column"]))
            unfinished.unmark(session)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        session = PostgresSession(self._connection, self._forms)
        with _faults(self._where), self._connection.transaction():
            yield session
            session.finish()
        session.committed()


@contextmanager
def reading(url: PostgresUrl) -> Iterator[PostgresReader]:
    """See `bulk.open_reader`."""
    where = target(url)
    _bring_up_to_date(url, where)
    with opened(url, read_only=True) as connection, _leading(url, where):
        _refuse_workers(connection, where)
        unfinished.refuse(PostgresSession(connection), where.name)
        connection.execute(_AT_LEISURE)
        connection.execute(_BEGIN)  # one state, beginning with the first question after the lock
        _hold(connection, where)
        yield PostgresReader(connection, where)


def _bring_up_to_date(url: PostgresUrl, where: Target) -> None:
    """Only a store of an older version: one that is up to date may be read only."""
    with _faults(where), closing(connect(url)) as connection:
        is_older = version(connection) > 0 and not is_up_to_date(connection)
    if is_older:
        with opened(url):
            pass


def _hold(connection: Connection, where: Target) -> None:
    try:
        connection.execute(_HOLD)
    except Error as error:
        if error.sqlstate != _LOCKED:
            raise
        raise InstanceRunning(
            f"another aggregator is writing to {where.name}; stop it first", pid=None
        ) from error


@contextmanager
def filling(url: PostgresUrl) -> Iterator[PostgresFiller]:
    """See `bulk.open_filler`."""
    where = target(url)
    with opened(url) as connection, _leading(url, where):
        _refuse_workers(connection, where)
        connection.execute(_AT_LEISURE)
        yield PostgresFiller(connection, where)


@contextmanager
def _leading(url: PostgresUrl, where: Target) -> Iterator[None]:
    """Whoever starts now does not lead, and so finds nothing to do."""
    role = PostgresRole(
        LEADER,
        lambda: connect(url),
        fault=lambda error: storage_error(error, where),
        closed=lambda: StorageError(f"the database {where.name} has been closed"),
    )
    try:
        if not role.take():
            raise InstanceRunning(
                f"another aggregator works on {where.name}; stop it first, on every machine "
                "(`aggregator workers` lists them)",
                pid=None,
            )
        yield
    finally:
        role.close()


def _refuse_workers(connection: Connection, where: Target) -> None:
    names = [row["name"] for row in connection.execute(_AT_WORK)]
    if names:
        raise InstanceRunning(
            f"{', '.join(names)} worked on {where.name} less than a minute ago; stop every "
            "aggregator first, and wait a minute where one was killed",
            pid=None,
        )


@contextmanager
def _faults(where: Target) -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise storage_error(error, where) from error


def _types(table: Table) -> list[str]:
    return [_TYPES[kind] for kind in table.columns.values()]


# --- texts


def _written(row: Row) -> Row:
    """NUL and the character after it, U+0001, each as two characters that keep their order.

    Neither is in what this version stores; a store of an earlier one may have them.
    """
    return tuple(
        value.replace("\1", "\1\4").replace("\0", "\1\1")
        if isinstance(value, str) and ("\0" in value or "\1" in value)
        else value
        for value in row
    )


def _read(row: Row) -> Row:
    return tuple(
        value.replace("\1\1", "\0").replace("\1\4", "\1")
        if isinstance(value, str) and "\1" in value
        else value
        for value in row
    )
