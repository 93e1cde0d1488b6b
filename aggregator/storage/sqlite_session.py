"""The shared SQL as SQLite runs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from aggregator.storage.search_shards import Indexer
from aggregator.storage.sql import Params, Row, Text, insert


class SqliteSession:
    """Implements `sql.Session` on a connection in a transaction."""

    __slots__ = ("_connection", "_indexer")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._indexer = Indexer()

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

    def index(self, texts: Sequence[Text]) -> None:
        self._indexer.add(self, texts)

    def reindex(self, before: Text, now: Text) -> None:
        self._indexer.replace(self, before, now)

    def undone(self) -> None:
        """The transaction, or a part of it, was rolled back."""
        self._indexer.undone()

    @property
    def locking(self) -> str:
        return ""

    def alone(self, what: str) -> None:
        """Every writing transaction is."""
