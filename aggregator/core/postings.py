"""An inverted index: from a number (a shingle, a stem, a name) to the stories that have it.

The unit is the story, not the article: eighty copies of one text are one entry, so nothing ever
has to be dropped for being frequent among articles.

An entry is one integer, the number and then the story's root. Entries lie sorted in many small
arrays: 8 bytes each where a dict takes a hundred, and as quick to search.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest

import numpy as np
import numpy.typing as npt

_BUCKETS = 1 << 13
_PLACE = _BUCKETS - 1
_SHIFT = 8
"""Bits that say nothing about the place: where numbers are sampled, the lowest ones are 0."""
_BITS = 31
"""Of an entry that say which story; the number has the 32 before."""
_STORY = (1 << _BITS) - 1

Entries = npt.NDArray[np.uint64]


class Postings:
    """Which stories, by their roots (0 to 2**31 - 1), have a number (0 to 2**32 - 1)."""

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        self._sums = np.zeros(1_024)
        """By root; all 0 between questions."""

    def add(self, root: int, numbers: Iterable[int], *, begins: bool) -> None:
        """`begins`: the story is new, so that it has none of them yet."""
        buckets = self._buckets
        for number in numbers:
            entry = number << _BITS | root
            bucket = buckets[number >> _SHIFT & _PLACE]
            if begins:
                insort(bucket, entry)
            else:
                at = bisect_left(bucket, entry)
                if at == len(bucket) or bucket[at] != entry:
                    bucket.insert(at, entry)

    def discard(self, root: int, numbers: Iterable[int]) -> None:
        """Those that the story does not have are no error."""
        for number in numbers:
            entry = number << _BITS | root
            bucket = self._buckets[number >> _SHIFT & _PLACE]
            at = bisect_left(bucket, entry)
            if at < len(bucket) and bucket[at] == entry:
                del bucket[at]

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        """Take every entry out whose root is marked in `gone` (indexed by root)."""
        for place, bucket in enumerate(self._buckets):
            before = np.frombuffer(bucket, dtype=np.uint64)
            kept = before[~gone[_roots(before)]]
            if len(kept) < len(before):
                self._buckets[place] = array("Q", kept.tobytes())

    def find(
        self,
        numbers: Sequence[int],
        weights: Sequence[float],
        *,
        budget: int,
        limit: int,
        least: float,
        rank: Sequence[int],
    ) -> list[int]:
        """The stories for which the weights of those of `numbers` that they have add up to most,
        `least` or more; at most `limit`, of equals the one with the lower `rank` (by root).

        The rarest numbers are read first, and at most `budget` entries.
        """
        roots, sums = self._gather(numbers, weights, budget)
        near = np.flatnonzero(sums >= least)
        found = dict(zip(roots[near].tolist(), sums[near].tolist(), strict=True))
        ranked = [(-total, rank[root], root) for root, total in found.items()]
        return [root for _, _, root in nsmallest(limit, ranked)]

    def _gather(
        self, numbers: Sequence[int], weights: Sequence[float], budget: int
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
        """Roots, some of them several times, each with its sum."""
        buckets = self._buckets
        shared: list[tuple[int, int, float, array[int]]] = []
        for number, weight in zip(numbers, weights, strict=True):
            bucket = buckets[number >> _SHIFT & _PLACE]
            first = number << _BITS
            start = bisect_left(bucket, first)
            end = start
            try:
                if bucket[start] <= (last := first | _STORY):
                    end = start + 1
                    if bucket[end] <= last:
                        end = bisect_left(bucket, last, end, min(len(bucket), start + budget + 1))
            except IndexError:
                pass  # the bucket ends there
            if end > start:
                shared.append((end - start, number, weight, bucket[start:end]))
        shared.sort(key=_by_rarity)
        pieces: list[array[int]] = []
        lengths: list[int] = []
        spread: list[float] = []
        for length, _, weight, run in shared:
            budget -= length
            if budget < 0:
                break
            pieces.append(run)
            lengths.append(length)
            spread.append(weight)
        if not pieces:
            return _NOBODY
        roots = _roots(np.frombuffer(b"".join(pieces), dtype=np.uint64))
        if len(roots) and (most := int(roots.max())) >= len(self._sums):
            self._sums = np.zeros(2 * most + 1_024)
        np.add.at(self._sums, roots, np.repeat(spread, lengths))
        sums = self._sums[roots]
        self._sums[roots] = 0.0
        return roots, sums

    def __len__(self) -> int:
        """Entries."""
        return sum(map(len, self._buckets))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Entries: numbers, each with a root."""
        for bucket in self._buckets:
            for entry in bucket:
                yield entry >> _BITS, entry & _STORY


def _by_rarity(found: tuple[int, int, float, array[int]]) -> tuple[int, int]:
    return found[0], found[1]


def _roots(entries: Entries) -> npt.NDArray[np.intp]:
    return (entries & np.uint64(_STORY)).astype(np.intp)


_NOBODY = np.zeros(0, dtype=np.intp), np.zeros(0)
