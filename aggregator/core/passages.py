"""What two texts have in common, in the order in which they say it: a copy, or only a passage?

Two reports that quote one statement, and two articles that close with the same background, share
as many word sequences as a copy and its original. What tells them apart is where these stand. A
copy has the beginning of the other text, or it is edited all over, so that what they share comes in
many pieces; a passage stands whole in two texts each of which begins with words of its own.

Whether two articles with one passage are of one event is asked of what stands outside it. What
closes both of them says nothing: background of a long war or trial, or what a firm says about
itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aggregator.core.features import Features
from aggregator.core.terms import PLACE
from aggregator.core.vectors import vector
from aggregator.core.weights import Frequencies

RUN = 4
"""So many shared 3-grams in a row, six words, are more than a turn of phrase."""
OWN = 20
"""Words of its own with which a text begins that has not the beginning of the other one; half of
it, if the text also ends with so many: more than a dateline, or an outlet's line of navigation."""
PIECES = 2
"""A text that has more pieces of the other one is an edited copy,"""
EDITED = 0.5
"""if so much of it is made of them. Reports that quote one speech may quote it in many pieces."""
CLOSING = (20, 0.8)
"""A text closes with a passage if so much of its last words belong to it."""
ALIKE = 0.03
"""From this cosine of what stands outside a passage on, that passage is of one event:"""
CLOSED_ALIKE = 0.3
"""or from this one on, if both texts close with it."""
SHORT = 30
"""Words outside a passage that are too few to say of what they are."""

Numbers = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The pieces of another text in a text."""

    spans: tuple[tuple[int, int], ...]
    """First word and the one after the last, counted in words of the text; for a text whose
    sequences are sampled, about."""
    before: int
    """Words before the first, without what an outlet has in all its articles."""
    after: int
    """Words behind the last, likewise."""
    closing: float
    """The share of the last words that belong to one."""

    @property
    def words(self) -> int:
        return sum(end - start for start, end in self.spans)

    @property
    def framed(self) -> bool:
        """Whether the text begins with words of its own."""
        return self.before >= OWN or (self.before >= OWN // 2 and self.after >= OWN)


def pieces(found: Features, other: Features, furniture: Collection[int] = frozenset()) -> Pieces:
    """Those of `other` in `found`.

    `furniture` are the word sequences that the outlet of `found` repeats from day to day.
    """
    step = max(found.item.fingerprint.step, other.item.fingerprint.step)
    text = at_step(found.shingles, step)
    shared = np.isin(text, other.shingles)
    if furniture:
        repeated = np.isin(text, np.fromiter(furniture, np.uint32, len(furniture)))
        places = np.flatnonzero(~repeated)
        shared = shared[places]
    else:
        places = np.arange(len(text))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shared, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= max(2, RUN // step)
    starts, ends = starts[long], ends[long]
    if not len(starts):
        return Pieces(spans=(), before=len(places) * step, after=0, closing=0.0)
    first, last = places[starts] * step, places[ends - 1] * step + 3
    tail = shared[-max(1, CLOSING[0] // step) :]
    return Pieces(
        spans=tuple(zip(first.tolist(), last.tolist(), strict=True)),
        before=int(starts[0]) * step,
        after=(len(places) - int(ends[-1])) * step,
        closing=float(tail.mean()),
    )


def is_passage(one: Pieces, other: Pieces, *, of_shorter: Pieces, containment: float) -> bool:
    """Whether two texts have no more than a passage in common; without pieces it is less."""
    framed = one.framed and other.framed
    return framed and (len(of_shorter.spans) <= PIECES or containment < EDITED)


def is_background(
    found: Features, other: Features, shared: tuple[Pieces, Pieces], frequencies: Frequencies
) -> bool | None:
    """Whether the passage says nothing about the event; None: what stands outside it is too short
    to tell. `shared` are the pieces in the one and in the other."""
    mine, theirs = shared
    one = vector(_outside(found, mine), frequencies)
    alike = one.dot(vector(_outside(other, theirs), frequencies))
    if min(mine.closing, theirs.closing) >= CLOSING[1]:
        return alike < CLOSED_ALIKE
    if alike >= ALIKE:
        return False
    words = found.item.fingerprint.length - mine.words, other.item.fingerprint.length - theirs.words
    return True if min(words) >= SHORT else None


def _outside(found: Features, shared: Pieces) -> Features:
    """With the terms alone that stand first in the title, or in no piece."""
    places = np.frombuffer(found.item.fingerprint.places, dtype=np.uint8).astype(np.int64)
    kept = np.ones(len(places), dtype=np.bool_)
    middle = places * PLACE - PLACE // 2
    for start, end in shared.spans:
        kept &= ~((places > 0) & (middle >= start) & (middle < end))
    return found.having(kept)


def at_step(shingles: Numbers, step: int) -> Numbers:
    """Those of a sample that a sample by a greater step has, too."""
    divided: Numbers = shingles[(shingles & np.uint32(step - 1)) == 0]
    return divided
