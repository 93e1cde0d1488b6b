"""PostgreSQL databases for many tests: copies of a migrated one, emptied and used again.

A database has some three hundred files; making and removing one for every test takes minutes.
"""

from __future__ import annotations

import psycopg
from postgres import Postgres

from aggregator.storage import postgres
from aggregator.storage.tables import TABLES
from aggregator.types import PostgresUrl

_MOVED = [table.name for table in reversed(TABLES)]
_OTHERS = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = current_schema() AND tablename <> ALL(%s)
"""
"""What a move leaves behind refers to what it takes along, never the other way. What a new database
has rows in, such as the number of its schema, stays."""
_FROM_ONE = [
    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{table.key[0]}'), 1, false)"
    for table in TABLES
    if table.key[0] in ("id", "seq")
]


class Copies:
    def __init__(self, server: Postgres) -> None:
        self._server = server
        url = server.create()
        postgres.open_storage(PostgresUrl(url)).close()
        with psycopg.connect(url) as connection:
            others = [
                name
                for (name,) in connection.execute(_OTHERS, (_MOVED,)).fetchall()
                if connection.execute(f"SELECT 1 FROM {name} LIMIT 1".encode()).fetchone() is None
            ]
        self._empty = "; ".join(
            [*(f"DELETE FROM {name}" for name in (*others, *_MOVED)), *_FROM_ONE]
        )
        self._template = server.name_of(url)
        self._free: list[str] = []

    def take(self) -> str:
        """The URI of an empty one with all its tables."""
        return self._free.pop() if self._free else self._server.create(self._template)

    def give_back(self, url: str) -> None:
        """It is open no longer."""
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(self._empty.encode())
        self._free.append(url)
