"""Articles as vectors of what their words say, and stories as the sum of their articles.

TF-IDF (Salton and Buckley 1988) over one bag of stems, where a word counts the more, the earlier it
stands: reports of one event open alike, and part further down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
import numpy.typing as npt

from aggregator.core.features import Features
from aggregator.core.weights import Frequencies

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Vector:
    """Of length 1; empty for an article without words."""

    words: Numbers
    """Sorted."""
    values: Weights
    says: Weights
    """What each of `words` says by itself."""
    articles: Weights
    """How many of the articles that it is made of have each."""

    def dot(self, other: Vector) -> float:
        at, both = self.shared(other)
        return float(self.values[at[both]] @ other.values[both])

    def shared(self, other: Vector) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """For each word of the other, where it is here, and whether it is."""
        if not len(self.words):
            none = np.zeros(len(other.words), dtype=np.intp)
            return none, np.zeros(len(other.words), dtype=np.bool_)
        at = np.searchsorted(self.words, other.words)
        at[at == len(self.words)] = 0
        return at, self.words[at] == other.words


def vector(found: Features, frequencies: Frequencies) -> Vector:
    """Of an article, by what words say now."""
    words = found.words
    says = frequencies.weights(words.spots)
    return _unit(words.numbers, words.forces * says, says, _once(len(says)))


def title_vector(found: Features, frequencies: Frequencies) -> Vector:
    """Of its headline."""
    words = found.title_words
    says = frequencies.weights(words.spots)
    return _unit(words.numbers, says, says, _once(len(says)))


def centre(vectors: Sequence[Vector]) -> Vector:
    """The sum of vectors, of length 1."""
    if len(vectors) == 1:
        return vectors[0]
    words = np.concatenate([one.words for one in vectors])
    values = np.concatenate([one.values for one in vectors])
    says = np.concatenate([one.says for one in vectors])
    distinct, first, where = np.unique(words, return_index=True, return_inverse=True)
    sums = np.bincount(where, weights=values, minlength=len(distinct)).astype(np.float64)
    times = np.bincount(where, minlength=len(distinct)).astype(np.float64)
    return _unit(distinct, sums, says[first], times)


def _unit(words: Numbers, values: Weights, says: Weights, articles: Weights) -> Vector:
    length = sqrt(values @ values)
    return Vector(
        words=words,
        values=values / length if length else values,
        says=says,
        articles=articles,
    )


@lru_cache(maxsize=1_000)
def _once(count: int) -> Weights:
    """So many times 1."""
    ones = np.ones(count)
    ones.flags.writeable = False
    return ones
