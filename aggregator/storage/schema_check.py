"""Compares what a SQLite file describes of itself with what a new one would.

The only importer of sqlite-utils, which takes a quarter of a second to import: do so when it is
needed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import sqlite_utils
from sqlite_utils.db import Table

from aggregator.storage.migrate import migrate, migrations

Index = tuple[str, ...]


def problems(connection: sqlite3.Connection) -> list[str]:
    """A sentence for each table, column or index that is missing or is another one. What somebody
    has added besides is no problem."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    fresh.row_factory = sqlite3.Row
    try:
        migrate(fresh, migrations())
        return list(_differences(_described(fresh), _described(connection)))
    finally:
        fresh.close()


def _described(connection: sqlite3.Connection) -> sqlite_utils.Database:
    return sqlite_utils.Database(connection, recursive_triggers=False, execute_plugins=False)


def _differences(wanted: sqlite_utils.Database, found: sqlite_utils.Database) -> Iterator[str]:
    there = set(found.table_names())
    for name in wanted.table_names():
        if name.startswith("sqlite_"):
            continue
        if name not in there:
            yield f"the table {name} is gone"
            continue
        yield from _of_table(name, wanted.table(name), found.table(name))


def _of_table(name: str, wanted: Table, found: Table) -> Iterator[str]:
    columns = {column.name: column for column in found.columns}
    for column in wanted.columns:
        other = columns.get(column.name)
        if other is None:
            yield f"the table {name} has no column {column.name} any more"
        elif (column.type, column.notnull, column.is_pk) != (
            other.type,
            other.notnull,
            other.is_pk,
        ):
            yield f"the column {column.name} of the table {name} is declared otherwise"
    there = {index.name: _shape(index) for index in found.indexes}
    for index in wanted.indexes:
        if index.name.startswith("sqlite_autoindex"):
            continue
        if index.name not in there:
            yield f"the index {index.name} of the table {name} is gone"
        elif there[index.name] != _shape(index):
            yield f"the index {index.name} of the table {name} is another one"


def _shape(index: sqlite_utils.db.Index) -> tuple[bool, Index]:
    return bool(index.unique), tuple(index.columns)
