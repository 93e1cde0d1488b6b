"""The shared SQL as PostgreSQL runs it, and what makes texts searchable there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.storage.postgres_pool import Connection
from aggregator.storage.sql import Params, Row, chunks, insert
from aggregator.storage.tsvector import tsvector

LOCK_KEY = "hashtextextended(current_schema() || '/aggregator/' || %s, 0)"
"""An advisory lock is the server database's own, and we may share that with others of us, each in
its schema."""

_ALONE = f"SELECT pg_advisory_xact_lock({LOCK_KEY})"
_INDEX = "INSERT INTO search (article_id, vector) VALUES (%s, %s::tsvector)"
_REINDEX = "UPDATE search SET vector = %s::tsvector WHERE article_id = %s"
_MARK = re.compile(r"'[^']*'|\?|(?<!:):([a-z_]+)|%")


@lru_cache(maxsize=1_024)
def rewritten(sql: str) -> str:
    """The parameter marks of the shared SQL as psycopg writes them."""
    return _MARK.sub(_mark, sql)


def _mark(match: re.Match[str]) -> str:
    if match[1]:
        return f"%({match[1]})s"
    return "%s" if match[0] == "?" else match[0].replace("%", "%%")


class PostgresSession:
    """Implements `sql.Session` on a connection in a transaction."""

    __slots__ = ("_alone", "_connection")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._alone: set[str] = set()

    def rows(self, sql: str, params: Params = ()) -> Sequence[Row]:
        return self._connection.execute(rewritten(sql), params, binary=True).fetchall()

    def row(self, sql: str, params: Params = ()) -> Row | None:
        return self._connection.execute(rewritten(sql), params, binary=True).fetchone()

    def run(self, sql: str, params: Params = ()) -> int:
        return self._connection.execute(rewritten(sql), params).rowcount

    def add(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> list[int]:
        statement = rewritten(insert(table, columns, "RETURNING id"))
        ids: list[int] = []
        for chunk in chunks(rows):  # each row has a result of its own, kept until all are there
            with self._connection.cursor() as cursor:
                cursor.executemany(statement, chunk, returning=True)
                ids += [row["id"] for result in cursor.results() for row in result.fetchall()]
        return ids

    def many(self, sql: str, params: Sequence[Sequence[object]]) -> None:
        self._many(rewritten(sql), params)

    def index(self, texts: Sequence[tuple[int, str, str, str]]) -> None:
        self._many(
            _INDEX,
            [
                (article_id, tsvector(title, text, facets))
                for article_id, title, text, facets in texts
            ],
        )

    def reindex(self, text: tuple[int, str, str, str]) -> None:
        article_id, title, words, facets = text
        self._connection.execute(_REINDEX, (tsvector(title, words, facets), article_id))

    @property
    def locking(self) -> str:
        # Not FOR UPDATE: it would hold up rows that only refer to these.
        return "FOR NO KEY UPDATE"

    def alone(self, what: str) -> None:
        if what not in self._alone:
            self._connection.execute(_ALONE, (what,))
            self._alone.add(what)

    def _many(self, sql: str, params: Sequence[Sequence[object]]) -> None:
        """One round trip, however many."""
        if params:
            with self._connection.cursor() as cursor:
                cursor.executemany(sql, params)
