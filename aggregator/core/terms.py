"""The stems of texts: how much each is told by its text, where it stands first, which are kept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import expm1
from typing import Final

import numpy as np

from aggregator.core.arrays import Bytes, Counts, Hashes, Places, as_bytes
from aggregator.core.names import BREAK, NUMBER
from aggregator.core.shingles import LOWER, differ, sorted_with_places

TERMS: Final = 320
"""At most so many distinct stems are kept."""
FORCE: Final = 40
"""Units of a force in one of its logarithm."""
PLACE: Final = 8
"""Words of the text in a unit of place."""

_ONE = 1 << 16
"""An occurrence of weight one."""
_FIRST_WEIGHT = 3
_FADING = 15
"""Words; where so many have gone before, an occurrence weighs half as much as in front."""
_TIMES = np.where(np.arange(BREAK) == NUMBER, 4, 1)
"""By kind: how often an occurrence counts."""


def _weights(count: int) -> Counts:
    """What an occurrence counts at each of the first so many positions, in units of 1 / _ONE."""
    places = np.arange(_FADING, _FADING + count, dtype=np.int64)
    return (_FIRST_WEIGHT * _ONE * _FADING + places // 2) // places


_WEIGHTS = _weights(4_096)
_SUMS = np.array([round(_ONE * expm1((force - 0.5) / FORCE)) for force in range(1, 256)], np.int64)
"""The least sum for each force from 1 to 255."""
_NUMBERED = np.arange(128)
_PLACES = ((np.arange(255 * PLACE) + (PLACE - 1)) // PLACE).astype(np.uint8)
"""By how many words of the text there are up to it: the place of a word. The last one is that of
all behind."""


def terms(
    *,
    stems: Hashes,
    kinds: Bytes,
    levels: Bytes,
    places: Counts,
    starts: Sequence[int],
    titles: Sequence[int],
) -> list[tuple[bytes, bytes, bytes]]:
    """Of each text its stems, those first that tell most; their forces; their places.

    The arrays are of the tokens of all texts, `places` counts their words up to each; `starts`
    says with which token a text begins, `titles` how many words there are up to the end of its
    title. No more than 127 texts.
    """
    at = stems.nonzero()[0]
    if not len(at):
        return [(b"", b"", b"")] * len(starts)
    keyed, order = sorted_with_places(stems.take(at))
    begins = np.ones(len(at), np.bool_)
    begins[1:] = differ(keyed)
    positions = np.arange(len(at))
    of = _NUMBERED[:1].repeat(len(at))
    if len(starts) > 1:
        edges = at.searchsorted(np.array(starts))
        texts = _NUMBERED[: len(starts)].repeat(np.append(edges[1:], len(at)) - edges)
        positions -= edges.take(texts)
        of = texts.take(order)
        begins[1:] |= of[1:] != of[:-1]
    groups = begins.nonzero()[0]
    weights = _weigh(positions) * _TIMES.take(kinds.take(at))
    forces = _SUMS.searchsorted(np.add.reduceat(weights.take(order), groups), "right")
    first = at.take(order.take(groups))
    # By text, then by what they tell, then by where they stand first, which no two do in one place.
    ranked = (of.take(groups) << 16) + (0xFFFF - forces * levels.take(first))
    ranked = (ranked << 40) + (first << 8) + forces
    ranked.sort()
    first = (ranked >> 8) & int(LOWER)
    hashes = as_bytes(stems.take(first))
    told = ranked.astype(np.uint8).tobytes()
    before = np.array(titles).take(ranked >> 56)
    stand = _PLACES.take(places.take(first) - before, mode="clip").tobytes()
    bounds = ranked.searchsorted(_NUMBERED[: len(starts) + 1] << 56).tolist()
    return [
        (hashes[4 * begin : 4 * end], told[begin:end], stand[begin:end])
        for begin, end in ((begin, min(begin + TERMS, end)) for begin, end in pairwise(bounds))
    ]


def _weigh(positions: Places) -> Counts:
    """What occurrences count that so many stems of the text have gone before."""
    if len(positions) <= len(_WEIGHTS) or positions.max() < len(_WEIGHTS):
        return _WEIGHTS.take(positions)
    return _weights(len(positions)).take(positions)
