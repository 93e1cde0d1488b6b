"""The store in one SQLite file: every verb, on its way to a reader or to the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aggregator.errors import StorageError
from aggregator.storage import faults, unfinished
from aggregator.storage.instance import instance_lock
from aggregator.storage.opening import check_readable, open_writer, reader
from aggregator.storage.protocol import Role
from aggregator.storage.readers import Readers
from aggregator.storage.search import SqliteFinder
from aggregator.storage.search_pages import Finder
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.storage.sql import Session
from aggregator.storage.sqlite_session import SqliteSession
from aggregator.storage.verbs import Verbs

if TYPE_CHECKING:
    from aggregator.core.query_tree import Node
    from aggregator.storage.writer import Writer
    from aggregator.types import CleanUpReport

__all__ = ["SqliteSession", "SqliteStorage", "instance_lock", "open_storage"]

T = TypeVar("T")

BUSY_TIMEOUT = timedelta(seconds=10)
_ATTEMPT = timedelta(milliseconds=250)
"""One wait for the write lock; the writer repeats it until the whole time has passed."""


def open_storage(
    path: Path,
    *,
    read_only: bool = False,
    busy_timeout: timedelta = BUSY_TIMEOUT,
    progress: Progress = ignore,
) -> SqliteStorage:
    """Open the database, creating it and bringing it up to date unless `read_only`.

    To bring a large one up to date may take minutes: `progress` is told, as `opening.open_writer`
    has it. Raises StorageError (no database, another program's, a directory, no permission),
    DatabaseBusy and DatabaseTooNew. Reading works while another process writes.
    """
    return SqliteStorage(path, read_only=read_only, busy_timeout=busy_timeout, progress=progress)


class _Everyones:
    """A role in a database that one process has to itself."""

    def take(self) -> bool:
        return True

    def drop(self) -> None:
        """Nobody waits for it."""


class SqliteStorage(Verbs):
    """Implements `protocol.Storage`; the verbs are described there."""

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool,
        busy_timeout: timedelta,
        progress: Progress = ignore,
    ) -> None:
        """See `open_storage`."""
        self._path = path
        self._busy_timeout = busy_timeout
        self._writer: Writer | None = None
        if read_only:
            check_readable(path, busy_timeout=busy_timeout)
        else:
            from aggregator.storage.writer import Writer  # noqa: PLC0415 - readers have none

            connection = open_writer(path, busy_timeout=busy_timeout, progress=progress)
            attempt = min(_ATTEMPT, busy_timeout)
            connection.execute(f"PRAGMA busy_timeout = {attempt // timedelta(milliseconds=1)}")
            session = SqliteSession(connection)
            self._writer = Writer(
                connection,
                session,
                undone=session.undone,
                busy_timeout=busy_timeout.total_seconds(),
                fault=self._fault,
                closed=self._closed_error,
            )
        self._readers = Readers(
            lambda: reader(path, busy_timeout=busy_timeout),
            fault=self._fault,
            closed=self._closed_error,
        )
        try:
            self._read(lambda session: unfinished.refuse(session, str(path)))
        except BaseException:
            self.close()
            raise

    @property
    def shared(self) -> bool:
        return False

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def role(self, name: str) -> Role:  # noqa: ARG002 - all roles are alike here
        return _Everyones()

    def close(self) -> None:
        self._readers.close()
        if self._writer is not None:
            self._writer.close()

    def _fault(self, error: sqlite3.Error) -> StorageError:
        return faults.storage_error(error, self._path, busy_timeout=self._busy_timeout)

    def _closed_error(self) -> StorageError:
        return StorageError(f"the database {self._path} has been closed")

    def _write(self, work: Callable[[Session], T]) -> T:
        return self._checked_writer().run(work)

    def _write_alone(self, work: Callable[[Session], T]) -> T:
        """In no transaction."""
        return self._checked_writer().run(work, alone=True)

    def _checked_writer(self) -> Writer:
        if self._writer is None:
            raise StorageError(f"{self._path} was opened for reading only")
        return self._writer

    def _read(self, work: Callable[[Session], T]) -> T:
        with self._reading() as session:
            return work(session)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._readers.borrow() as connection:
            yield SqliteSession(connection)

    def _finder(self, session: Session, root: Node) -> Finder:
        return SqliteFinder(session, root)

    def clean_up(self, *, window: timedelta, keep_pages: timedelta) -> CleanUpReport:
        dropped = super().clean_up(window=window, keep_pages=keep_pages)
        log = self._path.with_name(self._path.name + "-wal")
        size = log.stat().st_size if log.exists() else 0
        self._write_alone(lambda session: session.rows("PRAGMA wal_checkpoint(TRUNCATE)"))
        return replace(dropped, details={"log_bytes": size})

    def check(self) -> list[str]:
        from aggregator.storage import (  # noqa: PLC0415 - takes a quarter of a second
            housekeeping,
            schema_check,
            search_check,
        )

        with self._readers.borrow() as connection:
            session = SqliteSession(connection)
            return [
                *_integrity(connection),
                *schema_check.problems(connection),
                *search_check.problems(session),
                *housekeeping.drifts(session),
            ]


def _integrity(connection: sqlite3.Connection) -> list[str]:
    damage = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
    orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    return [
        *(f"the file is damaged: {line}" for line in damage if line != "ok"),
        *(
            f"row {row['rowid']} of {row['table']} belongs to a row of {row['parent']} "
            "that is not there"
            for row in orphans
        ),
    ]
