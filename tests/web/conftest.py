"""Applications over what the demo's press has published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from webhouse import Filled, House, fill, house


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def web(filled: Filled, tmp_path: Path) -> Iterator[House]:
    """One of its own for each test."""
    with house(filled, tmp_path) as made:
        yield made
