"""What a text is to another one whose wording it shares: a copy, a rewrite, or of one pattern."""

from __future__ import annotations

from aggregator.core import reasons
from aggregator.core.copies import COPY, Likeness, wording
from aggregator.core.facts import agree
from aggregator.core.features import Features
from aggregator.core.outlet_names import same_outlet
from aggregator.core.series import UPDATED, is_column, is_series
from aggregator.types import Relation

REWRITE = 0.5
"""From this containment on a text is a rewrite, from `COPY` on a copy."""
REPHRASED = (0.35, 0.15)
"""Or from this containment and overlap on: so much of the whole of two texts."""
EXTENDED = 0.3
"""A longer text that has the whole of another is its copy only from this overlap on."""
TEMPLATE = 0.35
"""From this one on a text with other names and numbers comes from the same template."""
WORDED = 0.3
"""From this share of all wording on, it is asked whether two reports come from one template."""
COLUMN = 0.93
"""From this share of all wording on, an article under the name of a column is a copy."""
TEASER = 15
"""A text of fewer words may be what an outlet puts in place of texts: for subscribers only."""
PROVES = (6, 3, 0.9)
"""Word sequences that two texts must share; those that two headlines must, and the overlap."""


def relation(likeness: Likeness) -> Relation:
    """Of a text that is derived from the other."""
    extent = max(likeness.overlap, likeness.extent)
    if likeness.containment < COPY or not (likeness.shorter or extent >= EXTENDED):
        return Relation.REWRITE
    return Relation.SAME if likeness.own else Relation.COPY


def is_derived(found: Features, likeness: Likeness) -> bool:
    """Whether it is made of the other text: it shares more than a passage, or names the outlet that
    it has this from; and enough of it."""
    if likeness.passage is not None and not _names_outlet(found, likeness.other):
        return False
    by_half = likeness.containment >= REWRITE
    rephrased = likeness.containment >= REPHRASED[0] and likeness.overlap >= REPHRASED[1]
    if not (by_half or rephrased):
        return False
    if found.item.fingerprint.length and likeness.other.item.fingerprint.length:
        return likeness.shared >= PROVES[0]
    return likeness.shared >= PROVES[1] and likeness.overlap >= PROVES[2]


def is_doubtful(found: Features, likeness: Likeness) -> bool:
    """Whether too few names and numbers agree for one text to be made of the other, though they are
    of no known pattern: both may quote one statement, and their nearness as reports decides."""
    other = likeness.other
    words = min(found.item.fingerprint.length, other.item.fingerprint.length)
    return not agree(found, other, words=words)


def _names_outlet(found: Features, other: Features) -> bool:
    """Whether an article names the outlet of the other."""
    outlet = other.item.source
    return any(same_outlet(name, outlet) for name, _ in found.item.fingerprint.names)


def pattern(found: Features, likeness: Likeness) -> str | None:
    """Why two texts have wording in common though neither is made of the other; None: no pattern
    is known."""
    other = likeness.other
    words = min(found.item.fingerprint.length, other.item.fingerprint.length)
    if is_column(found) and likeness.wording < COLUMN:
        return reasons.column()
    if is_series(found, other, likeness.containment):
        return reasons.from_series(other.item)
    agreed = agree(found, other, words=words, wording=likeness.wording)
    if not agreed or (likeness.own and _is_alike(found, likeness)):
        return reasons.from_template(other.item)
    return None


def pattern_of_reports(found: Features, other: Features) -> str | None:
    """As `pattern`, of two articles that seem to report one event."""
    both = wording(found, other)
    if both < WORDED:
        return None
    if is_series(found, other, both):
        return reasons.from_series(other.item)
    words = min(found.item.fingerprint.length, other.item.fingerprint.length)
    if words and not agree(found, other, words=words, wording=both):
        return reasons.from_template(other.item)
    return None


def _is_alike(found: Features, likeness: Likeness) -> bool:
    """Whether a text of one outlet is only like another of its texts."""
    other = likeness.other
    words = min(found.item.fingerprint.length, other.item.fingerprint.length)
    if 0 < words < TEASER:
        return found.item.title != other.item.title
    half = likeness.containment < COPY and likeness.passage is None
    return half and abs(found.item.at - other.item.at) > UPDATED
