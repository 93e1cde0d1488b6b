"""A mark says what share of an article a word is, whatever else changes."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from aggregator.core.prominence import BITS, SHARES, marks
from aggregator.core.terms import FORCE
from aggregator.core.weights import UNIT


@pytest.mark.parametrize(
    ("forces", "says"),
    [([60, 120, 200], [3.0, 6.0, 7.0]), ([40] * 200, [6.0] * 200), ([90], [8.0])],
)
def test_it_is_the_share_within_a_twentieth(forces: list[int], says: list[float]) -> None:
    length = sqrt(sum((force * say) ** 2 for force, say in zip(forces, says, strict=True)))
    square = sum((force * say * UNIT) ** 2 for force, say in zip(forces, says, strict=True))
    found = SHARES[marks(np.array(forces, np.uint8), square)]
    assert found == pytest.approx([force / length for force in forces], rel=0.055)


def test_what_is_beyond_the_ends_has_the_mark_of_the_end() -> None:
    assert marks(np.array([255], np.uint8), 0.0).tolist() == [(1 << BITS) - 1]
    assert marks(np.array([0, 1], np.uint8), 1e15 * FORCE).tolist() == [0, 0]
