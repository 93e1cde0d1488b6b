"""How much a word says, learnt from the stream itself, and articles as vectors of it.

TF-IDF (Salton and Buckley 1988) over four views of an article: its stems, the stems of its
beginning, the words of its names, its numbers. Stems are counted for each language apart, names
and numbers over all.

The counts that weights are made from stand still between refreshes, so that vectors can be kept.
A refresh comes with a new day and when the window has grown by a quarter, and counts only articles
that stay in the window for the whole day: both are the same in a window rebuilt from the store.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import repeat
from math import log, sqrt
from operator import mul

from aggregator.core.features import LEAD, Features, usual_facts, usual_stems

TERMS, FIRST, NAMES, NUMBERS = 0.4, 0.3, 0.15, 0.15
"""Shares of the four views in a vector."""
PALE = 25.0
"""A view with few telling words has less than its share: half of it when the squares of its
weights add up to this."""

_LOGS = [1 + log(max(count, 1)) for count in range(256 * 41)]
_NAMES = "*"
"""Where names and numbers are counted, beside the languages."""

FEW = 100
"""A smaller stream is weighed as one of so many articles, the others without its words."""
DATED = 0.1
"""But for those of dates: so many of them have each."""

BATCH = 256
"""Articles whose words are counted at once: one after the other they are counted in half the time,
for the counts stay in the processor's cache."""

Vector = Mapping[int, float]
"""Of length 1; empty for an article without words."""


class _Weights(dict[int, float]):
    """From the number of articles that have a word to what it says, worked out once for each."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, count: int) -> float:
        weight = self[count] = max(0.01, log(self._size / (count + 0.5)))
        return weight


class Frequencies:
    """In how many articles each stem, name and number occurs."""

    def __init__(self, *, version: int = 0) -> None:
        self._words: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._articles: Counter[str] = Counter()
        self._uncounted: list[tuple[str, Features]] = []
        self._frozen_articles: Counter[str] = Counter()
        self._weights: dict[str, dict[int, float]] = {}
        self.version = version
        """Changes with every refresh."""

    def add(self, language: str, found: Features) -> None:
        self._articles[language] += 1
        self._uncounted.append((language, found))
        if self._articles.total() > 1.25 * self._frozen_articles.total():
            self.refresh()
        elif len(self._uncounted) >= BATCH:
            self._count()

    def remove(self, language: str, found: Features) -> None:
        """Takes effect with the next refresh."""
        self._count()
        _subtract(self._words[language], found.terms)
        _subtract(self._words[_NAMES], found.names)
        _subtract(self._words[_NAMES], found.numbers)
        self._articles[language] -= 1

    def _count(self) -> None:
        names = self._words[_NAMES]
        for language, found in self._uncounted:
            self._words[language].update(found.terms)
            names.update(found.names.keys())
            names.update(found.numbers.keys())
        self._uncounted.clear()

    def refresh(self) -> None:
        self._count()
        self._frozen_articles = self._articles.copy()
        self._weights = {
            language: self._weigh(language, words) for language, words in self._words.items()
        }
        self.version += 1

    def _weigh(self, language: str, words: Mapping[int, int]) -> dict[int, float]:
        counts = self._with_usual(language, words)
        weights = _Weights(self.size(None if language == _NAMES else language))
        return dict(zip(counts, map(weights.__getitem__, counts.values()), strict=True))

    def _with_usual(self, language: str, words: Mapping[int, int]) -> Mapping[int, int]:
        """In a small stream, as if dates stood in the articles that it is short of."""
        names = language == _NAMES
        total = self._frozen_articles.total() if names else self._frozen_articles[language]
        added = int(DATED * (FEW - total))
        if added <= 0:
            return words
        counts = dict(words)
        for number in usual_facts() if names else usual_stems(language):
            counts[number] = counts.get(number, 0) + added
        return counts

    def size(self, language: str | None) -> int:
        """How many articles the weights are made from; None: in all languages."""
        counted = self._frozen_articles
        return max(FEW, counted.total() if language is None else counted[language]) + 2

    def weights(self, numbers: Collection[int], language: str | None) -> dict[int, float]:
        """How much each says; `language` None: they are names and numbers."""
        known = self._weights.get(_NAMES if language is None else language, {})
        unknown = _Weights(self.size(language))[0]
        return dict(zip(numbers, map(known.get, numbers, repeat(unknown)), strict=True))

    def vector(self, language: str, found: Features) -> Vector:
        """Of an article."""
        stems = self.weights(found.terms, language)
        names, numbers = self.weights(found.names, None), self.weights(found.numbers, None)
        lead = list(map(stems.get, found.lead, repeat(0.0)))
        views = (
            (TERMS, stems, _scaled(stems, found.counts)),
            (FIRST, [LEAD + stem for stem in found.lead], lead),
            (NAMES, names, _scaled(names, found.names.values())),
            (NUMBERS, numbers, _scaled(numbers, found.numbers.values())),
        )
        squares = [sum(map(mul, weights, weights)) for _, _, weights in views]
        shares = [
            share * square / (square + PALE)
            for (share, _, _), square in zip(views, squares, strict=True)
        ]
        whole = sum(shares)
        vector: dict[int, float] = {}
        for (_, view, weights), square, share in zip(views, squares, shares, strict=True):
            if square:
                factor = sqrt(share / whole / square)
                vector.update(zip(view, map(factor.__mul__, weights), strict=True))
        return vector


def cosine(one: Vector, other: Vector) -> float:
    """Of two vectors of length 1: 0 to 1."""
    return sum([one[number] * other[number] for number in one.keys() & other.keys()])


def _scaled(weights: Mapping[int, float], counts: Iterable[int]) -> list[float]:
    return list(map(mul, map(_LOGS.__getitem__, counts), weights.values()))


def _subtract(counts: Counter[int], numbers: Iterable[int]) -> None:
    for number in numbers:
        if counts[number] == 1:
            del counts[number]
        else:
            counts[number] -= 1
