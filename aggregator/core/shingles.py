"""Word 3-grams of a text as hashes (shingles; Broder 1997)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.core.arrays import Hashes, Places

SHINGLES: Final = 384
"""At most so many are kept."""

# Odd, with bits at random: the factors of a multiply-shift hash (Dietzfelbinger et al. 1997).
_FIRST = np.uint64(0x9E6C63D0876A9A47)
_SECOND = np.uint64(0xB10C9F2A6D53E8F5)
_THIRD = np.uint64(0xD6E8FEB86659FD93)
_LAST = np.uint64(0xC2B2AE3D27D4EB4F)
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


def sequences(words: Hashes) -> Hashes:
    """A hash of each three words in a row, in order, all bits of it alike in worth.

    Sums and products are taken modulo 2^64; each half of a word's hash reaches the upper bits,
    of which a second product makes the result.
    """
    if len(words) < 3:
        return np.zeros(0, np.uint32)
    wide = words.astype(np.uint64)
    mixed = wide[:-2] * _FIRST
    mixed += wide[1:-1] * _SECOND
    mixed += wide[2:] * _THIRD
    mixed ^= mixed >> _HALF
    mixed *= _LAST
    return (mixed >> _HALF).astype(np.uint32)


def sample(hashes: Hashes) -> tuple[Hashes, int]:
    """The distinct ones in order, no more than SHINGLES, and the step by which they were taken.

    Those are kept that the step, a power of two, divides: so the sample of a part is in the
    sample of the whole.
    """
    found = distinct(hashes)
    step = 1
    while len(found) > SHINGLES:
        step *= 2
        found = found[(found & np.uint32(step - 1)) == 0]
    return found, step


def distinct(hashes: Hashes) -> Hashes:
    """Each once, in the order in which they first occur."""
    ordered, places = sort_with_places(hashes)
    at = places[starts_of_groups(ordered)]
    at.sort()
    return hashes[at]


def sort_with_places(hashes: Hashes) -> tuple[Hashes, Places]:
    """In order, and where each has stood; equals stay in order. Faster than an argsort."""
    keyed = hashes.astype(np.uint64)
    keyed <<= _HALF
    keyed |= np.arange(len(hashes), dtype=np.uint64)
    keyed.sort()
    return (keyed >> _HALF).astype(np.uint32), (keyed & _LOWER).astype(np.intp)


def starts_of_groups(ordered: Hashes) -> NDArray[np.bool_]:
    """Of each, whether it differs from the one before it."""
    starts = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    return starts
