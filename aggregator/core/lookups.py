"""What is asked of an inverted index, and what was looked up before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from aggregator.core.coming import Coming

NO_LIST = -1

Places = npt.NDArray[np.intp]
Weights = npt.NDArray[np.float64]


@dataclass(slots=True)
class Ahead:
    """What was looked up of numbers. Not frozen, which would take thrice as long to make."""

    state: int
    """Of the table, when it was asked."""
    begins: Places
    """Of each number, where its roots begin in `entries`."""
    lengths: Places
    """How many there are."""
    lists: Places
    """Of those that have one: which list; else NO_LIST."""
    entries: bytes
    """Of many numbers, those of others among them."""
    coming: Coming | None
    article: int
    """Which one of these it is; -1: none."""
    firsts: Places
    """Of each number, where in `coming` entries are that count, if they are there;"""
    lasts: Places
    """and where they end."""
    most: float
    """How many of the numbers one story can have, common ones counted half."""

    def part(self, lanes: Places | slice, article: int, most: float = inf) -> Ahead:
        """That of some of the numbers."""
        return Ahead(
            self.state,
            self.begins[lanes],
            self.lengths[lanes],
            self.lists[lanes],
            self.entries,
            self.coming,
            article,
            self.firsts[lanes],
            self.lasts[lanes],
            most,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Closeness:
    """What is asked of stories besides: that the weights of what they have, each times what its
    mark stands for, add up to enough."""

    weights: Weights
    """Of each number that is looked for."""
    marks: Weights
    """What each mark stands for."""
    least: float
    exempt: Callable[[int], bool]
    """Whether it is not asked of the story with this root."""
