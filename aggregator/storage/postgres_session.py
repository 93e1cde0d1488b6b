"""The shared SQL as PostgreSQL runs it, and what makes texts searchable there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.storage.facets import language_of
from aggregator.storage.postgres_pool import Connection
from aggregator.storage.sql import Params, Row, Text, chunks, insert
from aggregator.storage.tsvector import split, tsvector
from aggregator.storage.word_forms import HeardForms, KnownForms

LOCK_KEY = "hashtextextended(current_schema() || '/aggregator/' || %s, 0)"
"""An advisory lock is the server database's own, and we may share that with others of us, each in
its schema."""

_ALONE = f"SELECT pg_advisory_xact_lock({LOCK_KEY})"
_INDEX = "INSERT INTO search (lexemes, length, article_id) VALUES (%s::tsvector, %s, %s)"
_REINDEX = "UPDATE search SET lexemes = %s::tsvector, length = %s WHERE article_id = %s"
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
    """Implements `sql.Session` on a connection in a transaction.

    Who makes texts searchable by it calls `finish` before COMMIT and `committed` after it.
    """

    __slots__ = ("_alone", "_connection", "_forms")

    def __init__(self, connection: Connection, forms: KnownForms | None = None) -> None:
        """`forms`: what is known of the database's words; None: nothing."""
        self._connection = connection
        self._alone: set[str] = set()
        self._forms = HeardForms(KnownForms() if forms is None else forms)

    def finish(self) -> None:
        self._forms.store(self)

    def committed(self) -> None:
        self._forms.committed()

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

    def index(self, texts: Sequence[Text]) -> None:
        self._many(_INDEX, list(map(self._indexed, texts)))

    def reindex(self, before: Text, now: Text) -> None:  # noqa: ARG002 - SQLite needs it
        self._connection.execute(_REINDEX, self._indexed(now))

    def _indexed(self, text: Text) -> tuple[str, int, int]:
        article_id, title, body, facets = text
        words = split(title, body, facets)
        self._forms.hear(language_of(facets), {*words.title, *words.text})
        return tsvector(words), words.length, article_id

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
