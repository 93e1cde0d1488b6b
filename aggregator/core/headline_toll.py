"""How far the headlines of two articles speak against their being of one event.

What is taken off their nearness. Measured on reports with headlines (FNC-1, BASIL): of those of one
event, one in twenty has headlines that share hardly a word and are told in words that the other's
text does not have; of look-alikes, every second.
"""

from __future__ import annotations

import numpy as np

from aggregator.core.features import Features
from aggregator.core.vectors import Vector, title_vector
from aggregator.core.weights import Frequencies

OTHER_WORDS = 0.15
"""Taken off where headlines share nothing, and neither is told in words of the other's text."""
ALIKE = 0.2
"""From this cosine on headlines share enough."""
COVERED = 0.35
"""From so much of what a headline says on, it is told in words of the other article."""
SHORT = (28, 45)
"""Distinct telling words of an article that is looked at as a summary, wholly and no more: short
texts are like each other by chance, so their headlines must agree."""
SUMMARY = 0.2
"""Taken off for a summary, and up to `OTHER_HEADLINE` more as its headline is another one."""
OTHER_HEADLINE = 0.4
AGREED = 0.8
"""From this cosine on two headlines say the same."""


def toll(found: Features, other: Features, frequencies: Frequencies) -> float:
    """0 or more; 0 where neither has a text, or one has no headline."""
    if not found.item.fingerprint.length and not other.item.fingerprint.length:
        return 0.0
    if not (len(found.title) and len(other.title)):
        return 0.0
    one, two = title_vector(found, frequencies), title_vector(other, frequencies)
    alike = one.dot(two)
    covered = min(_covered(one, other), _covered(two, found))
    taken = OTHER_WORDS * (1 - (min(1.0, alike / ALIKE) + min(1.0, covered / COVERED)) / 2)
    words = min(len(found.terms), len(other.terms))
    if words < SHORT[1]:
        summary = SUMMARY + OTHER_HEADLINE * max(0.0, 1 - alike / AGREED)
        taken = max(taken, summary * min(1.0, (SHORT[1] - words) / (SHORT[1] - SHORT[0])))
    return taken


def _covered(title: Vector, other: Features) -> float:
    """How much of what a headline says is in words of the other article."""
    total = float(title.says.sum())
    both = np.isin(title.words, other.terms)
    return float(title.says[both].sum()) / total if total else 1.0
