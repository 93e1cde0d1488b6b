"""A fingerprint ready to be compared: its bytes as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from aggregator.core.fact_keys import NUMBER, fact_keys, facts_of
from aggregator.core.postings import Ahead
from aggregator.core.terms import FORCE
from aggregator.core.weights import FACTS, Spots, spots
from aggregator.types import GroupInput

__all__ = ["NUMBER", "Features", "fact_keys", "facts_of", "features", "unpack"]

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float64]

WHOLE = 20
"""A text with at most so many shingles is found by every one of them, a longer one by about so
many: by those that a power of two divides."""
BEGINNING = 10
"""And by its first ones: a summary of a long text is mostly made of these."""

_LITTLE = np.dtype("<u4")
_FORCES = np.arange(256) / FORCE


@dataclass(slots=True, kw_only=True)
class Features:
    """What occurs in an article, each once. What takes time to make is made when it is asked for,
    and once."""

    item: GroupInput
    terms: Numbers
    """Stems, those first that tell most as far as the language tells."""
    forces: Weights
    """How strongly each is said."""
    title: Numbers
    """Stems of the title."""
    shingles: Numbers
    """In the order of the text."""
    ahead: dict[str, Ahead] = field(default_factory=dict, init=False, repr=False)
    """What indexes have looked up already, each by its name."""
    _words: Words | None = field(default=None, init=False, repr=False)
    _title_words: Words | None = field(default=None, init=False, repr=False)
    _shingle_set: frozenset[int] | None = field(default=None, init=False, repr=False)
    _sample: Numbers | None = field(default=None, init=False, repr=False)
    _facts: Mapping[int, int] | None = field(default=None, init=False, repr=False)
    _fact_spots: Spots | None = field(default=None, init=False, repr=False)

    @property
    def words(self) -> Words:
        """`terms` in the order of their numbers."""
        if self._words is None:
            self._words = _in_order(self.item.fingerprint.language, self.terms, self.forces)
        return self._words

    @property
    def title_words(self) -> Words:
        """`title`, likewise; each as strongly."""
        if self._title_words is None:
            language = self.item.fingerprint.language
            self._title_words = _in_order(language, self.title, np.ones(len(self.title)))
        return self._title_words

    @property
    def facts(self) -> Mapping[int, int]:
        """Words of names, and NUMBER plus numbers and dates, with how often."""
        if self._facts is None:
            self._facts = facts_of(self.item.fingerprint)
        return self._facts

    @property
    def fact_spots(self) -> Spots:
        """Where they are counted and weighed, in the order of `facts`."""
        if self._fact_spots is None:
            facts = np.fromiter(self.facts, np.int64, len(self.facts)).astype(np.uint32)
            self._fact_spots = spots(FACTS, facts)
        return self._fact_spots

    @property
    def shingle_set(self) -> frozenset[int]:
        if self._shingle_set is None:
            self._shingle_set = frozenset(self.shingles.tolist())
        return self._shingle_set

    @property
    def sample(self) -> Numbers:
        """The word sequences by which a text is found: all of a short one; of another those of its
        beginning and about `WHOLE`."""
        if self._sample is None:
            chosen = (self.shingles & np.uint32(self._sampling() - 1)) == 0
            chosen[:BEGINNING] = True
            self._sample = self.shingles[chosen]
        return self._sample

    def _sampling(self) -> int:
        step, count = self.item.fingerprint.step, len(self.shingles)
        while count > WHOLE * 1.4:
            step *= 2
            count //= 2
        return step

    @property
    def names(self) -> frozenset[int]:
        return frozenset(fact for fact in self.facts if fact < NUMBER)

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(fact for fact in self.facts if fact >= NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Stems in the order of their numbers."""

    numbers: Numbers
    forces: Weights
    spots: Spots


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


def _in_order(language: str, numbers: Numbers, forces: Weights) -> Words:
    order = np.argsort(numbers)
    numbers = numbers[order]
    return Words(numbers=numbers, forces=forces[order], spots=spots(language, numbers))
