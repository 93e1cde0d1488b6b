"""A database as the rows of its tables, for moving a store as a whole.

Each backend has a Reader, which sees one state of the database, and a Filler, the only one that
writes to its database meanwhile. Rows are tuples of None, int, float, str and bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from aggregator.storage.backends import needs_extra
from aggregator.storage.sql import Session
from aggregator.storage.tables import Kind, Table
from aggregator.types import Database, PostgresUrl

Row = tuple[object, ...]
Key = tuple[object, ...]


class Reader(Protocol):
    """Errors: StorageError and its children."""

    def ask(self) -> AbstractContextManager[Session]:
        """For short questions about what `rows` reads."""

    def rows(self, table: Table, after: Key | None = None) -> Iterator[Row]:
        """Rows in the order of the key, only those beyond `after`; read as they are asked for."""


class Filler(Reader, Protocol):
    """It sees what it has written."""

    def last(self, table: Table) -> Key | None:
        """The largest key; None: the table is empty."""

    def start(self, identity: int) -> None:
        """Empty the database and mark it as being filled, in one transaction."""

    def write(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows in one transaction, and make texts searchable."""

    def finish(self) -> None:
        """Let numbers go on after the largest ones, and take the mark away, in one transaction."""


def open_reader(database: Database) -> AbstractContextManager[Reader]:
    """A store to read while nobody else works on it.

    One of an older version is brought up to date; one that is up to date is not written to.
    Raises InstanceRunning and other StorageErrors.
    """
    if isinstance(database, PostgresUrl):
        with needs_extra(database):
            from aggregator.storage import bulk_postgres  # noqa: PLC0415 - an optional extra
        return bulk_postgres.reading(database)
    from aggregator.storage import bulk_sqlite  # noqa: PLC0415 - as the other one

    return bulk_sqlite.reading(database)


def open_filler(database: Database) -> AbstractContextManager[Filler]:
    """A database to fill while nobody else works on it, created or brought up to date.

    Raises InstanceRunning and other StorageErrors.
    """
    if isinstance(database, PostgresUrl):
        with needs_extra(database):
            from aggregator.storage import bulk_postgres  # noqa: PLC0415 - an optional extra
        return bulk_postgres.filling(database)
    from aggregator.storage import bulk_sqlite  # noqa: PLC0415 - as the other one

    return bulk_sqlite.filling(database)


# --- the statements


def count(session: Session, table: Table) -> int:
    row = session.row(f"SELECT count(*) AS n FROM {table.name} WHERE {table.where}")  # noqa: S608 - names of our own
    return 0 if row is None else int(row["n"])


def last(session: Session, table: Table) -> Key | None:
    """See `Filler`."""
    order = ", ".join(f"{column} DESC" for column in table.key)
    row = session.row(
        f"SELECT {', '.join(table.key)} FROM {table.name} WHERE {table.where} "  # noqa: S608 - the same
        f"ORDER BY {order} LIMIT 1"
    )
    return None if row is None else tuple(row[column] for column in table.key)


def selection(table: Table, *, beyond: bool, exact: str = "{column}") -> str:
    """Every row in the order of the key; `beyond` a key that is given as parameters only.

    `exact` is how a column of floats is read.
    """
    columns = ", ".join(
        exact.format(column=column) if kind is Kind.REAL else column
        for column, kind in table.columns.items()
    )
    key = ", ".join(table.key)
    condition = f" AND ({key}) > ({', '.join('?' * len(table.key))})" if beyond else ""
    return f"SELECT {columns} FROM {table.name} WHERE {table.where}{condition} ORDER BY {key}"  # noqa: S608 - the same
