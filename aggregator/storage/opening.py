"""From a path to connections: is the file there, is it ours, may it be used, is it up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from aggregator.errors import StorageError
from aggregator.storage import search_rebuild
from aggregator.storage.faults import BUSY, code, storage_error
from aggregator.storage.migrate import (
    APPLICATION_ID,
    migrate,
    migrations,
    missing,
    newest,
    outdated,
    too_new,
    version,
)
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.storage.sqlite_session import SqliteSession

T = TypeVar("T")
OLDEST_SQLITE = (3, 37, 0)
"""Strict tables; RETURNING came before."""
_LOG_LIMIT = 64 * 1024 * 1024
_CACHE_KIB = 16_000
_PAGE = 8_192
"""Bytes: articles and fingerprints fill it better than the default of 4,096 (a sixth smaller)."""


def open_writer(
    path: Path, *, busy_timeout: timedelta, progress: Progress = ignore
) -> sqlite3.Connection:
    """Create the file if need be, bring it up to date, and return the connection that writes.

    When the search index has to be made anew, which takes minutes for a million articles,
    `progress` is told how many of how many articles are in it.

    Raises StorageError: a directory, no permission, no database, another program's database;
    DatabaseTooNew; DatabaseBusy.
    """
    _refuse_old_sqlite()
    _create(path)
    connection = connect(path, mode="rw", busy_timeout=busy_timeout)
    try:
        _refuse_foreign(connection, path)
        connection.execute(f"PRAGMA page_size = {_PAGE}")  # only a new file takes it
        _use_log(connection, path, busy_timeout=busy_timeout)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Zeroing what is deleted is SQLite's default in some distributions only, and costs 3 %.
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        migrate(connection, migrations())
        _index(connection, progress)
    except sqlite3.Error as error:
        connection.close()
        raise storage_error(error, path, busy_timeout=busy_timeout) from error
    except BaseException:
        connection.close()
        raise
    return connection


def check_readable(path: Path, *, busy_timeout: timedelta) -> None:
    """Raises StorageError unless the file is a database of ours that is up to date."""
    _refuse_old_sqlite()
    if not path.exists():
        raise missing(str(path))
    _refuse_directory(path)
    try:
        connection = connect(path, mode="ro", busy_timeout=busy_timeout)
        try:
            _refuse_foreign(connection, path)
            is_current = is_up_to_date(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise storage_error(error, path, busy_timeout=busy_timeout) from error
    if not is_current:
        raise outdated(str(path))


def is_up_to_date(connection: sqlite3.Connection) -> bool:
    """Whether tables and search index are of this version; False: also of a new file."""
    if version(connection) < newest():
        return False
    return not search_rebuild.is_due(SqliteSession(connection))


def connect(path: Path, *, mode: str, busy_timeout: timedelta) -> sqlite3.Connection:
    """In autocommit mode, for any thread, rows by name; `mode` is "rw" or "ro"."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=busy_timeout.total_seconds(),
        cached_statements=2_048,
    )
    connection.row_factory = sqlite3.Row
    return connection


def reader(path: Path, *, busy_timeout: timedelta) -> sqlite3.Connection:
    """As `connect`, for reading much: what the index has of common words does not fit less."""
    connection = connect(path, mode="ro", busy_timeout=busy_timeout)
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_old_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise StorageError(
            f"Python was built with SQLite {sqlite3.sqlite_version}, and {needed} or newer is "
            "needed: use a newer Python"
        )


def _refuse_directory(path: Path) -> None:
    if path.is_dir():
        raise StorageError(f"{path} is a directory; name a file in it for the database")


def _create(path: Path) -> None:
    """Readable by its owner only: it holds the headers that feeds are asked with."""
    _refuse_directory(path)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except FileNotFoundError as error:
        raise StorageError(
            f"the directory {path.parent} does not exist: make it, or name another database"
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be opened for writing: {error.strerror}; check the permissions of "
            "the file and its directory"
        ) from error


def _index(connection: sqlite3.Connection, progress: Progress) -> None:
    """Make the search index if there is none of this version's words."""
    session = SqliteSession(connection)
    if not search_rebuild.is_due(session):
        return
    total, done = search_rebuild.how_many(session), 0
    while count := _in_transaction(connection, lambda: search_rebuild.go_on(session)):
        done += count
        progress(min(done, total), total)


def _in_transaction(connection: sqlite3.Connection, work: Callable[[], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work()
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _use_log(connection: sqlite3.Connection, path: Path, *, busy_timeout: timedelta) -> None:
    give_up_at = monotonic() + busy_timeout.total_seconds()
    while (mode := _log_mode(connection, last=monotonic() >= give_up_at)) is None:
        sleep(0.005)
    if mode != "wal":
        raise StorageError(
            f"{path} lies on a file system that cannot hold SQLite's write-ahead log; "
            "move it to a local disk"
        )


def _log_mode(connection: sqlite3.Connection, *, last: bool) -> str | None:
    """What the file now has; None: another process is in the way. SQLite does not wait for it by
    itself, as two that open a new file at once could wait for each other."""
    try:
        return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
    except sqlite3.Error as error:
        if last or code(error) not in BUSY:
            raise
        return None


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN")  # one state: another process may be creating the tables
    try:
        found = version(connection)
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        tables = connection.execute("SELECT 1 FROM sqlite_master").fetchall()
    finally:
        connection.rollback()
    if not ours and (found or tables):
        raise StorageError(f"{path} is a database of another program; name another file")
    if found > newest():
        raise too_new(str(path), found, newest())
