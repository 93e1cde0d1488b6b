"""A copy of a SQLite database that a service may go on writing to.

SQLite copies the file page by page. A read transaction holds the state that is copied: without it,
SQLite would begin anew after every commit of another process, and never end beside a busy service.
The copy is checked, made to stand alone (no write-ahead log beside it), and only then gets its
name.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from aggregator.errors import StorageError, UsageError
from aggregator.storage import unfinished
from aggregator.storage.faults import code, storage_error
from aggregator.storage.migrate import APPLICATION_ID
from aggregator.storage.opening import connect
from aggregator.storage.sqlite import SqliteSession

_PAGES = 1_000
"""Copied between two reports: 8 MB."""
_PATIENCE = timedelta(seconds=10)
_BESIDE = ("", "-wal", "-shm", "-journal", ".lock", ".status.json")
"""Names of files that belong to a database."""

Watch = Callable[[float], None]
"""Told which share is copied, from 0 to 1."""


def back_up(database: Path, target: Path, *, force: bool, watch: Watch) -> int:
    """Copy the database to the file `target`, readable by its owner only; its size in bytes.

    The copy holds all that was committed before the call, whoever writes meanwhile; what fails
    leaves no file behind. Raises UsageError when the target cannot be written, or exists (`force`:
    it is replaced), and StorageError when the database cannot be read or the copy is not whole.
    """
    _refuse_target(database, target, force=force)
    with _snapshot(database) as source, _part_of(target) as part:
        try:
            _copy(source, part, watch)
            _check(part, database)
            _sync(part)
            _publish(part, target, force=force)
            return target.stat().st_size
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"the backup could not be written into {target.parent} ({error}): is there room "
                "for it on the disk? Nothing of it was kept"
            ) from error


# --- the source


@contextmanager
def _snapshot(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state. An older version's database may be copied, too."""
    if not database.is_file():
        raise StorageError(f"there is no database at {database} yet: there is nothing to copy")
    try:
        with closing(connect(database, mode="ro", busy_timeout=_PATIENCE)) as connection:
            connection.execute("BEGIN")
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise StorageError(f"{database} is a database of another program")
            unfinished.refuse(SqliteSession(connection), str(database))
            yield connection
    except sqlite3.Error as error:
        raise storage_error(error, database, busy_timeout=_PATIENCE) from error


# --- the copy


@contextmanager
def _part_of(target: Path) -> Iterator[Path]:
    """A new file beside the target, for its owner only, gone in the end."""
    try:
        descriptor, name = tempfile.mkstemp(".part", f".{target.name}.", target.parent)
    except OSError as error:
        raise UsageError(
            f"{target.parent} cannot be written to ({error.strerror}): name another place"
        ) from error
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
    finally:
        for ending in _BESIDE:
            Path(f"{part}{ending}").unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, part: Path, watch: Watch) -> None:
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # all of it is synced in the end
        source.backup(
            copy,
            pages=_PAGES,
            progress=lambda _, remaining, total: watch(1 - remaining / max(total, 1)),
        )


def _check(part: Path, database: Path) -> None:
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        try:
            # A log would be a second file to keep; a service that opens the copy uses one again.
            copy.execute("PRAGMA journal_mode = DELETE")
            [[found]] = copy.execute("PRAGMA integrity_check(1)").fetchall()
        except sqlite3.Error as error:
            if code(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise
            found = str(error)
    if found != "ok":
        raise StorageError(
            f"{database} is damaged ({' '.join(found.split())}): its copy was not kept; restore "
            "an earlier backup"
        )


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- its name


def _refuse_target(database: Path, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a directory: name a file in it")
    if not target.parent.is_dir():
        raise UsageError(f"the directory {target.parent} does not exist: make it first")
    if target.resolve() in [Path(f"{database.resolve()}{ending}") for ending in _BESIDE]:
        raise UsageError(f"{target} belongs to the database itself: name another file")
    if target.exists() and not force:
        raise _exists(target)
    if Path(f"{target}-wal").exists():
        raise UsageError(
            f"{target} is in use as a database ({target}-wal is beside it): name another file"
        )


def _exists(target: Path) -> UsageError:
    return UsageError(
        f"{target} exists already and stays as it is: name another file, or give --force"
    )


def _publish(part: Path, target: Path, *, force: bool) -> None:
    """Give the copy its name at once and whole; without `force`, only one that is free."""
    if force:
        part.replace(target)
    else:
        try:
            target.hardlink_to(part)  # a rename would replace what has come there meanwhile
        except FileExistsError as error:
            raise _exists(target) from error
        except OSError:  # a file system without links
            if target.exists():
                raise _exists(target) from None
            part.replace(target)
    _sync(target.parent)
