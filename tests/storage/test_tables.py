"""The list of tables is the schema of every backend: a column added later cannot be forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from aggregator.storage.backends import open_storage
from aggregator.storage.tables import TABLES, TEXTS, Kind
from aggregator.types import Database, PostgresUrl

SQLITE = {
    Kind.INTEGER: "INTEGER",
    Kind.REAL: "REAL",
    Kind.TEXT: "TEXT",
    Kind.BYTES: "BLOB",
}
POSTGRES = {
    Kind.INTEGER: "bigint",
    Kind.REAL: "double precision",
    Kind.TEXT: "text",
    Kind.BYTES: "bytea",
}
STAYS = {
    "workers",
    "regrouped",
    "taken_out",
    "search",
    "search_shards",
    "search_trigrams",
    "word_forms",
}
"""Of processes, and what the destination builds anew."""
STAYS_POSTGRES = {"aggregator_schema", "engine_migrations"}


@dataclass(frozen=True, slots=True)
class Shape:
    columns: dict[str, str]
    key: tuple[str, ...]


def listed(names: Mapping[Kind, str]) -> dict[str, Shape]:
    return {
        table.name: Shape({name: names[kind] for name, kind in table.columns.items()}, table.key)
        for table in TABLES
    }


def create(database: Database) -> None:
    open_storage(database).close()


def test_it_is_the_schema_of_sqlite(tmp_path: Path) -> None:
    create(tmp_path / "news.db")
    found: dict[str, Shape] = {}
    with closing(sqlite3.connect(tmp_path / "news.db")) as connection:
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        ).fetchall()
        for (name,) in tables:
            rows = connection.execute(
                "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", (name,)
            ).fetchall()
            key = sorted((place, column) for column, _, place in rows if place)
            found[name] = Shape(
                {column: kind for column, kind, _ in rows}, tuple(column for _, column in key)
            )
    found = {
        name: shape
        for name, shape in found.items()
        if name not in STAYS and not name.startswith("sqlite_")
    }
    assert found == listed(SQLITE)


def test_it_is_the_schema_of_postgresql(postgres_url: str) -> None:
    create(PostgresUrl(postgres_url))
    with psycopg.connect(postgres_url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = current_schema() ORDER BY table_name, column_name"
        ).fetchall()
        keys = connection.execute(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
            "CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k (number, place) "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number "
            "WHERE i.indisprimary AND c.relnamespace = current_schema()::regnamespace "
            "ORDER BY c.relname, k.place"
        ).fetchall()
    stays = STAYS | STAYS_POSTGRES
    found = {
        name: Shape(
            {column: kind for table, column, kind in columns if table == name},
            tuple(column for table, column in keys if table == name),
        )
        for name in {table for table, _, _ in columns} - stays
        if not name.startswith("procrastinate_")
    }
    assert found == listed(POSTGRES)


def test_texts_begin_with_what_is_indexed() -> None:
    assert [*TEXTS.columns][:4] == ["article_id", "title", "text", "facets"]


def test_each_comes_after_those_it_refers_to(tmp_path: Path) -> None:
    create(tmp_path / "news.db")
    names = [table.name for table in TABLES]
    with closing(sqlite3.connect(tmp_path / "news.db")) as connection:
        for at, name in enumerate(names):
            for (parent,) in connection.execute(
                'SELECT "table" FROM pragma_foreign_key_list(?)', (name,)
            ):
                assert parent in names[:at]
