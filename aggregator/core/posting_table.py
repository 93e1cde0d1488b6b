"""Entries of an inverted index in a hash table: each one integer, a number and a story's root.

With open addressing and linear probing (Knuth 1998, section 6.4), from the first place of the row
in which a number begins; a row is a line of the processor's cache. Rows are in the order of the
(mixed) numbers, so that the table is laid out anew by a sort of what is nearly sorted. Many numbers
are looked up at once. A number that many stories have has its roots in a list instead.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

LIST = 1 << 31
"""With this bit a value says which list; without it is a root."""
_ROW = 8
"""Entries in a row, 64 bytes."""
_INLINE = 4
"""Roots of a number that are entries of the table; where there are more, all are in a list."""
_MIX = 0x9E3779B1
"""What numbers are multiplied by, for they need not be spread evenly: odd, so it can be undone."""
_UNMIX = pow(_MIX, -1, 1 << 32)
_HALF = 32
_LOWER = (1 << _HALF) - 1
_EMPTY = (1 << 64) - 1
_GONE = _LOWER
"""An entry that was taken out."""
_FULL = 0.72
"""The share of the table from which on it is laid out anew;"""
_ROOMY = 0.56
"""of the new one."""
_FEWEST = 32
"""Rows."""
_BEYOND = 32
"""Rows behind those that numbers begin in: what has no room in the last of these."""
_EMPTY_ROWS = 3
"""Of these, the last ones, which stay empty."""
_AT_A_TIME = 1 << 17
"""Entries or lists that are looked at in one go."""

Numbers = npt.NDArray[np.uint32]
Roots = npt.NDArray[np.uint32]
Entries = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int64]
LookedUp = tuple[Places, Counts]
"""Of several numbers: for each where its values begin, and where the last ones end; and the values,
roots or one list."""


class PostingTable:
    """Numbers are 0 to 2**32 - 1. With each root lies its mark, in the lower bits of one number:
    together they have 31 bits."""

    def __init__(self, *, bits: int = 0) -> None:
        """`bits`: of a mark."""
        self._bits = bits
        self.lists: list[array[int]] = []
        """Roots, sorted."""
        self._begin(_FEWEST)

    def look_up(self, numbers: Numbers) -> LookedUp:
        """What there is of each."""
        if len(numbers) == 1:
            values = [value for _, value in self._of(_mixed_one(int(numbers[0])))]
            return np.array([0, len(values)]), np.array(values, dtype=np.int64)
        mixed = _mixed(numbers)
        lanes, rows = np.arange(len(mixed)), _homes(mixed, self._rows)
        of: list[Places] = []
        found: list[Entries] = []
        while len(lanes):
            seen = self._windows[rows]
            which, columns = (seen >> np.uint64(_HALF) == mixed[:, None]).nonzero()
            of.append(lanes[which])
            found.append(seen[which, columns] & np.uint64(_LOWER))
            # Where both rows are full there may be more behind them.
            full = np.maximum(seen[:, _ROW - 1], seen[:, -1]) != _EMPTY
            lanes, mixed, rows = lanes[full], mixed[full], rows[full] + 2
        return _looked_up(len(numbers), of, found)

    def having(self, root: int, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Which of these have the root."""
        starts, values = self.look_up(numbers)
        found: list[int] = values.tolist()
        has = np.zeros(len(numbers), np.bool_)
        for lane, (begin, end) in enumerate(pairwise(starts.tolist())):
            there = found[begin:end]
            if there and there[0] >= LIST:
                has[lane] = self._where(self.lists[there[0] - LIST], root) is not None
            else:
                has[lane] = any(value >> self._bits == root for value in there)
        return has

    def add(self, numbers: Numbers, counts: Counts, entries: Roots) -> None:
        """To each of these distinct numbers so many roots, with their marks, that it has not."""
        if self._used + len(entries) > _FULL * self._rows * _ROW:
            self._lay_out(len(entries))
        starts, values = self.look_up(numbers)
        known = np.diff(starts)
        first = np.zeros(len(numbers), dtype=np.int64)
        first[known > 0] = values[starts[:-1][known > 0]]
        many = (first >= LIST) | (known + counts > _INLINE)
        rows = np.flatnonzero(many)
        ends = counts.cumsum()
        for number, value, begin, end in zip(
            numbers[rows].tolist(),
            first[rows].tolist(),
            (ends - counts)[rows].tolist(),
            ends[rows].tolist(),
            strict=True,
        ):
            more = array("I", entries[begin:end].tobytes())
            if value >= LIST:
                _extend(self.lists[value - LIST], more)
            else:
                self._list(_mixed_one(number), more)
        keyed = np.repeat(_mixed(numbers) << np.uint64(_HALF), counts) | entries
        self._place(keyed[np.repeat(~many, counts)])

    def discard(self, root: int, numbers: Numbers) -> None:
        """Those that do not have it are no error."""
        for number in numbers.tolist():
            for place, value in self._of(_mixed_one(number)):
                if value >= LIST:
                    roots = self.lists[value - LIST]
                    if (at := self._where(roots, root)) is not None:
                        del roots[at]
                elif value >> self._bits == root:
                    self._flat[place] = _GONE

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        """Take every entry out whose root is marked in `gone` (indexed by root)."""
        _thin(self.lists, gone, self._bits)
        for start in range(0, len(self._flat), _AT_A_TIME):
            piece = self._flat[start : start + _AT_A_TIME]
            values = _values(piece)
            there = np.flatnonzero(values < LIST)
            piece[there[gone[values[there] >> self._bits]]] = _GONE
        self._lay_out(0)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Numbers, each with a root and its mark."""
        for entry in self._flat[self._flat != _EMPTY].tolist():
            number, value = (entry >> _HALF) * _UNMIX & _LOWER, entry & _LOWER
            if value < LIST:
                yield number, value
            elif entry != _GONE:
                yield from ((number, root) for root in self.lists[value - LIST])

    def _where(self, roots: array[int], root: int) -> int | None:
        """Where in a list the root stands; None: nowhere."""
        at = bisect_left(roots, root << self._bits)
        return at if at < len(roots) and roots[at] >> self._bits == root else None

    # --- one number

    def _of(self, key: int) -> list[tuple[int, int]]:
        """Its entries: places and values. One that has a list has no other."""
        found: list[tuple[int, int]] = []
        for row in range(key * self._rows >> _HALF, len(self._table)):
            entries: list[int] = self._table[row].tolist()
            for column, entry in enumerate(entries):
                if entry >> _HALF == key and entry & _LOWER != _LOWER:
                    found.append((row * _ROW + column, entry & _LOWER))
            if entries[-1] == _EMPTY:
                break
        return found

    def _list(self, key: int, more: array[int]) -> None:
        """Move its roots into a list, with more."""
        for place, root in self._of(key):
            self._flat[place] = _GONE
            more.append(root)
        self._put(key << _HALF | LIST | len(self.lists))
        self.lists.append(array("I", sorted(more)))

    def _put(self, entry: int) -> None:
        """Into the first place that is empty."""
        row = (entry >> _HALF) * self._rows >> _HALF
        while self._table[row, -1] != _EMPTY:
            row += 1
            if row == len(self._table) - _EMPTY_ROWS:
                self._lengthen()
        entries: list[int] = self._table[row].tolist()
        self._flat[row * _ROW + entries.index(_EMPTY)] = entry
        self._used += 1

    def _place(self, entries: Entries) -> None:
        """Put many, all at once, each into the first empty place; of those that are for one place
        one gets it, and the others go on."""
        while len(entries):
            start = _homes(entries >> np.uint64(_HALF), self._rows)
            places = start * _ROW + (self._windows[start] == _EMPTY).argmax(axis=1)
            room = self._flat[places] == _EMPTY
            far, entries, places = entries[~room], entries[room], places[room]
            self._flat[places] = entries
            lost = self._flat[places] != entries
            self._used += len(entries) - int(np.count_nonzero(lost))
            entries = entries[lost]
            for entry in far.tolist():
                self._put(entry)

    # --- the whole table

    def _begin(self, rows: int) -> None:
        """An empty one."""
        self._rows = rows
        self._used = 0
        """Places that are not empty."""
        self._hold(_rows_of(rows + _BEYOND))

    def _hold(self, table: Entries) -> None:
        self._table = table
        self._flat = table.reshape(-1)
        self._windows = sliding_window_view(self._flat, 2 * _ROW)[::_ROW]

    def _lengthen(self) -> None:
        """As many rows more behind the last."""
        self._hold(np.concatenate([self._table, _rows_of(len(self._table) - self._rows)]))

    def _lay_out(self, more: int) -> None:
        """Make it anew, with room for so many more, without what was taken out."""
        old = self._flat
        lengths = np.fromiter(map(len, self.lists), np.int64, len(self.lists))
        moved = np.cumsum(lengths > 0) - 1
        self.lists = [*filter(None, self.lists)]
        live = sum(len(_live(piece, lengths)) for piece in _pieces(old))
        self._begin(max(_FEWEST, int((live + more) / (_ROOMY * _ROW))))
        self._used = live
        free = 0
        for piece in _pieces(old):
            entries = _live(piece, lengths)
            if not len(entries):
                continue
            entries.sort(kind="stable")  # it was nearly sorted
            values = _values(entries)
            listed = np.flatnonzero(values >= LIST)
            before = values[listed] - LIST
            entries[listed] -= (before - moved[before]).astype(np.uint64)
            # Each goes where its number begins, or right behind the one before.
            after = np.arange(len(entries))
            home = _homes(entries >> np.uint64(_HALF), self._rows) * _ROW - after
            home[0] = max(home[0], free)
            places = np.maximum.accumulate(home) + after
            free = int(places[-1]) + 1
            while free > len(self._flat) - _EMPTY_ROWS * _ROW:
                self._lengthen()
            self._flat[places] = entries


def _mixed(numbers: Numbers) -> Entries:
    """As they are in the table; `_UNMIX` undoes it."""
    return (numbers * np.uint32(_MIX)).astype(np.uint64)


def _mixed_one(number: int) -> int:
    return number * _MIX & _LOWER


def _homes(mixed: Entries, rows: int) -> Places:
    """The row that each begins in: in the order of `mixed`."""
    return (mixed * np.uint64(rows) >> np.uint64(_HALF)).astype(np.intp)


def _rows_of(count: int) -> Entries:
    return np.full((count, _ROW), _EMPTY, dtype=np.uint64)


def _values(entries: Entries) -> Places:
    return (entries & np.uint64(_LOWER)).astype(np.intp)


def _pieces(flat: Entries) -> Iterator[Entries]:
    """What is in a table; each has greater numbers than the one before."""
    start = 0
    while start < len(flat):
        end = min(start + _AT_A_TIME, len(flat))
        while end < len(flat) and flat[end] != _EMPTY:
            end += 1
        piece = flat[start:end]
        yield piece[piece != _EMPTY]
        start = end


def _live(piece: Entries, lengths: Counts) -> Entries:
    """Without what was taken out, and without what has a list that is empty."""
    piece = piece[piece != _GONE]
    values = _values(piece)
    listed = np.flatnonzero(values >= LIST)
    kept = np.ones(len(piece), dtype=np.bool_)
    kept[listed] = lengths[values[listed] - LIST] > 0
    return piece[kept]


def _extend(roots: array[int], more: array[int]) -> None:
    """With those that it does not have."""
    for root in more:
        if not roots or roots[-1] < root:
            roots.append(root)
        else:
            roots.insert(bisect_left(roots, root), root)


def _looked_up(count: int, lanes: list[Places], values: list[Entries]) -> LookedUp:
    if len(lanes) == 1:
        of, found = lanes[0], values[0]
    elif lanes:
        of, found = np.concatenate(lanes), np.concatenate(values)
        order = np.argsort(of, kind="stable")
        of, found = of[order], found[order]
    else:
        of, found = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.uint64)
    gone = found == _LOWER
    if gone.any():
        of, found = of[~gone], found[~gone]
    return np.searchsorted(of, np.arange(count + 1)), found.astype(np.int64)


def _thin(lists: list[array[int]], gone: npt.NDArray[np.bool_], bits: int) -> None:
    """Take the roots out that are marked."""
    for start in range(0, len(lists), _AT_A_TIME):
        some = lists[start : start + _AT_A_TIME]
        ends = np.cumsum([0, *map(len, some)])
        roots = np.frombuffer(b"".join(some), dtype=np.uint32)
        leaving = gone[roots >> bits]
        before = np.concatenate([[0], np.cumsum(leaving)])[ends]
        for at in np.flatnonzero(np.diff(before)).tolist():
            begin, end = ends[at], ends[at + 1]
            kept = roots[begin:end][~leaving[begin:end]]
            lists[start + at] = array("I", kept.tobytes())
