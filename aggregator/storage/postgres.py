"""The store in a PostgreSQL database that any number of processes share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TypeVar

from aggregator.core.query_tree import Node
from aggregator.errors import StorageError
from aggregator.storage import (
    postgres_check,
    unfinished,
)
from aggregator.storage.postgres_clock import ServerClock
from aggregator.storage.postgres_faults import storage_error
from aggregator.storage.postgres_migrate import opened
from aggregator.storage.postgres_pool import SIZE, Pool, connect, target
from aggregator.storage.postgres_role import PostgresRole
from aggregator.storage.postgres_search import PostgresFinder
from aggregator.storage.postgres_transactions import Transactions, server_time
from aggregator.storage.protocol import Role
from aggregator.storage.search_pages import Finder
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.storage.sql import Session
from aggregator.storage.verbs import Verbs
from aggregator.types import PostgresUrl

T = TypeVar("T")

PATIENCE = timedelta(seconds=30)
"""How long a verb tries: longer than a server takes to restart."""


def open_storage(
    url: PostgresUrl,
    *,
    read_only: bool = False,
    patience: timedelta = PATIENCE,
    progress: Progress = ignore,
) -> PostgresStorage:
    """Open the database, making the tables and bringing them up to date unless `read_only`.

    `patience`: how long a verb goes on trying while the server restarts or others are in the way.
    Raises StorageError (no server, no such database, no permission, another program's tables, …)
    and DatabaseTooNew.
    """
    return PostgresStorage(url, read_only=read_only, patience=patience, progress=progress)


class PostgresStorage(Verbs):
    """Implements `protocol.Storage`; the verbs are described there.

    Takes at most `postgres_pool.SIZE` connections, and one for each role.
    """

    def __init__(
        self,
        url: PostgresUrl,
        *,
        read_only: bool,
        patience: timedelta,
        progress: Progress = ignore,
    ) -> None:
        """See `open_storage`."""
        self._url = url
        self._target = target(url)
        self._read_only = read_only
        self._clock = ServerClock()
        self._closed = False
        self._roles: list[PostgresRole] = []
        with opened(url, read_only=read_only, patience=patience, progress=progress) as connection:
            self._clock.measure(lambda: server_time(connection))
        self._pool = Pool(
            lambda: connect(url),
            size=SIZE,
            busy=self._busy_error,
            closed=self._closed_error,
        )
        self._transactions = Transactions(self._pool, self._target, self._clock, patience=patience)
        try:
            self._read(lambda session: unfinished.refuse(session, self._target.name))
        except BaseException:
            self.close()
            raise

    @property
    def shared(self) -> bool:
        return True

    def clock(self) -> datetime:
        return self._clock.now()

    def role(self, name: str) -> Role:
        role = PostgresRole(
            name,
            lambda: connect(self._url),
            fault=lambda error: storage_error(error, self._target),
            closed=self._closed_error,
        )
        self._roles.append(role)
        if self._closed:
            role.close()
        return role

    def close(self) -> None:
        self._closed = True
        for role in self._roles:
            role.close()
        self._pool.close()

    def _busy_error(self) -> StorageError:
        return StorageError(
            f"all {SIZE} connections to {self._target.name} have been in use for too long: try "
            "again"
        )

    def _closed_error(self) -> StorageError:
        return StorageError(f"the database {self._target.name} has been closed")

    def _read(self, work: Callable[[Session], T]) -> T:
        return self._transactions.read(work)

    def _reading(self) -> AbstractContextManager[Session]:
        return self._transactions.reading()

    def _write(self, work: Callable[[Session], T]) -> T:
        if self._read_only:
            raise StorageError(f"{self._target.name} was opened for reading only")
        return self._transactions.write(work)

    def _finder(self, session: Session, root: Node) -> Finder:
        return PostgresFinder(session, root)

    def check(self) -> list[str]:
        return self._read(postgres_check.problems)
