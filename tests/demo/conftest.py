"""The press that tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pressreader import NOW

from aggregator.demo.press import Press


@pytest.fixture(scope="session")
def press() -> Iterator[Press]:
    """For tests that change nothing."""
    with Press(NOW) as running:
        yield running


@pytest.fixture
def own_press() -> Iterator[Press]:
    with Press(NOW) as running:
        yield running
