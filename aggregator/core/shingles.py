"""Word 3-grams of a text as hashes (shingles; Broder 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aggregator.core.arrays import Hashes, Keys, Places, as_bytes

SHINGLES: Final = 384
"""At most so many are kept."""

# Odd, with bits at random: the factors of a multiply-shift hash (Dietzfelbinger et al. 1997).
_FIRST = np.uint64(0x9E6C63D0876A9A47)
_SECOND = np.uint64(0xB10C9F2A6D53E8F5)
_THIRD = np.uint64(0xD6E8FEB86659FD93)
_LAST = np.uint64(0xC2B2AE3D27D4EB4F)
_HALF = np.uint64(32)
LOWER = np.uint64(0xFFFFFFFF)
_UPPER = ~LOWER
_COUNTED = np.arange(4_096, dtype=np.uint64)


def shingles(words: Hashes, bounds: Sequence[tuple[int, int]]) -> list[tuple[bytes, int]]:
    """Of each text the distinct ones in the order in which they first occur, no more than
    SHINGLES; and the step by which they were taken.

    Those are kept that the step, a power of two, divides: so the sample of a part is in the
    sample of the whole. `words` are those of all texts, `bounds` where each begins and ends.
    """
    mixed = _sequences(words)
    hashes = (mixed >> _HALF).astype(np.uint32)
    is_kept = np.zeros(len(mixed), np.bool_)
    for begin, end in bounds:
        is_kept[begin : max(begin, end - 2)] = True
    mixed &= _UPPER
    mixed |= _numbers(len(mixed))
    mixed = mixed[is_kept]
    mixed.sort()
    again = (~differ(mixed)).nonzero()[0]
    if len(again) and len(bounds) == 1:
        is_kept[mixed.take(again + 1) & LOWER] = False
    elif len(again):
        places = (mixed & LOWER).view(np.int64)
        one, other = places.take(again), places.take(again + 1)
        begins = [begin for begin, _ in bounds]
        of_one = np.searchsorted(begins, one, "right") == np.searchsorted(begins, other, "right")
        is_kept[other[of_one]] = False
    at = is_kept.nonzero()[0]
    kept = hashes.take(at)
    edges = at.searchsorted(np.array([bound for pair in bounds for bound in pair])).tolist()
    return [_sample(kept[begin:end]) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _sample(found: Hashes) -> tuple[bytes, int]:
    step = 1
    while len(found) > SHINGLES:
        step *= 2
        found = found[(found & np.uint32(step - 1)) == 0]
    return as_bytes(found), step


def _sequences(words: Hashes) -> Keys:
    """For each three words in a row, in order, a number whose upper half is their hash, all bits
    of it alike in worth.

    Sums and products are taken modulo 2^64; each half of a word's hash reaches the upper bits,
    of which a second product makes the result.
    """
    wide = words.astype(np.uint64)
    mixed = wide[:-2] * _FIRST
    mixed += wide[1:-1] * _SECOND
    mixed += wide[2:] * _THIRD
    mixed ^= mixed >> _HALF
    mixed *= _LAST
    return mixed


def sorted_with_places(hashes: Hashes) -> tuple[Keys, Places]:
    """In order, equals in their own, in the upper halves of numbers; and where each has stood.
    Faster than an argsort."""
    keyed = hashes.astype(np.uint64)
    keyed <<= _HALF
    keyed |= _numbers(len(keyed))
    keyed.sort()
    return keyed, (keyed & LOWER).view(np.int64)


def differ(keyed: Keys) -> NDArray[np.bool_]:
    """Of each but the first, whether its upper half is another than that of the one before."""
    return (keyed[1:] ^ keyed[:-1]) > LOWER


def _numbers(count: int) -> Keys:
    return _COUNTED[:count] if count <= len(_COUNTED) else np.arange(count, dtype=np.uint64)
