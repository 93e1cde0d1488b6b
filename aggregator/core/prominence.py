"""How much of what an article says is said by a word, small enough to lie in an index.

What a word says changes with the stream, so a mark holds what does not change: how strongly the
word stands in the article, as a share of the length of the article's vector by what words say
before the first article. Times what the word says now, that is about the word's part in the
vector of the article, by which candidates are told from others before they are recalled.
"""

from __future__ import annotations

from math import log

import numpy as np
import numpy.typing as npt

from aggregator.core.arrays import Bytes, Hashes
from aggregator.core.weights import UNIT

BITS = 6
"""Of a mark."""
_FLOOR = log(0.004)
_STEP = 0.1
"""Marks are logarithms in such steps: each stands for a tenth more than the one before."""
_LOGARITHMS = np.log(np.arange(256).clip(1)) / _STEP
SHARES: npt.NDArray[np.float64] = np.exp(_FLOOR + _STEP * np.arange(1 << BITS))
"""What each mark stands for."""


def marks(forces: Bytes, square: float) -> Hashes:
    """Of words of an article, by the forces that its fingerprint has.

    `square` is that of its vector's length, in the units of forces and of what words say.
    """
    offset = (log(max(square, 1.0)) / 2 - log(UNIT) + _FLOOR) / _STEP
    steps = np.rint(_LOGARITHMS.take(forces) - offset)
    found: Hashes = np.minimum(np.maximum(steps, 0), (1 << BITS) - 1).astype(np.uint32)
    return found
