"""A fingerprint ready to be compared: its bytes as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise

import numpy as np
import numpy.typing as npt

from aggregator.core.fact_keys import NUMBER, Facts, fact_keys, facts_of
from aggregator.core.lookups import Ahead
from aggregator.core.terms import FORCE
from aggregator.core.weights import FACTS, Spots, spots
from aggregator.types import GroupInput

__all__ = ["NUMBER", "Features", "count_facts", "fact_keys", "features", "in_batches", "unpack"]

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Kept = npt.NDArray[np.bool_]

WHOLE = 20
"""A text with at most so many shingles is found by every one of them, a longer one by about so
many: by those that a power of two divides."""
BEGINNING = 10
"""And by its first ones: a summary of a long text is mostly made of these."""

_TOGETHER = 64
"""Articles whose words are put in order at once: their numbers stay in the processor's cache."""
_HALF = np.uint64(32)
_LITTLE = np.dtype("<u4")
_FORCES = np.arange(256) / FORCE
_NONE: Numbers = np.zeros(0, dtype=np.uint32)


def _nowhere() -> Places:
    return np.zeros(0, dtype=np.intp)


@dataclass(slots=True, kw_only=True)
class Features:
    """What occurs in an article, each once. What takes time to make is made when it is asked for,
    and once."""

    item: GroupInput
    ahead: dict[str, Ahead] = field(default_factory=dict, init=False, repr=False)
    """What indexes have looked up already, each by its name."""
    likely: Places = field(default_factory=_nowhere, init=False, repr=False)
    """Where in `words` those stand that have been looked up."""
    _terms: Numbers | None = field(default=None, init=False, repr=False)
    _forces: Weights | None = field(default=None, init=False, repr=False)
    _shingles: Numbers | None = field(default=None, init=False, repr=False)
    _words: Words | None = field(default=None, init=False, repr=False)
    _square: float | None = field(default=None, init=False, repr=False)
    _title_words: Words | None = field(default=None, init=False, repr=False)
    _shingle_set: frozenset[int] | None = field(default=None, init=False, repr=False)
    _sample: Numbers | None = field(default=None, init=False, repr=False)
    _told: Facts | None = field(default=None, init=False, repr=False)
    _facts: Mapping[int, int] | None = field(default=None, init=False, repr=False)
    _fact_spots: Spots | None = field(default=None, init=False, repr=False)

    @property
    def terms(self) -> Numbers:
        """Stems, those first that tell most as far as the language tells."""
        if self._terms is None:
            self._terms = unpack(self.item.fingerprint.terms)
        return self._terms

    @property
    def forces(self) -> Weights:
        """How strongly each is said."""
        if self._forces is None:
            self._forces = _FORCES.take(np.frombuffer(self.item.fingerprint.forces, np.uint8))
        return self._forces

    @property
    def title(self) -> Numbers:
        """Stems of the title."""
        return unpack(self.item.fingerprint.title)

    @property
    def shingles(self) -> Numbers:
        """In the order of the text."""
        if self._shingles is None:
            self._shingles = unpack(self.item.fingerprint.shingles)
        return self._shingles

    def having(self, kept: Kept) -> Features:
        """With some of the terms alone."""
        made = Features(item=self.item)
        made._terms, made._forces = self.terms[kept], self.forces[kept]
        return made

    @property
    def words(self) -> Words:
        """`terms` in the order of their numbers."""
        if self._words is None:
            self._words = _in_order(self.item.fingerprint.language, self.terms, self.forces)
        return self._words

    @property
    def square(self) -> float:
        """Of the length of its vector by what words say before the first article; in the units of
        the fingerprint's forces and of `Spots.before`, so that it is a whole number."""
        if self._square is None:
            self._square = float(_squares(self.words).sum())
        return self._square

    def let_go(self) -> None:
        """Forget what was looked up or made for many articles at once, for it would keep what is
        the others' in memory, too."""
        self.ahead.clear()
        self.likely = _nowhere()
        self._words = self._fact_spots = None

    @property
    def title_words(self) -> Words:
        """`title`, likewise; each as strongly."""
        if self._title_words is None:
            language = self.item.fingerprint.language
            self._title_words = _in_order(language, self.title, np.ones(len(self.title)))
        return self._title_words

    @property
    def told(self) -> Facts:
        """What its names are made of, as a fingerprint has it."""
        if self._told is None:
            printed = self.item.fingerprint
            self._told = (
                Facts(printed.facts, printed.counts, printed.named)
                if printed.facts
                else facts_of(printed.names, {})
            )
        return self._told

    @property
    def named(self) -> Numbers:
        """Words of names, the most frequent first."""
        return unpack(self.told.hashes)[: self.told.named]

    @property
    def facts(self) -> Mapping[int, int]:
        """Words of names, and NUMBER plus numbers and dates, with how often."""
        if self._facts is None:
            hashes: list[int] = unpack(self.told.hashes).tolist()
            named = self.told.named
            keys = hashes[:named] + [NUMBER + hashed for hashed in hashes[named:]]
            self._facts = dict(zip(keys, self.told.counts, strict=True))
        return self._facts

    @property
    def fact_spots(self) -> Spots:
        """Where they are counted and weighed, in the order of `facts`."""
        if self._fact_spots is None:
            self._fact_spots = spots(FACTS, unpack(self.told.hashes))
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

    def part(self, begin: int, end: int) -> Words:
        """Some of them: a view."""
        spots = self.spots.part(begin, end)
        return Words(numbers=self.numbers[begin:end], forces=self.forces[begin:end], spots=spots)


