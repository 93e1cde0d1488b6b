"""Every test of the protocol runs on every backend: add one to BACKENDS, and it must pass them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from copies import Copies
from postgres import Postgres
from storemaker import OpenStore
from wire import OpenPostgres
from writerqueue import OpenSqlite

from aggregator.storage import postgres
from aggregator.storage.postgres import PostgresStorage
from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import PostgresUrl


class Backend(Protocol):
    def __call__(self, directory: Path) -> Storage:
        """Open the one database that belongs to a directory."""

    def done(self, directory: Path) -> None:
        """The databases of the directory, and of those in it, are not opened again."""


class _Sqlite:
    def __call__(self, directory: Path) -> Storage:
        return open_storage(directory / "news.db")

    def done(self, directory: Path) -> None:
        """Pytest removes the files."""


class _Postgres:
    def __init__(self, server: Postgres) -> None:
        self._copies = Copies(server)
        self._used: dict[Path, str] = {}

    def __call__(self, directory: Path) -> Storage:
        if directory not in self._used:
            self._used[directory] = self._copies.take()
        return postgres.open_storage(PostgresUrl(self._used[directory]))

    def done(self, directory: Path) -> None:
        for used in [one for one in self._used if one.is_relative_to(directory)]:
            self._copies.give_back(self._used.pop(used))


BACKENDS: dict[str, Callable[[pytest.FixtureRequest], Backend]] = {
    "sqlite": lambda _: _Sqlite(),
    "postgres": lambda request: _Postgres(request.getfixturevalue("postgres")),
}


@pytest.fixture(scope="session", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    return BACKENDS[request.param](request)


@pytest.fixture
def open_store(backend: Backend, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the test's one database; each call as another process would."""
    opened: list[Storage] = []

    def open_one() -> Storage:
        opened.append(backend(tmp_path))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
    backend.done(tmp_path)


@pytest.fixture
def open_fresh(backend: Backend, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens an empty database at each call."""
    opened: list[Storage] = []

    def open_one() -> Storage:
        directory = tmp_path / f"fresh-{len(opened)}"
        directory.mkdir()
        opened.append(backend(directory))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
    backend.done(tmp_path)


@pytest.fixture
def storage(open_store: OpenStore) -> Storage:
    return open_store()


PATIENCE = timedelta(seconds=30)


@pytest.fixture
def open_sqlite(tmp_path: Path) -> Iterator[OpenSqlite]:
    """Opens the test's one database; `busy_timeout` as given."""
    opened: list[SqliteStorage] = []

    def open_one(busy_timeout: timedelta = PATIENCE) -> SqliteStorage:
        opened.append(open_storage(tmp_path / "news.db", busy_timeout=busy_timeout))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def other(tmp_path: Path, open_sqlite: OpenSqlite) -> Iterator[sqlite3.Connection]:
    """Another process's connection; the database is there."""
    open_sqlite().close()
    connection = sqlite3.connect(
        tmp_path / "news.db", isolation_level=None, check_same_thread=False
    )
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def own_server() -> Iterator[Postgres]:
    """To be stopped, and started again in the same test."""
    with Postgres(synchronous_commit="on") as server:
        if not server.is_ours:
            pytest.skip("the server is not ours to stop or to change")
        yield server


@pytest.fixture
def open_postgres(postgres_url: str) -> Iterator[OpenPostgres]:
    """Opens PostgreSQL databases, the test's own unless another is named."""
    opened: list[PostgresStorage] = []

    def open_one(
        url: str | None = None, *, patience: timedelta = PATIENCE, read_only: bool = False
    ) -> PostgresStorage:
        where = PostgresUrl(postgres_url if url is None else url)
        opened.append(postgres.open_storage(where, patience=patience, read_only=read_only))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
