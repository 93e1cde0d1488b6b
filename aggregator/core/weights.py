"""How much a word says, learnt from the stream itself: inverse document frequency.

Articles that have a word are counted in the window as it is now, for each language apart; names
and numbers over all. Counts lie in a count-min sketch (Cormode and Muthukrishnan 2005), which
takes the same memory for any vocabulary and can be counted down again. What is usual in a language
(core.wordshares) counts as a number of articles read before the first.

The counts depend only on which articles are in the window, so those of a window that is rebuilt
from the store are the same.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.core.fact_keys import usual_facts
from aggregator.core.wordshares import shares

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int64]

PRIOR = 2_000
"""Articles that are taken as read before the first, as far as is known what is usual in a language.
Measured on the labelled sets: with fewer, the first stories of a stream are judged too roughly."""
UNKNOWN = 1_200
"""So many for a word of which nothing is known, which may be rare or only new: what a narrow stream
is all about is common sooner."""
FEW = 100
"""In a language of which nothing is known."""
MOST = 9.9
"""What is in fewer than one of 20,000 articles says no more for being rarer."""
LEAST = 0.01
DATED = 0.1
"""So many articles have each day, month or year."""
UNIT = 20
"""Units in which what a word says is a whole number."""
FACTS = "*"
"""In place of a language: names and numbers."""

_SLOTS = 1 << 20
_ODD = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77))
"""Multipliers of the two rows (Knuth's multiplicative hashing)."""
_NONE = np.uint32(0xFFFFFFFF)
_ONE = np.uint32(1)
_HIGH = np.uint32(12)
"""A place is the upper 20 bits."""


@dataclass(slots=True)
class Spots:
    """Where words are counted, and what is usual in their language: what does not change."""

    language: str
    rows: tuple[Places, Places]
    """The place of each word, for each row of the sketch."""
    usual: Weights
    """In how many of the articles that are taken as read each is."""
    read: Weights
    """Of how many."""
    before: Counts
    """What each says before the first article, in units of 1 / UNIT."""

    def part(self, begin: int, end: int) -> Spots:
        """Those of some of the words: a view."""
        one, other = self.rows
        rows = one[begin:end], other[begin:end]
        usual, read, before = self.usual[begin:end], self.read[begin:end], self.before[begin:end]
        return Spots(self.language, rows, usual, read, before)


class Frequencies:
    """In how many articles each word occurs; 8 MB, whatever is counted."""

    def __init__(self) -> None:
        self._rows = [np.zeros(_SLOTS, dtype=np.uint32) for _ in _ODD]
        self._articles: Counter[str] = Counter()

    def add(self, there: Spots) -> None:
        """Count an article, of distinct words."""
        self._articles[there.language] += 1
        for row, places in zip(self._rows, there.rows, strict=True):
            row[places] += _ONE

    def remove(self, there: Spots) -> None:
        """Count one down that was added with the same words."""
        self._articles[there.language] -= 1
        for row, places in zip(self._rows, there.rows, strict=True):
            row[places] -= _ONE

    def size(self, language: str) -> int:
        """Articles counted."""
        return self._articles[language]

    def weights(self, there: Spots, *, less: Weights | None = None) -> Weights:
        """How much each says, `LEAST` to `MOST`, in natural units; `less`: as if so many articles
        with each were not there."""
        one, other = there.rows
        found = np.minimum(self._rows[0].take(one), self._rows[1].take(other)) + 0.5
        if less is not None:
            found = np.maximum(found - less, 0.5)
        found += there.usual
        np.divide(there.read + (self._articles[there.language] + 2), found, out=found)
        np.log(found, out=found)
        np.maximum(found, LEAST, out=found)
        np.minimum(found, MOST, out=found)
        return found


def spots(language: str, words: Numbers) -> Spots:
    """Of words of a language."""
    usual = _usual(language)
    at = usual.words.searchsorted(words)
    at[usual.words.take(at) != words] = len(usual.words) - 1
    rows = _places(language, words)
    before = usual.before.take(at)
    return Spots(language, rows, usual.times.take(at), usual.read.take(at), before)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usual:
    """What is known before the first article."""

    words: Numbers
    """Sorted, and one behind the last that stands for any other word."""
    times: Weights
    """In how many of the articles that are taken as read each is."""
    read: Weights
    """How many these are."""
    before: Counts
    """What each says by that, in units of 1 / UNIT."""


@cache
def _usual(language: str) -> _Usual:
    if language == FACTS:
        words = np.array(sorted(usual_facts()), dtype=np.uint32)
        return _table(words, np.full(len(words), DATED * FEW), FEW, FEW)
    known = sorted(shares(language).items())
    words = np.array([word for word, _ in known], dtype=np.uint32)
    times = np.array([share * PRIOR for _, share in known], dtype=np.float64)
    return _table(words, times, PRIOR, UNKNOWN) if known else _table(words, times, FEW, FEW)


def _table(words: Numbers, times: Weights, articles: int, others: int) -> _Usual:
    times = np.append(times, 0.0)
    read = np.append(np.full(len(words), float(articles)), float(others))
    says = np.log((read + 2) / (times + 0.5)).clip(LEAST, MOST)
    before = np.rint(UNIT * says).astype(np.int64)
    return _Usual(words=np.append(words, _NONE), times=times, read=read, before=before)


def _places(language: str, words: Numbers) -> tuple[Places, Places]:
    salted = words ^ _salt(language)
    one, other = (salted * _ODD[0]) >> _HIGH, (salted * _ODD[1]) >> _HIGH
    return one.astype(np.intp), other.astype(np.intp)  # numpy is faster with these


@cache
def _salt(language: str) -> np.uint32:
    return np.uint32(crc32(language.encode()))
