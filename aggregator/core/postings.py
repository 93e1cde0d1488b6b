"""An inverted index: from a number (a shingle, a stem, a name) to the stories that have it.

The unit is the story, not the article: eighty copies of one text are one entry, so nothing ever
has to be dropped for being frequent among articles. An entry may bear a mark, which says how much
the number is to its story.

What a batch of articles adds is laid out before (core.coming); what is added otherwise is in a dict
at first. Thousands of entries at a time go from there into the table (core.posting_table), in which
all numbers of an article, or of many, are looked up at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from math import inf
from sys import byteorder

import numpy as np
import numpy.typing as npt

from aggregator.core.coming import ABSENT, Coming
from aggregator.core.lookups import NO_LIST, Ahead, Closeness
from aggregator.core.posting_table import LIST, PostingTable

_RECENT = 1 << 15
"""Numbers in the dict; when there are more, they go into the table."""
_SIZE = 4
"""Bytes of a root."""
_HALF = np.uint64(32)
_SLACK = 1e-9
"""Of a sum that is added up in another order."""

Numbers = npt.NDArray[np.uint32]
Entries = npt.NDArray[np.uint32]
"""Roots with their marks."""
Places = npt.NDArray[np.intp]
Weights = npt.NDArray[np.float64]


class Postings:
    """Which stories, by their roots, have a number (0 to 2**32 - 1). A root and a mark have 31
    bits."""

    def __init__(self, *, recent: int = _RECENT, bits: int = 0, common: int | None = None) -> None:
        """`recent`: so many numbers at most have entries in the dict; `bits`: of a mark; `common`:
        a number that more stories have weighs half as much, None: it does not."""
        self._most = recent
        self._bits = bits
        self._common = common
        self._table = PostingTable(bits=bits)
        self._recent: dict[int, bytes] = {}
        """Entries that the table does not have, by number."""
        self._coming: Coming | None = None
        """More of them."""
        self._state = 0
        """Changes with the table."""
        self._highest = 0
        """Of the roots that there ever were."""
        self._sums = np.zeros(1_024)
        """By root; all 0 between questions."""

    def add(
        self,
        root: int,
        numbers: Iterable[int],
        *,
        begins: bool,
        marks: Numbers | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        """Numbers of a story, each once, and the mark of each, None: 0. One that the story has
        already keeps its mark. Raises OverflowError for a root that does not fit.

        `begins`: the story is new, so that it has none of them yet. `ahead`: what `expect` had to
        say of the article, to which these very numbers were given as what it adds.
        """
        if root << self._bits >= LIST:
            raise OverflowError(f"There is no room for more than {LIST >> self._bits:,} articles.")
        self._highest = max(root, self._highest)
        packed = _packed(numbers)
        entries = np.full(len(packed), root << self._bits, dtype=np.uint32)
        if marks is not None:
            entries |= marks
        has = None if begins else self._having(root, packed)
        if ahead is not None and ahead.coming is not None and ahead.coming is self._coming:
            self._coming.add(ahead.article, entries, has)
            return
        if has is not None:
            packed, entries = packed[~has], entries[~has]
        if len(self._recent) >= self._most:
            self._settle()
        recent = self._recent
        for number, entry in zip(packed.tolist(), entries.tolist(), strict=True):
            recent[number] = recent.get(number, b"") + entry.to_bytes(_SIZE, byteorder)

    def _having(self, root: int, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Which of these a story has."""
        has = self._table.having(root, numbers)
        if self._recent:
            for lane, number in enumerate(numbers.tolist()):
                later = array("I", self._recent.get(number, b""))
                has[lane] |= any(entry >> self._bits == root for entry in later)
        if self._coming is not None:
            has |= self._coming.having(root, numbers, self._bits)
        return has

    def discard(self, root: int, numbers: Iterable[int]) -> None:
        """Those that the story does not have are no error."""
        packed = _packed(numbers)
        for number in packed.tolist():
            there = self._recent.get(number)
            if there is not None:
                kept = [one for one in array("I", there) if one >> self._bits != root]
                if kept:
                    self._recent[number] = array("I", kept).tobytes()
                else:
                    del self._recent[number]
        if self._coming is not None:
            self._coming.discard(root, packed, self._bits)
        self._state += 1
        self._table.discard(root, packed)

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        """Take every entry out whose root is marked in `gone` (indexed by root)."""
        self._settle()
        self._state += 1
        self._table.sweep(gone)

    def may_find(self, ahead: Ahead | None, count: float) -> bool:
        """Whether a story can have so many of the numbers: what `expect` had to say may rule it out
        at once."""
        is_known = (
            ahead is not None
            and ahead.state == self._state
            and ahead.coming is self._coming
            and not self._recent
        )
        return not is_known or ahead is None or ahead.most >= count

    def expect(self, asked: Sequence[Numbers], added: Sequence[Numbers]) -> list[Ahead]:
        """Of articles that are added next, in this order: what `find` needs of the numbers that
        each asks for, all looked up at once, and what `add` needs of those that it adds. It serves
        until a change of the table; what is found with it is the same."""
        self._settle()
        self._coming = coming = Coming(added)
        firsts, lasts = coming.before(asked)
        ahead = self._look_up(np.concatenate([*asked, _NOTHING]), firsts, lasts)
        some = np.where((ahead.lengths > 0) | (firsts < lasts), 1.0, 0.0)
        if self._common is not None:
            some[ahead.lengths > self._common] = 0.5
        most = np.append(0.0, some.cumsum()).tolist()
        bounds = pairwise(accumulate(map(len, asked), initial=0))
        return [
            ahead.part(slice(begin, end), article, most[end] - most[begin])
            for article, (begin, end) in enumerate(bounds)
        ]

    def find(
        self,
        numbers: Iterable[int],
        weights: Sequence[float] | Weights,
        *,
        budget: int,
        limit: int,
        least: float,
        rank: Sequence[int],
        ahead: Ahead | None = None,
        closeness: Closeness | None = None,
    ) -> list[int]:
        """The stories for which the weights of those of `numbers` that they have add up to most,
        `least` or more; at most `limit`, of equals the one with the lower `rank` (by root).

        The rarest numbers are read first, and at most `budget` entries. `ahead`: what `expect` had
        to say of these numbers. `closeness`: what else a story must fulfil.
        """
        packed = _packed(numbers)
        if ahead is None or ahead.state != self._state or ahead.coming is not self._coming:
            ahead = self._now(packed)
        lanes, lengths, data = self._read(packed, ahead, budget)
        spread = np.asarray(weights, dtype=np.float64).take(lanes)
        if self._common is not None:
            spread[lengths > self._common] /= 2
        if spread.sum() < least - _SLACK:
            return []
        entries = np.frombuffer(data, dtype=np.uint32)
        roots = entries >> np.uint32(self._bits)
        sums = self._added(roots, spread.repeat(lengths))
        near = (sums >= least).nonzero()[0]
        if not len(near):
            return []
        found = dict(zip(roots[near].tolist(), sums[near].tolist(), strict=True))
        if closeness is not None:
            of = closeness.weights.take(lanes).repeat(lengths).take(near)
            found = self._close(found, entries.take(near), of, closeness)
        ranked = [(-total, rank[root], root) for root, total in found.items()]
        return [root for _, _, root in sorted(ranked)[:limit]]

    def _close(
        self, found: dict[int, float], entries: Entries, weights: Weights, closeness: Closeness
    ) -> dict[int, float]:
        """Without the stories that are not."""
        roots = entries >> np.uint32(self._bits)
        marks = entries & ((1 << self._bits) - 1)
        sums = self._added(roots, weights * closeness.marks.take(marks))
        close = set(roots[sums >= closeness.least].tolist())
        return {
            root: total for root, total in found.items() if root in close or closeness.exempt(root)
        }

    def _read(self, numbers: Numbers, ahead: Ahead, budget: int) -> tuple[Places, Places, bytes]:
        """Of the rarest numbers that stories have: their places in `numbers`, how many entries each
        has, and all these entries."""
        coming = ahead.coming
        later: dict[int, bytes] | None = None
        totals = ahead.lengths
        if self._recent or (coming is not None and not coming.is_whole(ahead.article)):
            later = self._later(numbers, ahead)
            if later:
                totals = totals.copy()
                totals[[*later]] += [len(some) // _SIZE for some in later.values()]
        else:
            totals = totals + ahead.lasts - ahead.firsts
        order = (totals.astype(np.uint64) << _HALF | numbers).argsort()
        running = totals.take(order).cumsum()
        first, last = running.searchsorted([0, budget], "right").tolist()
        lanes = order[first:last]
        table, lists, nothing = ahead.entries, self._table.lists, b""
        pieces: list[bytes | array[int]] = []
        for lane, begin, length, which in zip(
            lanes.tolist(),
            ahead.begins.take(lanes).tolist(),
            ahead.lengths.take(lanes).tolist(),
            ahead.lists.take(lanes).tolist(),
            strict=True,
        ):
            if which != NO_LIST:
                pieces.append(lists[which])
            elif length:
                pieces.append(table[_SIZE * begin : _SIZE * (begin + length)])
            if later is not None:
                pieces.append(later.get(lane, nothing))
            elif coming is not None:
                pieces.append(coming.between(ahead.firsts[lane], ahead.lasts[lane]))
        return lanes, totals.take(lanes), b"".join(pieces)

    def _later(self, numbers: Numbers, ahead: Ahead) -> dict[int, bytes]:
        """Entries that the table does not have, by the places of their numbers."""
        later: dict[int, bytes] = {}
        coming = ahead.coming
        if coming is not None:
            lanes = (ahead.firsts < ahead.lasts).nonzero()[0]
            for lane, begin, end in zip(
                lanes.tolist(),
                ahead.firsts[lanes].tolist(),
                ahead.lasts[lanes].tolist(),
                strict=True,
            ):
                some = coming.entries[begin:end]
                some = some[some != ABSENT]
                if len(some):
                    later[lane] = some.tobytes()
        if self._recent:
            recent = self._recent
            for lane, number in enumerate(numbers.tolist()):
                if number in recent:
                    later[lane] = later.get(lane, b"") + recent[number]
        return later

    def _added(self, roots: Entries, weights: Weights) -> Weights:
        """For each root the sum of all its weights."""
        if self._highest >= len(self._sums):
            self._sums = np.zeros(2 * self._highest)
        sums = self._sums
        np.add.at(sums, roots, weights)
        found: Weights = sums[roots]
        sums[roots] = 0.0
        return found

    def _now(self, numbers: Numbers) -> Ahead:
        """What is there of numbers that were not expected, or of which something has changed."""
        if self._coming is None:
            nothing = np.zeros(len(numbers), dtype=np.intp)
            return self._look_up(numbers, nothing, nothing)
        return self._look_up(numbers, *self._coming.all_of(numbers))

    def _look_up(self, numbers: Numbers, firsts: Places, lasts: Places) -> Ahead:
        starts, values = self._table.look_up(numbers)
        lengths = np.diff(starts)
        lists = np.full(len(numbers), NO_LIST)
        some = lengths.nonzero()[0]
        first = values.take(starts.take(some))
        of = first >= LIST
        which = first[of] - LIST
        some = some[of]
        lists[some] = which
        lengths[some] = [len(self._table.lists[one]) for one in which.tolist()]
        entries = values.astype(np.uint32).tobytes()
        return Ahead(
            self._state, starts[:-1], lengths, lists, entries, self._coming, -1, firsts, lasts, inf
        )

    def _settle(self) -> None:
        """Move all into the table."""
        if self._recent:
            self._state += 1
            numbers = np.fromiter(self._recent, np.uint32, len(self._recent))
            runs = self._recent.values()
            counts = np.fromiter(map(len, runs), np.int64, len(runs)) // _SIZE
            entries = np.frombuffer(b"".join(runs), dtype=np.uint32)
            self._table.add(numbers, counts, entries)
            self._recent = {}
        if self._coming is not None:
            self._state += 1
            numbers, entries = self._coming.added()
            if len(numbers):
                starts = np.append(0, (numbers[1:] != numbers[:-1]).nonzero()[0] + 1)
                counts = np.diff(np.append(starts, len(numbers)))
                self._table.add(numbers[starts], counts, entries)
            self._coming = None

    def __len__(self) -> int:
        """Entries."""
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Entries: numbers, each with a root."""
        return ((number, root) for number, root, _ in self.entries())

    def entries(self) -> Iterator[tuple[int, int, int]]:
        """Numbers, each with a root and a mark."""
        mark = (1 << self._bits) - 1
        for number, entry in self._all():
            yield number, entry >> self._bits, entry & mark

    def _all(self) -> Iterator[tuple[int, int]]:
        yield from self._table
        for number, entries in self._recent.items():
            yield from ((number, entry) for entry in array("I", entries))
        if self._coming is not None:
            yield from zip(*map(np.ndarray.tolist, self._coming.added()), strict=True)


_NOTHING: Numbers = np.zeros(0, dtype=np.uint32)


def _packed(numbers: Iterable[int]) -> Numbers:
    if isinstance(numbers, np.ndarray):
        return numbers
    return np.array([*numbers], dtype=np.uint32)
