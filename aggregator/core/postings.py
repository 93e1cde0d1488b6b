"""An inverted index: from a number (a shingle, a stem, a name) to the stories that have it.

The unit is the story, not the article: eighty copies of one text are one entry, so nothing ever
has to be dropped for being frequent among articles.

An entry is one integer, the number and then the story's root. Entries lie sorted in segments, each
with a short list of those that have come of late, which is merged into the long one when it has
grown: 8 bytes an entry where a dict takes a hundred, and as quick to search.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest

import numpy as np
import numpy.typing as npt

_SEGMENTS = 1 << 8
_PLACE = _SEGMENTS - 1
_SHIFT = 8
"""Bits that say nothing about the place: where numbers are sampled, the lowest ones are 0."""
_BITS = 31
"""Of an entry that say which story; the number has the 32 before."""
_STORY = (1 << _BITS) - 1
_LATE = 256
"""Entries that a short list has at most, besides one for each `_SHARE` in the long one."""
_SHARE = 64

Entries = npt.NDArray[np.uint64]


class Postings:
    """Which stories, by their roots (0 to 2**31 - 1), have a number (0 to 2**32 - 1)."""

    def __init__(self) -> None:
        self._long = [array("Q") for _ in range(_SEGMENTS)]
        self._late = [array("Q") for _ in range(_SEGMENTS)]
        self._sums = np.zeros(1_024)
        """By root; all 0 between questions."""

    def add(self, root: int, numbers: Iterable[int], *, begins: bool) -> None:
        """`begins`: the story is new, so that it has none of them yet."""
        for number in numbers:
            entry = number << _BITS | root
            place = number >> _SHIFT & _PLACE
            late = self._late[place]
            if begins or not (_holds(late, entry) or _holds(self._long[place], entry)):
                insort(late, entry)
                if len(late) > _LATE and len(late) > _LATE + len(self._long[place]) // _SHARE:
                    self._merge(place)

    def discard(self, root: int, numbers: Iterable[int]) -> None:
        """Those that the story does not have are no error."""
        for number in numbers:
            entry = number << _BITS | root
            place = number >> _SHIFT & _PLACE
            for entries in (self._late[place], self._long[place]):
                at = bisect_left(entries, entry)
                if at < len(entries) and entries[at] == entry:
                    del entries[at]

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        """Take every entry out whose root is marked in `gone` (indexed by root)."""
        for lists in (self._long, self._late):
            for place, entries in enumerate(lists):
                before = np.frombuffer(entries, dtype=np.uint64)
                kept = before[~gone[_roots(before)]]
                if len(kept) < len(before):
                    lists[place] = _packed(kept)

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
        shared: list[tuple[int, int, float, array[int], array[int]]] = []
        longs, lates = self._long, self._late
        for number, weight in zip(numbers, weights, strict=True):
            place = number >> _SHIFT & _PLACE
            first = number << _BITS
            long, late = longs[place], lates[place]
            in_long, in_late = bisect_left(long, first), bisect_left(late, first)
            last = first | _STORY
            mine = _run(long, in_long, last, budget)
            newer = _run(late, in_late, last, budget)
            if length := len(mine) + len(newer):
                shared.append((length, number, weight, mine, newer))
        shared.sort(key=_by_rarity)
        pieces = []
        lengths = []
        spread = []
        for length, _, weight, long, late in shared:
            budget -= length
            if budget < 0:
                break
            pieces += [long, late]
            lengths.append(length)
            spread.append(weight)
        roots = _roots(np.frombuffer(b"".join(pieces), dtype=np.uint64))
        if len(roots) and (most := int(roots.max())) >= len(self._sums):
            self._sums = np.zeros(2 * most + 1_024)
        np.add.at(self._sums, roots, np.repeat(spread, lengths))
        sums = self._sums[roots]
        self._sums[roots] = 0.0
        return roots, sums

    def _merge(self, place: int) -> None:
        both = np.frombuffer(self._long[place] + self._late[place], dtype=np.uint64).copy()
        both.sort(kind="stable")  # two sorted runs are merged in one go
        self._long[place] = _packed(both)
        self._late[place] = array("Q")

    def __len__(self) -> int:
        """Entries."""
        return sum(map(len, self._long)) + sum(map(len, self._late))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Entries: numbers, each with a root."""
        for entries in (*self._long, *self._late):
            for entry in entries:
                yield entry >> _BITS, entry & _STORY


def _run(entries: array[int], start: int, last: int, most: int) -> array[int]:
    """Those from `start` on that are no greater than `last`: the first `most`, and one more."""
    if start == len(entries) or entries[start] > last:
        return _NONE
    end = start + 1
    if end < len(entries) and entries[end] <= last:
        end = bisect_left(entries, last, end, min(len(entries), start + most + 1))
    return entries[start:end]


_NONE: array[int] = array("Q")


def _by_rarity(found: tuple[int, int, float, array[int], array[int]]) -> tuple[int, int]:
    return found[0], found[1]


def _holds(entries: array[int], entry: int) -> bool:
    at = bisect_left(entries, entry)
    return at < len(entries) and entries[at] == entry


def _roots(entries: Entries) -> npt.NDArray[np.intp]:
    return (entries & np.uint64(_STORY)).astype(np.intp)


def _packed(entries: Entries) -> array[int]:
    """Without room for more, which an array makes for itself when it grows."""
    packed = array("Q", (0,)) * len(entries)
    if len(entries):
        np.frombuffer(packed, dtype=np.uint64)[:] = entries
    return packed
