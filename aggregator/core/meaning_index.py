"""Which articles mean nearly the same, in whatever language and words: an exact search.

Vectors lie as signed bytes in one matrix and are multiplied block by block as floats. Every
product of two vectors of bytes with up to `EXACT` dimensions is an integer that such a float holds
exactly, so the result depends neither on the machine nor on the order of additions. A question to
100,000 vectors of 512 dimensions takes 10 ms and they take 53 MB, one to 10,000 takes 1 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXACT = 1_024
"""Dimensions: 1,024 products of at most 127 * 127 stay below 2 ** 24."""
_BLOCK = 512
"""Vectors that are multiplied at a time: they stay in the processor's cache, and are too few for
the library to share out among threads, which takes longer."""
_FIRST = 256
"""Places that a new index has."""


class MeaningIndex:
    """Finds the vectors nearest to one; slots are whole numbers that the caller chooses.

    Vectors are those of `core.meaning`, all of one length; others are left out.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._slots: NDArray[np.int64] = np.zeros(_FIRST, np.int64)
        self._lengths: NDArray[np.float64] = np.zeros(_FIRST, np.float64)
        self._vectors: NDArray[np.int8] = np.zeros((_FIRST, 0), np.int8)
        self._block: NDArray[np.float32] = np.zeros((_BLOCK, 0), np.float32)

    def __len__(self) -> int:
        return len(self._places)

    def add(self, slot: int, meaning: bytes) -> None:
        """A slot that is taken is overwritten; a vector that is empty or all 0 is not added."""
        self.remove(slot)
        vector = np.frombuffer(meaning, np.int8)
        if not self._fits(vector):
            return
        place = len(self._places)
        if place == len(self._slots):
            self._resize(2 * place)
        self._places[slot] = place
        self._slots[place] = slot
        self._vectors[place] = vector
        self._lengths[place] = _length(vector)

    def remove(self, slot: int) -> None:
        """The last vector takes its place. A slot that is not taken is no error."""
        place = self._places.pop(slot, None)
        if place is None:
            return
        last = len(self._places)
        if place < last:
            moved = int(self._slots[last])
            self._places[moved] = place
            self._slots[place] = moved
            self._vectors[place] = self._vectors[last]
            self._lengths[place] = self._lengths[last]
        if _FIRST < 4 * last < len(self._slots):
            self._resize(len(self._slots) // 2)

    def nearest(
        self,
        meaning: bytes,
        limit: int,
        *,
        least: float = 0.0,
        rank: Sequence[int] | None = None,
    ) -> list[tuple[int, float]]:
        """(slot, cosine) of at most `limit` vectors whose cosine is `least` or more: the nearest
        first, of equals the one with the lower `rank` (by slot; None: the slot itself) first."""
        query = np.frombuffer(meaning, np.int8)
        count = len(self._places)
        if not count or limit < 1 or len(query) != self._vectors.shape[1] or not query.any():
            return []
        cosines = self._products(query.astype(np.float32), count)
        cosines /= self._lengths[:count] * _length(query)
        found = np.flatnonzero(cosines >= least)
        if len(found) > limit:
            bar = np.partition(cosines[found], -limit)[-limit]
            found = found[cosines[found] >= bar]
        slots, scores = self._slots[found], cosines[found]
        ranks = slots if rank is None else np.array([rank[slot] for slot in slots.tolist()])
        order = np.lexsort((ranks, -scores))[:limit]
        return [(int(slots[at]), float(scores[at])) for at in order]

    def _products(self, query: NDArray[np.float32], count: int) -> NDArray[np.float64]:
        products = np.empty(count, np.float32)
        for start in range(0, count, _BLOCK):
            end = min(start + _BLOCK, count)
            block = self._block[: end - start]
            np.copyto(block, self._vectors[start:end])
            np.dot(block, query, out=products[start:end])
        return products.astype(np.float64)

    def _fits(self, vector: NDArray[np.int8]) -> bool:
        """The first one says how long all are."""
        dimensions = len(vector)
        if not 0 < dimensions <= EXACT or not vector.any():
            return False
        if not self._places and dimensions != self._vectors.shape[1]:
            self._vectors = np.zeros((len(self._slots), dimensions), np.int8)
            self._block = np.zeros((_BLOCK, dimensions), np.float32)
        return bool(dimensions == self._vectors.shape[1])

    def _resize(self, places: int) -> None:
        kept = len(self._places)
        for name in ("_slots", "_lengths", "_vectors"):
            before = getattr(self, name)
            after = np.zeros((places, *before.shape[1:]), before.dtype)
            after[:kept] = before[:kept]
            setattr(self, name, after)


def _length(vector: NDArray[np.int8]) -> float:
    whole = vector.astype(np.int64)
    return float(np.sqrt(np.dot(whole, whole)))
