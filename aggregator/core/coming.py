"""What the articles of a batch add to an inverted index, laid out before any of them is added.

All numbers of the batch are sorted once. To add an article is then to write its root to places that
are known, and what the articles before another one have added of a number lies side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

ABSENT = np.uint32(0xFFFFFFFF)
"""In place of a root: not added yet, or never."""
_ARTICLE = np.uint64(16)
"""Bits of a place in the batch."""

Numbers = npt.NDArray[np.uint32]
Entries = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]
Keys = npt.NDArray[np.uint64]


class Coming:
    """Entries in the order of their numbers, those of one number in the order of the articles.

    At most 65,535 articles.
    """

    def __init__(self, added: Sequence[Numbers]) -> None:
        """`added`: what each article is found by, each number once."""
        keys = _keys(added)
        order = keys.argsort()
        self._keys = keys[order]
        self.numbers = (self._keys >> _ARTICLE).astype(np.uint32)
        self.entries: Entries = np.full(len(keys), ABSENT)
        """Of each number a root, with its mark, or ABSENT."""
        places = np.empty(len(keys), dtype=np.intp)
        places[order] = np.arange(len(keys))
        bounds = pairwise(accumulate(map(len, added), initial=0))
        self._places = [places[begin:end] for begin, end in bounds]
        self._next = 0
        """The first article that has not been added."""
        self._has_holes = False
        """Whether something of the articles before it is ABSENT."""

    def before(self, asked: Sequence[Numbers]) -> tuple[Places, Places]:
        """Of each number that each article asks for, all articles behind each other: where the
        entries of the articles before it begin and end."""
        keys = _keys(asked)
        order = keys.argsort()
        wanted = keys[order]
        ends, begins = np.empty(len(keys), np.intp), np.empty(len(keys), np.intp)
        ends[order] = self._keys.searchsorted(wanted)
        begins[order] = self._keys.searchsorted(wanted >> _ARTICLE << _ARTICLE)
        return begins, ends

    def all_of(self, numbers: Numbers) -> tuple[Places, Places]:
        """Of each number: where its entries begin and end."""
        return self.numbers.searchsorted(numbers), self.numbers.searchsorted(numbers, "right")

    def is_whole(self, article: int) -> bool:
        """Whether none of what the articles before it add is ABSENT."""
        return article == self._next and not self._has_holes

    def between(self, begin: int, end: int) -> bytes:
        """Entries there, all of them known to be there."""
        return self.entries[begin:end].tobytes() if begin < end else b""

    def add(self, article: int, entries: Entries, has: npt.NDArray[np.bool_] | None) -> None:
        """A root, with a mark for each number of an article. `has`: the story has these numbers
        already; None: none of them."""
        places = self._places[article]
        if article != self._next:
            self._has_holes = True
        self._next = article + 1
        if has is None or not has.any():
            self.entries[places] = entries
        else:
            self._has_holes = True
            self.entries[places[~has]] = entries[~has]

    def having(self, root: int, numbers: Numbers, bits: int) -> npt.NDArray[np.bool_]:
        """Which of these have a root, with a mark of so many bits."""
        return np.isin(numbers, self.numbers[self._of(root, bits)])

    def discard(self, root: int, numbers: Numbers, bits: int) -> None:
        """Entries of a root with marks of so many bits."""
        at = self._of(root, bits)
        at = at[np.isin(self.numbers[at], numbers)]
        if len(at):
            self.entries[at] = ABSENT
            self._has_holes = True

    def _of(self, root: int, bits: int) -> Places:
        """Where entries of a root are."""
        is_of = (self.entries >> np.uint32(bits)) == root
        found: Places = (is_of & (self.entries != ABSENT)).nonzero()[0]
        return found

    def added(self) -> tuple[Numbers, Entries]:
        """All there is, in the order of the numbers."""
        there = self.entries != ABSENT
        return self.numbers[there], self.entries[there]


def _keys(numbers: Sequence[Numbers]) -> Keys:
    """Of each article, by its number and by the article."""
    articles = np.arange(len(numbers), dtype=np.uint64).repeat([*map(len, numbers)])
    keys = np.concatenate([*numbers, _NOTHING]).astype(np.uint64)
    keys <<= _ARTICLE
    keys |= articles
    return keys


_NOTHING = np.zeros(0, dtype=np.uint32)