def features(item: GroupInput) -> Features:
    """Of an article, whose fingerprint is unpacked as far as it is asked for."""
    return Features(item=item)


def unpack(data: bytes) -> Numbers:
    """Unsigned 32-bit numbers from little-endian bytes."""
    return np.frombuffer(data, dtype=_LITTLE).astype(np.uint32, copy=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Articles in one language, and `words` of each, one behind the other."""

    articles: Sequence[Features]
    words: Words
    bounds: Sequence[tuple[int, int]]
    """Of each article."""


def in_batches(coming: Sequence[Features]) -> Iterator[Batch]:
    """Make `words` of all of them: together it takes a third of the time."""
    for language, some in groupby(sorted(coming, key=_language), key=_language):
        articles = list(some)
        for start in range(0, len(articles), _TOGETHER):
            yield _batch(language, articles[start : start + _TOGETHER])


def _batch(language: str, articles: Sequence[Features]) -> Batch:
    terms = np.concatenate([found.terms for found in articles])
    forces = np.concatenate([found.forces for found in articles])
    lengths = [len(found.terms) for found in articles]
    bounds = list(pairwise(accumulate(lengths, initial=0)))
    # One article after the other, each in the order of its numbers.
    keys = np.arange(len(articles), dtype=np.uint64).repeat(lengths) << _HALF
    order = np.argsort(keys | terms)
    numbers = terms.take(order)
    words = Words(numbers=numbers, forces=forces.take(order), spots=spots(language, numbers))
    sums = np.append(0.0, _squares(words).cumsum())
    for found, (begin, end) in zip(articles, bounds, strict=True):
        found._words = words.part(begin, end)  # noqa: SLF001 - its own
        found._square = float(sums[end] - sums[begin])  # noqa: SLF001
    return Batch(articles=articles, words=words, bounds=bounds)


def count_facts(coming: Sequence[Features]) -> None:
    """Make `fact_spots` of all of them, together."""
    hashes = [unpack(found.told.hashes) for found in coming]
    made = spots(FACTS, np.concatenate([*hashes, _NONE]))
    bounds = pairwise(accumulate(map(len, hashes), initial=0))
    for found, (begin, end) in zip(coming, bounds, strict=True):
        found._fact_spots = made.part(begin, end)  # noqa: SLF001 - its own


def _language(found: Features) -> str:
    return found.item.fingerprint.language


def _squares(words: Words) -> Weights:
    """Whole numbers, so that sums of them are exact in any order."""
    return np.square(np.rint(words.forces * FORCE) * words.spots.before)


def _in_order(language: str, numbers: Numbers, forces: Weights) -> Words:
    order = np.argsort(numbers)
    numbers = numbers[order]
    return Words(numbers=numbers, forces=forces[order], spots=spots(language, numbers))
