"""Whether two articles in different languages report one event, told without a dictionary.

Names in the Latin script and numbers are spelt alike in most languages. What is shared has to be
more than two telling names' worth, and a fair part of what both name: an event somewhere in the
same country shares its places, hardly ever its people and its figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import log, sqrt

LEAST = 0.25
"""From this likeness on it is the same event."""
FACTS = 4
"""Names and numbers that must be shared."""
REACH = timedelta(days=3)


def likeness(mine: Mapping[int, float], theirs: Mapping[int, float], *, articles: int) -> float:
    """Cosine of two articles' names and numbers by what each says; 0 where they prove nothing.

    `articles` is the size of the stream that the weights come from.
    """
    shared = mine.keys() & theirs.keys()
    if len(shared) < FACTS or sum(mine[fact] for fact in shared) < 2 * log(articles):
        return 0.0
    return cosine(mine, theirs)


def cosine(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """Of names and numbers by what each says; 0 where nothing is shared."""
    product = sum(one[fact] * other[fact] for fact in one.keys() & other.keys())
    return product / sqrt(_square(one) * _square(other)) if product else 0.0


def _square(weights: Mapping[int, float]) -> float:
    return sum(weight * weight for weight in weights.values())
