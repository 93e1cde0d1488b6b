"""Whether two articles in different languages report one event, by what they mean and by the
names and numbers that both have.

An article and its translation are closer in meaning than two events of one kind, mostly; an
independent report in another language is not. So what a text means has to be borne out by names,
where both are written in the Latin script and name enough to be compared, and by numbers. Without
a model names and numbers decide alone (core.translations).

The measures come from 864 labelled reports (EventCorefBank plus and FNC-1) compared by meaning,
names and numbers alone, as if each were in a language of its own, and from made translations.
"""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.core import meaning, translations
from aggregator.core.features import NUMBER
from aggregator.core.text import fold
from aggregator.types import Fingerprint

LEAST = translations.LEAST
"""From this likeness on it is the same event."""
NEAR = 0.55
"""Cosine of what two articles mean; below it they are not of one event whatever they share."""
ENOUGH = 0.95
"""From this sum on it is the same event: the cosine of their meanings, that of their names, and
`FOR_NUMBERS` that of their numbers."""
UNNAMED = 0.27
"""Counted for names that cannot be compared."""
FOR_NUMBERS = 0.5
COMPARABLE = 3
"""Words of names in the Latin script that each must have for names to be compared."""


def foreign_likeness(
    one: Fingerprint,
    other: Fingerprint,
    mine: Mapping[int, float],
    theirs: Mapping[int, float],
    *,
    articles: int,
) -> float:
    """0 to 1, `LEAST` or more for the same event.

    `mine` and `theirs` are their names and numbers (core.features) by what each says in a stream
    of `articles` articles.
    """
    if not one.meaning or len(one.meaning) != len(other.meaning):
        return translations.likeness(mine, theirs, articles=articles)
    near = meaning.likeness(one.meaning, other.meaning)
    if near < NEAR:
        return 0.0
    named = UNNAMED
    if _latin(one) >= COMPARABLE <= _latin(other):
        named = translations.cosine(_names(mine), _names(theirs))
    numbers = translations.cosine(_numbers(mine), _numbers(theirs))
    return max(0.0, min(1.0, LEAST + near + named + FOR_NUMBERS * numbers - ENOUGH))


def _latin(printed: Fingerprint) -> int:
    """Words of names in the Latin script."""
    words = [word for name, _ in printed.names for word in fold(name).split()]
    return sum(len(word) > 1 and word.isascii() and word.isalpha() for word in words)


def _names(facts: Mapping[int, float]) -> dict[int, float]:
    return {fact: weight for fact, weight in facts.items() if fact < NUMBER}


def _numbers(facts: Mapping[int, float]) -> dict[int, float]:
    return {fact: weight for fact, weight in facts.items() if fact >= NUMBER}
