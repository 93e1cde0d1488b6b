"""Makes the filters of core.trigrams: of a million trigrams at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from aggregator.core.trigrams import (
    BASE,
    BITS_SET,
    BLOCK_BITS,
    CHOICE,
    FACTORS,
    FIELD,
    LENGTH,
    MIXER,
)

_FACTORS = np.array(FACTORS, np.uint64)
_MIXER = np.uint64(MIXER)
_FIELD = np.uint64((1 << FIELD) - 1)
_BLANK = 32
_AT_ONCE = 200_000
"""Characters, about: each takes some 40 bytes in the arrays made of them."""
_WORDS = 20_000
"""Of one text at once."""


class TrigramFilter:
    """One that is being made; so many blocks."""

    def __init__(self, blocks: int) -> None:
        self._blocks = blocks
        self._bits = np.zeros(blocks * BLOCK_BITS // 8, np.uint8)

    def add(self, texts: Iterable[Sequence[str]]) -> None:
        """The words of texts, in which no blanks are: no trigram goes from one to the next."""
        lines: list[str] = []
        lengths: list[int] = []
        size = 0
        for words in texts:
            for part in _parts(words):
                lines.append(" ".join(part))
                lengths.append(len(part))
                size += len(lines[-1])
                if size > _AT_ONCE:
                    self._add(lines, lengths)
                    lines, lengths, size = [], [], 0
        if lines:
            self._add(lines, lengths)

    def _add(self, lines: Sequence[str], lengths: Sequence[int]) -> None:
        keys = _keys(_numbers(" ".join([*lines, ""])))
        is_within = np.ones(len(keys), bool)
        ends = np.fromiter(accumulate(lengths[:-1]), np.int64)
        for back in range(1, LENGTH):
            is_within[ends - back] = False
        self._set(keys[is_within])

    def blocks(self) -> list[bytes]:
        return [block.tobytes() for block in self._bits.reshape(self._blocks, -1)]

    def _set(self, keys: NDArray[np.uint64]) -> None:
        chosen = (keys >> np.uint64(2 * FIELD)) * np.uint64(self._blocks) >> np.uint64(CHOICE)
        begins = (chosen * np.uint64(BLOCK_BITS)).astype(np.int64)
        place = (keys & _FIELD).astype(np.int64)
        step = (keys >> np.uint64(FIELD) & _FIELD | np.uint64(1)).astype(np.int64)
        for _ in range(BITS_SET):
            at = begins + place % BLOCK_BITS
            np.bitwise_or.at(self._bits, at >> 3, (1 << (at & 7)).astype(np.uint8))
            place += step


def _parts(words: Sequence[str]) -> Iterable[Sequence[str]]:
    """A text in parts that have its trigrams between them; none where it has no trigram."""
    for first in range(0, len(words) - LENGTH + 1, _WORDS):
        yield words[first : first + _WORDS + LENGTH - 1]


def _numbers(text: str) -> NDArray[np.uint64]:
    """As trigrams.number_of, of each word of a text with a blank after every one.

    A word's number is the difference of two sums over all bytes, moved to where digits begin.
    """
    digits = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    ends = np.flatnonzero(digits == _BLANK)
    begins = np.concatenate([[0], ends[:-1] + 1])
    sums = np.zeros(len(digits) + 1, np.uint64)
    np.cumsum(digits * _powers(BASE, len(digits)), out=sums[1:])
    back = _powers(pow(BASE, -1, 1 << 64), len(digits))
    numbers: NDArray[np.uint64] = (sums[ends] - sums[begins]) * back[begins]
    return numbers


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    """From the power of 0 on."""
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors)


def _keys(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """As trigrams.keys, of at least three words."""
    last = len(numbers) - LENGTH + 1
    keys = numbers[:last] * _FACTORS[0]
    for at in range(1, LENGTH):
        keys += numbers[at : last + at] * _FACTORS[at]
    keys = (keys ^ keys >> np.uint64(32)) * _MIXER
    found: NDArray[np.uint64] = keys ^ keys >> np.uint64(29)
    return found
