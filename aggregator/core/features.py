"""A fingerprint ready to be compared: its bytes as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.core.commonwords import calendar_words
from aggregator.core.fingerprint import FORCE, plain_number
from aggregator.core.text import fold
from aggregator.types import Fingerprint, GroupInput

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float64]

NUMBER = 1 << 32
"""Added to a fact that is a number or a date, so that it is not taken for a name."""
_LITTLE = np.dtype("<u4")
_FORCES = np.arange(256) / FORCE


@dataclass(slots=True, kw_only=True)
class Features:
    """What occurs in an article, each once."""

    item: GroupInput
    terms: Numbers
    """Stems, those first that tell most as far as the language tells."""
    forces: Weights
    """How strongly each is said."""
    title: Numbers
    """Stems of the title."""
    shingles: Numbers
    """In the order of the text."""
    _shingle_set: frozenset[int] | None = field(default=None, repr=False)
    _facts: Mapping[int, int] | None = field(default=None, repr=False)

    @property
    def facts(self) -> Mapping[int, int]:
        """Words of names, and NUMBER plus numbers and dates, with how often."""
        if self._facts is None:
            self._facts = facts_of(self.item.fingerprint)
        return self._facts

    @property
    def shingle_set(self) -> frozenset[int]:
        if self._shingle_set is None:
            self._shingle_set = frozenset(self.shingles.tolist())
        return self._shingle_set

    @property
    def names(self) -> frozenset[int]:
        return frozenset(fact for fact in self.facts if fact < NUMBER)

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(fact for fact in self.facts if fact >= NUMBER)

    @property
    def counted_facts(self) -> Numbers:
        """As they are counted and weighed, in the order of `facts`."""
        return np.array([fact & 0xFFFFFFFF for fact in self.facts], dtype=np.uint32)


def features(item: GroupInput) -> Features:
    """Unpack an article's fingerprint."""
    printed = item.fingerprint
    return Features(
        item=item,
        terms=unpack(printed.terms),
        forces=_FORCES[np.frombuffer(printed.forces, dtype=np.uint8)],
        title=unpack(printed.title),
        shingles=unpack(printed.shingles),
    )


def unpack(data: bytes) -> Numbers:
    """Unsigned 32-bit numbers from little-endian bytes."""
    return np.frombuffer(data, dtype=_LITTLE).astype(np.uint32, copy=False)


def facts_of(printed: Fingerprint) -> dict[int, int]:
    """Words of names, and numbers and dates, each with how often."""
    found: dict[int, int] = {}
    for name, count in printed.names:
        for key in fact_keys(name):
            found[key] = found.get(key, 0) + count
    return found


@lru_cache(maxsize=50_000)
def fact_keys(name: str) -> tuple[int, ...]:
    """Of a number, a date as in "7 Feb", or of the words of a name; single letters say nothing."""
    if name[0].isdecimal():
        return (NUMBER + crc32(fold(plain_number(name)).encode()),)
    words = fold(name).replace(".", "").split()
    return tuple([crc32(word.encode()) for word in words if len(word) > 1])


@cache
def usual_facts() -> frozenset[int]:
    """What dates are made of, as it is counted: days and months in every language, years."""
    numbers = [*range(1, 32), *range(1990, 2100)]
    return frozenset(
        key & 0xFFFFFFFF
        for name in [*calendar_words(), *map(str, numbers)]
        for key in fact_keys(name)
    )
