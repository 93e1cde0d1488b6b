"""Numbered migrations, and how they are applied to a SQLite database.

Its number is `PRAGMA user_version`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aggregator.errors import DatabaseTooNew, StorageError

APPLICATION_ID = 0x41474752
"""Marks the file as ours, for `file` and for us."""
_NAME = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    number: int
    name: str
    script: str


@cache
def migrations(backend: str = "sqlite") -> tuple[Migration, ...]:
    """Those of this version of the program, numbered from 1."""
    return tuple(
        Migration(number=number, name=name, script=file.read_text(encoding="utf-8"))
        for number, name, file in _files(backend)
    )


@cache
def newest() -> int:
    """The number that a SQLite database of this version has."""
    return _files("sqlite")[-1][0]


def _files(backend: str) -> list[tuple[int, str, Path]]:
    """(number, name, script), in order."""
    named = (
        (_NAME.fullmatch(file.name), file)
        for file in (Path(__file__).parent / "migrations" / backend).iterdir()
    )
    return sorted((int(name[1]), name[2], file) for name, file in named if name)


def missing(name: str) -> StorageError:
    return StorageError(f"there is no database at {name} yet: run `aggregator update` first")


def outdated(name: str) -> StorageError:
    return StorageError(
        f"{name} was written by an older version of this program: run `aggregator update` "
        "once to bring it up to date"
    )


def too_new(name: str, found: int, known: int) -> DatabaseTooNew:
    return DatabaseTooNew(
        f"{name} was written by a newer version of this program (schema {found}, this one "
        f"knows {known}): use that version, or another database"
    )


def version(connection: sqlite3.Connection) -> int:
    """0: a new file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    """Apply what the database lacks, a transaction each; `connection` is in autocommit mode.

    Processes that open the same file at once wait for each other, and each step is done once.
    """
    for step in steps:
        if version(connection) < step.number:
            _apply(connection, step)


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version(connection) < step.number:
            for statement in statements(step.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {step.number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def statements(script: str) -> Iterator[str]:
    """The statements of a script; those of a trigger's body stay in it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if re.sub(r"--[^\n]*", "", statement).strip():
        raise ValueError(f"unfinished statement: {statement.strip()[:80]}")
