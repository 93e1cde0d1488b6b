"""An inverted index: from a number (a shingle, a stem, a name) to the stories that have it.

The unit is the story, not the article: eighty copies of one text are one entry, so nothing ever
has to be dropped for being frequent among articles.

What was added last is in a dict; thousands of entries at a time go from there into the table
(core.posting_table), in which all numbers of an article, or of many, are looked up at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from sys import byteorder

import numpy as np
import numpy.typing as npt

from aggregator.core.posting_table import LIST, PostingTable

_RECENT = 1 << 15
"""Numbers in the dict; when there are more, they go into the table."""
_ENOUGH = 4
"""Before a batch, a part of so many."""
_SIZE = 4
"""Bytes of a root."""

Numbers = npt.NDArray[np.uint32]
Ahead = tuple[int, npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.int64]]
"""What the table has of numbers: which state of it that is, where the values of each begin and end,
and values."""


class Postings:
    """Which stories, by their roots (0 to 2**31 - 1), have a number (0 to 2**32 - 1)."""

    def __init__(self, *, recent: int = _RECENT) -> None:
        """`recent`: so many numbers at most have entries outside the table."""
        self._most = recent
        self._table = PostingTable()
        self._recent: dict[int, bytes] = {}
        """Roots that the table does not have, by number."""
        self._state = 0
        """Changes with the table."""
        self._sums = np.zeros(1_024)
        """By root; all 0 between questions."""

    def add(self, root: int, numbers: Iterable[int], *, begins: bool) -> None:
        """`begins`: the story is new, so that it has none of them yet."""
        if len(self._recent) >= self._most:
            self._settle()
        recent, mine = self._recent, root.to_bytes(_SIZE, byteorder)
        if begins:
            for number in _listed(numbers):
                recent[number] = recent.get(number, b"") + mine
            return
        for number in self._table.lacking(root, _packed(numbers)):
            there = recent.get(number, b"")
            if root not in array("I", there):
                recent[number] = there + mine

    def discard(self, root: int, numbers: Iterable[int]) -> None:
        """Those that the story does not have are no error."""
        packed = _packed(numbers)
        for number in packed.tolist():
            there = self._recent.get(number)
            if there is not None:
                kept = array("I", [one for one in array("I", there) if one != root]).tobytes()
                if kept:
                    self._recent[number] = kept
                else:
                    del self._recent[number]
        self._state += 1
        self._table.discard(root, packed)

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        """Take every entry out whose root is marked in `gone` (indexed by root)."""
        self._settle()
        self._state += 1
        self._table.sweep(gone)

    def expect(self, numbers: Sequence[Numbers]) -> list[Ahead]:
        """What `find` needs of each of these, all looked up at once. It serves until a change of
        the table; what is found with it is the same."""
        if len(self._recent) >= self._most // _ENOUGH:
            self._settle()
        if not numbers:
            return []
        starts, values = self._table.look_up(np.concatenate(numbers))
        ahead: list[Ahead] = []
        first = 0
        for one in numbers:
            last = first + len(one)
            begin, end = starts[first], starts[last]
            limits = starts[first : last + 1] - begin
            ahead.append((self._state, limits[:-1], limits[1:], values[begin:end]))
            first = last
        return ahead

    def find(
        self,
        numbers: Iterable[int],
        weights: Sequence[float],
        *,
        budget: int,
        limit: int,
        least: float,
        rank: Sequence[int],
        ahead: Ahead | None = None,
    ) -> list[int]:
        """The stories for which the weights of those of `numbers` that they have add up to most,
        `least` or more; at most `limit`, of equals the one with the lower `rank` (by root).

        The rarest numbers are read first, and at most `budget` entries. `ahead`: what `expect` had
        to say of these numbers.
        """
        roots, sums = self._gather(_packed(numbers), weights, budget, ahead)
        near = (sums >= least).nonzero()[0]
        found = dict(zip(roots[near].tolist(), sums[near].tolist(), strict=True))
        ranked = [(-total, rank[root], root) for root, total in found.items()]
        return [root for _, _, root in sorted(ranked)[:limit]]

    def _gather(
        self, numbers: Numbers, weights: Sequence[float], budget: int, ahead: Ahead | None
    ) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
        """Roots, some of them several times, each with its sum."""
        shared = self._shared(numbers, ahead)
        shared.sort()
        pieces: list[bytes | array[int]] = []
        lengths: list[int] = []
        spread: list[float] = []
        for length, _, lane, run, recent in shared:
            budget -= length
            if budget < 0:
                break
            pieces += (run, recent)
            lengths.append(length)
            spread.append(weights[lane])
        if not pieces:
            return _NOBODY
        roots = np.frombuffer(b"".join(pieces), dtype=np.uint32)
        if (most := int(roots.max())) >= len(self._sums):
            self._sums = np.zeros(2 * most + 1_024)
        sums = self._sums
        np.add.at(sums, roots, np.array(spread).repeat(lengths))
        found = sums[roots]
        sums[roots] = 0.0
        return roots, found

    def _shared(
        self, numbers: Numbers, ahead: Ahead | None
    ) -> list[tuple[int, int, int, bytes | array[int], bytes]]:
        """Of the numbers that stories have: how many, the number, its place in `numbers`, roots
        that are in the table, roots that are not."""
        lists, recent = self._table.lists, self._recent
        if ahead is None or ahead[0] != self._state:
            starts, values = self._table.look_up(numbers)
            begins, ends = starts[:-1], starts[1:]
        else:
            _, begins, ends, values = ahead
        found: list[int] = values.tolist()
        shared: list[tuple[int, int, int, bytes | array[int], bytes]] = []
        each = zip(numbers.tolist(), begins.tolist(), ends.tolist(), strict=True)
        for lane, (number, begin, end) in enumerate(each):
            later = recent.get(number, b"")
            if begin == end:
                if later:
                    shared.append((len(later) // _SIZE, number, lane, b"", later))
            elif (first := found[begin]) >= LIST:
                run = lists[first - LIST]
                if length := len(run) + len(later) // _SIZE:
                    shared.append((length, number, lane, run, later))
            else:
                run = array("I", found[begin:end])
                shared.append((end - begin + len(later) // _SIZE, number, lane, run, later))
        return shared

    def _settle(self) -> None:
        """Move all into the table."""
        if not self._recent:
            return
        self._state += 1
        numbers = np.fromiter(self._recent, np.uint32, len(self._recent))
        self._table.add(numbers, list(self._recent.values()))
        self._recent = {}

    def __len__(self) -> int:
        """Entries."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Entries: numbers, each with a root."""
        yield from self._table
        for number, roots in self._recent.items():
            yield from ((number, root) for root in array("I", roots))


_NOBODY = np.zeros(0, dtype=np.uint32), np.zeros(0)


def _packed(numbers: Iterable[int]) -> Numbers:
    if isinstance(numbers, np.ndarray):
        return numbers
    return np.array([*numbers], dtype=np.uint32)


def _listed(numbers: Iterable[int]) -> Iterable[int]:
    return numbers.tolist() if isinstance(numbers, np.ndarray) else numbers
