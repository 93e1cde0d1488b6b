"""Which story in another language reports the same event: by names, numbers and, with a model, by
what it means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aggregator.core.archive import Archive
from aggregator.core.features import Features
from aggregator.core.foreign import LEAST, NEAR, foreign_likeness
from aggregator.core.meaning_index import MeaningIndex
from aggregator.core.postings import Postings
from aggregator.core.translations import REACH
from aggregator.core.weights import FACTS, Frequencies
from aggregator.core.window import Window

INDEXED = 12
"""Words of names that an article is found by: the most frequent ones, the first of equals."""
CANDIDATES = 6
"""Stories that are looked at, by names; as many articles by meaning."""
MEMBERS = 6
PROMISING = 0.1
"""So much of what the names say a story must have."""
BUDGET = 600


_NAME = "foreign"

Numbers = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    root: int
    slot: int
    other: Features
    score: float


class ForeignIndex:
    """Finds the nearest story in another language."""

    def __init__(self, window: Window, archive: Archive, frequencies: Frequencies) -> None:
        self._window = window
        self._archive = archive
        self._frequencies = frequencies
        self._postings = Postings()
        self._meanings = MeaningIndex()

    def add(self, slot: int, root: int, found: Features, *, begins: bool) -> None:
        numbers, ahead = self.numbers(found), found.ahead.get(_NAME)
        self._postings.add(root, numbers, begins=begins, ahead=ahead)
        self._meanings.add(slot, found.item.fingerprint.meaning)

    @staticmethod
    def numbers(found: Features) -> Numbers:
        """What an article is found by, besides its meaning."""
        return found.named[:INDEXED]

    def expect(self, coming: Sequence[Features]) -> None:
        """Prepare for these to be added."""
        added = [self.numbers(found) for found in coming]
        nothing = [added[0][:0]] * len(added) if added else []
        for found, ahead in zip(coming, self._postings.expect(nothing, added), strict=True):
            found.ahead[_NAME] = ahead

    def discard(self, root: int, numbers: Collection[int]) -> None:
        """No article of a story that goes on is found by these any more."""
        self._postings.discard(root, numbers)

    def left(self, slot: int) -> None:
        self._meanings.remove(slot)

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        self._postings.sweep(gone)

    def nearest(self, found: Features, *, barred: Callable[[int], bool]) -> Foreign | None:
        """None: no story is near enough, or those that are, are barred by their roots."""
        if not self._window.has_other_than(found.item.fingerprint.language):
            return None
        numbers = self.numbers(found)
        mine = self.weighed(found)
        weights = [mine[number] for number in numbers.tolist()]
        roots = self._postings.find(
            numbers,
            weights,
            budget=BUDGET,
            limit=CANDIDATES,
            least=PROMISING * sum(weights),
            rank=self._window.order,
        )
        slots = [slot for root in roots for slot in self._abroad(root, found)]
        by_meaning = self._meanings.nearest(
            found.item.fingerprint.meaning,
            CANDIDATES * MEMBERS,
            least=NEAR,
            rank=self._window.order,
        )
        slots += [slot for slot, _ in by_meaning if self._is_abroad(slot, found)][:CANDIDATES]
        slots = [slot for slot in dict.fromkeys(slots) if not barred(self._window.root[slot])]
        articles = self._frequencies.size(FACTS) + 100
        near = []
        for slot, other in self._archive.of(self._window, slots).items():
            score = foreign_likeness(
                found.item.fingerprint,
                other.item.fingerprint,
                mine,
                self.weighed(other),
                articles=articles,
            )
            root = self._window.root[slot]
            near.append(Foreign(root=root, slot=slot, other=other, score=score))
        order = self._window.order
        first = max(near, key=lambda one: (one.score, -order[one.slot]), default=None)
        return first if first is not None and first.score >= LEAST else None

    def weighed(self, found: Features) -> dict[int, float]:
        """Its names and numbers, and what each says."""
        says = self._frequencies.weights(found.fact_spots)
        return dict(zip(found.facts, says.tolist(), strict=True))

    def _abroad(self, root: int, found: Features) -> list[int]:
        return [s for s in self._window.members(root) if self._is_abroad(s, found)][-MEMBERS:]

    def _is_abroad(self, slot: int, found: Features) -> bool:
        mine, theirs = found.item.fingerprint.language, self._window.language(slot)
        abroad = bool(mine and theirs and mine != theirs)
        return abroad and self._window.gap(slot, found.item.at) <= REACH
