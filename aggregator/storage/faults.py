"""SQLite's errors as sentences that name the file."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from aggregator.errors import DatabaseBusy, StorageError

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
LASTING = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
"""The database's trouble, not one statement's: nothing else in the transaction can be trusted."""


def code(error: sqlite3.Error) -> int:
    """The primary result code; 0: the error is Python's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def storage_error(error: sqlite3.Error, path: Path, *, busy_timeout: timedelta) -> StorageError:
    sentences = {
        sqlite3.SQLITE_FULL: "the disk is full: {path} cannot grow; free some space, then "
        "start again (nothing that was stored is lost)",
        sqlite3.SQLITE_IOERR: "reading or writing {path} failed ({error}); check the disk, "
        "then run `aggregator check`",
        sqlite3.SQLITE_NOMEM: "there is not enough memory to work on {path}",
        sqlite3.SQLITE_CORRUPT: "{path} is damaged ({error}); restore it from a backup",
        sqlite3.SQLITE_NOTADB: "{path} is no SQLite database; name another file, or move this one",
        sqlite3.SQLITE_READONLY: "{path} may not be written by this user; check the permissions "
        "of the file and its directory",
        sqlite3.SQLITE_PERM: "{path} may not be opened by this user; check its permissions",
        sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened; check that its directory exists and "
        "may be written by this user",
    }
    kind = code(error)
    if kind in BUSY:
        return DatabaseBusy(
            f"another process has been writing to {path} for {busy_timeout.total_seconds():g} s; "
            "try again when it is done"
        )
    sentence = sentences.get(kind, "{path} cannot be used: {error}")
    return StorageError(sentence.format(path=path, error=error))
