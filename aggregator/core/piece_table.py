"""Pieces of text and what is known of each, looked up for many texts at once.

A piece is what stands between white space. It is known by a hash of its bytes: a polynomial modulo
2^64 (Karp and Rabin 1987), of which the values for all pieces of a text follow from one running
sum, mixed so that its upper bits can be places in a table with open addressing and linear probing
(Knuth 1998, section 6.4). Two pieces of one hash would be taken for one another; among a million
there are such two once in forty million cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]

_BASE = 0x9E3779B97F4A7C15
_BASE_UNDONE = pow(_BASE, -1, 1 << 64)
_MIX = (np.uint64(0xD6E8FEB86659FD93), np.uint64(0xC2B2AE3D27D4EB4F))
"""Odd, with bits at random."""
_HALF = np.uint64(32)
_ONE = np.uint64(1)
_FREE = np.uint64(0)
_ALL = (1 << 64) - 1
_FEWEST = 12
"""Bits of a place in the smallest table."""
_FULL = 0.5
"""The share of the places from which on a table is made larger: searches are short."""
_IS_SPACE = np.zeros(256, np.bool_)
_IS_SPACE[[9, 10, 11, 12, 13, 28, 29, 30, 31, 32]] = True


@dataclass(frozen=True, slots=True)
class Pieces:
    """Of a text in UTF-8, in order."""

    begins: Places
    ends: Places
    hashes: Hashes
    """0 is none of them."""


def pieces_of(data: bytes) -> Pieces:
    """Parted at the white space of ASCII; both ends of the text must be such."""
    octets = np.frombuffer(data, np.uint8)
    is_space = _IS_SPACE.take(octets)
    edges = (is_space[1:] != is_space[:-1]).nonzero()[0] + 1
    begins, ends = edges[::2], edges[1::2]
    powers, undone = _powers(1 << max(len(data), 1 << 14).bit_length())
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum(octets * powers[: len(data)], out=sums[1:])
    hashes = sums.take(ends)
    hashes -= sums.take(begins)
    hashes *= undone.take(begins)
    for odd in _MIX:
        hashes ^= hashes >> _HALF
        hashes *= odd
    hashes |= _ONE
    return Pieces(begins, ends, hashes)


@cache
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Of the base, and of what undoes it."""
    found = []
    for base in (_BASE, _BASE_UNDONE):
        powers = np.ones(1, np.uint64)
        while len(powers) < count:
            factor = np.uint64(pow(base, len(powers), 1 << 64))
            powers = np.concatenate([powers, powers * factor])
        found.append(powers)
    return found[0], found[1]


class PieceTable:
    """Two whole numbers for each hash."""

    def __init__(self) -> None:
        self._count = 0
        self._begin(_FEWEST)

    def __len__(self) -> int:
        return self._count

    def look_up(self, hashes: Hashes) -> Places:
        """The place of each; -1: it is not there."""
        places = (hashes >> self._shift).astype(np.intp)
        keys = self._keys.take(places)
        lost = (keys != hashes).nonzero()[0]
        while len(lost):
            there = keys[lost] != _FREE
            places[lost[~there]] = -1
            lost = lost[there]
            places[lost] = (places[lost] + 1) & self._last
            keys[lost] = self._keys.take(places[lost])
            lost = lost[keys[lost] != hashes[lost]]
        return places

    def found(self, places: Places) -> tuple[Places, Places]:
        """The numbers at these places; at -1, any."""
        firsts, counts = self._firsts.take(places), self._counts.take(places)
        return firsts.astype(np.intp), counts.astype(np.intp)

    def add(self, hashes: Hashes, firsts: Places, counts: Places) -> None:
        """Distinct ones that are not there; numbers up to 2^31."""
        self._count += len(hashes)
        if self._count > _FULL * len(self._keys):
            known = self._keys.nonzero()[0]
            keys, others = self._keys[known], self.found(known)
            self._begin(max(_FEWEST, int(self._count / _FULL).bit_length()))
            self._put(keys, *others)
        self._put(hashes, firsts, counts)

    def _put(self, hashes: Hashes, firsts: Places, counts: Places) -> None:
        places = (hashes >> self._shift).astype(np.intp)
        while len(hashes):
            free = self._keys[places] == _FREE
            self._keys[places[free]] = hashes[free]
            put = self._keys[places] == hashes
            self._firsts[places[put]] = firsts[put]
            self._counts[places[put]] = counts[put]
            left = ~put
            hashes, firsts, counts = hashes[left], firsts[left], counts[left]
            places = (places[left] + 1) & self._last

    def _begin(self, bits: int) -> None:
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        self._keys: Hashes = np.zeros(1 << bits, np.uint64)
        self._firsts = np.zeros(1 << bits, np.int32)
        self._counts = np.zeros(1 << bits, np.int32)
