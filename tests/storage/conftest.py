"""Every test of the protocol runs on every backend: add one to BACKENDS, and it must pass them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storemaker import OpenStore

from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import open_storage


def _sqlite(directory: Path) -> Storage:
    return open_storage(directory / "news.db")


BACKENDS: dict[str, Callable[[Path], Storage]] = {"sqlite": _sqlite}


@pytest.fixture(params=sorted(BACKENDS))
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
