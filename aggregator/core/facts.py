"""What two articles say who and how many: whether it is about the same.

Texts made from one template (weather, markets, match reports, lottery draws) share their wording
and differ in names and numbers; meetings of one person share a name and differ in the others.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from aggregator.core.features import Features

NAMES_AGREE = 0.25
"""The share of the names of the one that names fewer: of so few as four, one."""
NUMBERS_AGREE = 0.4
FORM = 0.5
"""From this share of the wording on, the shorter text is a form that was filled in. One that shares
less is mostly in words of its own."""
QUOTING = 0.5
"""Of such a one so much of what has to agree is asked: reports of one event that quote the same
statement have other names and numbers around it."""
DENSE = 25
"""Numbers decide in texts that have at least three, and one in so many words."""


def agree(one: Features, other: Features, *, words: int, wording: float = 1.0) -> bool:
    """Whether two similar texts can be one text, by their names and numbers.

    `words` is the length of the shorter one, `wording` the share of its word sequences that the
    other has, 0 to 1. A cut or amended copy keeps most names and numbers; a text from the same
    template has others.
    """
    asked = 1.0 if wording >= FORM else QUOTING
    if share(one.names, other.names, least=2) < asked * NAMES_AGREE:
        return False
    mine, theirs = one.numbers, other.numbers
    fewer = min(len(mine), len(theirs))
    if fewer * DENSE < words:
        return True
    return share(mine, theirs, least=3) >= asked * NUMBERS_AGREE


def share(one: AbstractSet[int], other: AbstractSet[int], *, least: int) -> float:
    """Of the one that has fewer; 1 when there are fewer than `least` to compare."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer >= least else 1.0
