"""Every test of the protocol runs on every backend: add one to BACKENDS, and it must pass them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from storemaker import OpenStore
from writerqueue import OpenSqlite

from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import SqliteStorage, open_storage


def _sqlite(directory: Path) -> Storage:
    return open_storage(directory / "news.db")


BACKENDS: dict[str, Callable[[Path], Storage]] = {"sqlite": _sqlite}


@pytest.fixture(scope="session", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Callable[[Path], Storage]:
    return BACKENDS[request.param]


@pytest.fixture
def open_store(backend: Callable[[Path], Storage], tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the test's one database; each call as another process would."""
    opened: list[Storage] = []

    def open_one() -> Storage:
        opened.append(backend(tmp_path))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def open_fresh(backend: Callable[[Path], Storage], tmp_path: Path) -> Iterator[OpenStore]:
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
