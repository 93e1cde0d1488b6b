"""Which backend a database takes. Each is imported when it is used, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

from aggregator.errors import StorageError
from aggregator.storage.instance import instance_lock
from aggregator.storage.protocol import Storage
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.types import Database, PostgresUrl

_EXTRA = {"procrastinate", "psycopg", "psycopg_pool"}


def open_storage(
    database: Database,
    *,
    read_only: bool = False,
    patience: timedelta | None = None,
    progress: Progress = ignore,
) -> Storage:
    """Open the database, making it and bringing it up to date unless `read_only`.

    `patience`: how long this, and each verb after it, waits for others and for a server that
    does not answer; None: as long as suits the backend. `progress` is told when the search index
    has to be made anew, which takes minutes for a million articles. Raises StorageError and its
    children.
    """
    if isinstance(database, Path):
        from aggregator.storage import sqlite  # noqa: PLC0415 - see the module's docstring

        return sqlite.open_storage(
            database,
            read_only=read_only,
            busy_timeout=patience or sqlite.BUSY_TIMEOUT,
            progress=progress,
        )
    with needs_extra(database):
        from aggregator.storage import postgres  # noqa: PLC0415 - see the module's docstring
    return postgres.open_storage(
        database,
        read_only=read_only,
        patience=patience or postgres.PATIENCE,
        progress=progress,
    )


def fresh_schema(url: PostgresUrl, name: str) -> PostgresUrl:
    """The same database, but with an empty schema of that name that all tables go into.

    One that an earlier call has made is replaced. Raises StorageError for anybody else's, and
    when the database cannot be reached.
    """
    with needs_extra(url):
        from aggregator.storage import (  # noqa: PLC0415 - see the module's docstring
            postgres_faults,
            postgres_pool,
        )
    try:
        return postgres_pool.fresh_schema(url, name)
    except postgres_pool.Error as error:
        raise postgres_faults.storage_error(error, postgres_pool.target(url)) from error


def alone(database: Database) -> AbstractContextManager[None]:
    """While the block runs, nobody else works on a file; a PostgreSQL database is shared.

    Raises InstanceRunning.
    """
    return instance_lock(database) if isinstance(database, Path) else nullcontext()


@contextmanager
def needs_extra(database: Database) -> Iterator[None]:
    """Around the import of what takes the libraries of the extra `postgres`.

    Raises StorageError where they are missing.
    """
    try:
        yield
    except ImportError as error:
        # psycopg without its C library raises an error that names no module.
        if error.name is not None and error.name.partition(".")[0] not in _EXTRA:
            raise
        raise StorageError(
            f"{database} takes libraries that are not installed: install aggregator[postgres]"
        ) from error
