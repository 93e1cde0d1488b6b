"""Which articles have the text of another: containment of word 3-grams (Broder 1997).

Candidates come from an index of a sample of the shingles of every story; each is then measured
exactly. An outlet's own recurring text (navigation, notices, bylines) is left out: what is in
articles of two other stories of the outlet is its furniture. Of what is left it is asked whether it
is more than a passage (core.passages).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from heapq import nsmallest
from itertools import chain

import numpy as np
import numpy.typing as npt

from aggregator.core.archive import Archive
from aggregator.core.features import Features
from aggregator.core.passages import Pieces, at_step, is_passage, pieces
from aggregator.core.postings import Postings
from aggregator.core.window import Window

COPY = 0.6
"""From this containment on a text is a copy."""
WHOLLY = (0.85, 0.6)
"""From this containment or overlap on what two texts share is more than a passage, wherever it
stands."""
AGAIN = (0.9, 0.5)
"""From this containment and overlap on an outlet's text is its same article again."""
CANDIDATES = 6
"""Stories that are looked at."""
MEMBERS = 24
"""Articles of a story that are looked at: its first and its last ones."""
MEASURED = 8
"""Of these so many, the most alike at first sight, are measured exactly."""
RECENT = 12
"""Articles of an outlet in which its furniture is looked for."""
BUDGET = 800
"""Entries of the index that one question reads."""
COMMON = 4
"""What more stories have may be a turn of phrase. It counts half, and never nothing: a text can be
in many stories, too."""
_NAME = "copies"
_MARKS = 0x3FFF
"""The last bits of word sequences: few by chance have the same."""
_OUTLETS = 2_000
"""Outlets whose furniture is kept: those that were asked for last."""

Shingles = frozenset[int]
Numbers = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much of its text an article shares with a member of the window."""

    root: int
    slot: int
    other: Features
    containment: float
    """The share of the shorter text's word sequences that the other has, 0 to 1."""
    overlap: float
    """The share of both texts' word sequences that both have (Jaccard), 0 to 1."""
    wording: float
    """As `containment`, of all text: the outlets' recurring text included."""
    extent: float
    """As `overlap`, of all text."""
    shared: int
    """Word sequences in both; sampled for long texts."""
    shorter: bool
    """Whether the article is the shorter of the two."""
    order: int
    """Of the member in the order of assignment."""
    own: bool
    """Whether both are of one outlet."""
    passage: tuple[Pieces, Pieces] | None = None
    """What the article and the member have in common, if that is no more than a passage, or than
    an outlet's recurring text; without pieces when it is no more than turns of phrase."""

    @property
    def again(self) -> bool:
        """Whether it is the outlet's same article."""
        return self.own and self.containment >= AGAIN[0] and self.overlap >= AGAIN[1]

    @property
    def rank(self) -> tuple[bool, float, float, int]:
        """By it the best is chosen: the outlet's own article before another one's; of copies the
        one that has most else in common, too; of equals the earlier one."""
        return self.again, min(self.containment, COPY), self.overlap, -self.order


class CopyIndex:
    """Finds the best of them within `reach`."""

    def __init__(self, window: Window, archive: Archive) -> None:
        self._window = window
        self._archive = archive
        self._postings = Postings(common=COMMON)
        self._furniture: OrderedDict[str, Shingles] = OrderedDict()

    def add(self, root: int, found: Features, *, begins: bool) -> None:
        self._postings.add(root, found.sample, begins=begins, ahead=found.ahead.get(_NAME))
        self._furniture.pop(found.item.source, None)

    @staticmethod
    def numbers(found: Features) -> Numbers:
        """What an article is found by."""
        return found.sample

    def discard(self, root: int, numbers: Collection[int]) -> None:
        """No article of a story that goes on is found by these any more."""
        self._postings.discard(root, numbers)

    def left(self, source: str) -> None:
        """Articles of the outlet have left the window."""
        self._furniture.pop(source, None)

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        self._postings.sweep(gone)

    def expect(self, coming: Sequence[Features], *, assigned: bool) -> None:
        """Look up what `find` will ask of these, unless they are `assigned`."""
        samples = [found.sample for found in coming]
        asked = [sample[:0] for sample in samples] if assigned else samples
        ahead = self._postings.expect(asked, samples)
        for found, looked_up in zip(coming, ahead, strict=True):
            found.ahead[_NAME] = looked_up

    def find(self, found: Features, *, least: float, reach: timedelta) -> list[Likeness]:
        """The member of each story that shares most of its text with the article, best first: of
        those that share more than a passage, where there are any.

        Stories that share less than `least` of all wording are left out.
        """
        numbers = found.sample
        enough = max(2.0 if len(numbers) > 8 else 1.0, len(numbers) / 16)
        ahead = found.ahead.get(_NAME)
        if not self._postings.may_find(ahead, enough):
            return []
        roots = self._postings.find(
            numbers,
            np.ones(len(numbers)),
            budget=BUDGET,
            limit=CANDIDATES,
            least=enough,
            rank=self._window.order,
            ahead=ahead,
        )
        if not roots:
            return []
        slots = {root: self._within_reach(root, found, reach) for root in roots}
        known = self._archive.of(self._window, chain.from_iterable(slots.values()))
        likenesses = []
        for root, members in slots.items():
            others = [(slot, known[slot]) for slot in members if slot in known]
            likeness = self._best_of(found, root, others, least)
            if likeness is not None:
                likenesses.append(likeness)
        return sorted(likenesses, key=lambda one: one.rank, reverse=True)

    def _within_reach(self, root: int, found: Features, reach: timedelta) -> list[int]:
        members = self._window.members_within(root, found.item.at, reach)
        half = MEMBERS // 2
        return members if len(members) <= MEMBERS else members[:half] + members[-half:]

    def _best_of(
        self, found: Features, root: int, others: Sequence[tuple[int, Features]], least: float
    ) -> Likeness | None:
        likenesses: list[Likeness] = []
        for slot, other in _most_alike(found, others, least):
            likeness = self._measure(found, other, slot, root)
            if likeness.wording >= least:
                likenesses.append(likeness)
            if likeness.overlap > 0.98:
                break
        likenesses.sort(key=lambda one: one.rank, reverse=True)
        passage: Likeness | None = None
        for likeness in likenesses:
            if likeness.containment < least:
                break
            shared = self._passage(found, likeness)
            if shared is None:
                return likeness
            passage = passage or replace(likeness, passage=shared)
        if passage is None and likenesses:
            other = likenesses[0].other
            shared = pieces(found, other), pieces(other, found)
            passage = replace(likenesses[0], passage=shared)
        return passage

    def _passage(self, found: Features, likeness: Likeness) -> tuple[Pieces, Pieces] | None:
        """None: it is more than that."""
        other = likeness.other
        if likeness.containment >= WHOLLY[0] or likeness.overlap >= WHOLLY[1]:
            return None
        if not found.item.fingerprint.length or not other.item.fingerprint.length:
            return None
        mine = pieces(found, other, self.furniture(found.item.source))
        theirs = pieces(other, found, self.furniture(other.item.source))
        of_shorter, containment = mine if likeness.shorter else theirs, likeness.containment
        if is_passage(mine, theirs, of_shorter=of_shorter, containment=containment):
            return mine, theirs
        return None

    def _measure(self, found: Features, other: Features, slot: int, root: int) -> Likeness:
        step = max(found.item.fingerprint.step, other.item.fingerprint.step)
        one, two = _at_step(found, step), _at_step(other, step)
        _, wording, extent = _shared(one, two)
        one -= self.furniture(found.item.source)
        two -= self.furniture(other.item.source)
        both, containment, overlap = _shared(one, two)
        return Likeness(
            root=root,
            slot=slot,
            other=other,
            containment=containment,
            overlap=overlap,
            wording=wording,
            extent=extent,
            shared=both,
            shorter=len(one) <= len(two),
            order=self._window.order[slot],
            own=bool(found.item.source) and found.item.source == other.item.source,
        )

    def furniture(self, source: str) -> Shingles:
        """Word sequences that recur in the outlet's latest articles."""
        if not source:
            return frozenset()
        known = self._furniture.get(source)
        if known is not None:
            self._furniture.move_to_end(source)
            return known
        window = self._window
        texts = self._archive.of(window, window.latest_of_source(source, RECENT))
        stories: dict[int, set[int]] = {}
        for slot, text in texts.items():
            stories.setdefault(window.root[slot], set()).update(text.shingle_set)
        counts = Counter(shingle for text in stories.values() for shingle in text)
        found = frozenset(shingle for shingle, count in counts.items() if count >= 2)
        self._furniture[source] = found
        if len(self._furniture) > _OUTLETS:
            self._furniture.popitem(last=False)
        return found


def _most_alike(
    found: Features, others: Sequence[tuple[int, Features]], least: float
) -> list[tuple[int, Features]]:
    """Those members that are worth measuring, those of the same outlet first."""
    source, length = found.item.source, len(found.shingles)
    marks = np.zeros(_MARKS + 1, np.bool_)
    marks[found.shingles & _MARKS] = True
    alike: list[tuple[bool, float, float, int, tuple[int, Features]]] = []
    for slot, other in others:
        # Most go no further than here, and no set is made: sequences in both have the same last
        # bits, so there are no more of them than this.
        most = int(np.count_nonzero(marks.take(other.shingles & _MARKS)))
        if 3 * _shares(most, length, len(other.shingles))[0] < least:
            continue
        both = len(found.shingle_set.intersection(other.shingles.tolist()))
        contained, overlap = _shares(both, length, len(other.shingles))
        if 3 * contained >= least:
            contained = min(contained, COPY)
            elsewhere = other.item.source != source
            alike.append((elsewhere, -contained, -overlap, len(alike), (slot, other)))
    return [member for *_, member in nsmallest(MEASURED, alike)]


def wording(found: Features, other: Features) -> float:
    """The share of the shorter text's word sequences that the other has, 0 to 1."""
    step = max(found.item.fingerprint.step, other.item.fingerprint.step)
    return _shared(_at_step(found, step), _at_step(other, step))[1]


def _shared(one: Shingles, other: Shingles) -> tuple[int, float, float]:
    """How many are in both, and which share that is of the fewer, and of all."""
    both = len(one & other)
    return both, *_shares(both, len(one), len(other))


def _shares(both: int, one: int, other: int) -> tuple[float, float]:
    """Which share so many are of the fewer, and of all."""
    return both / max(1, min(one, other)), both / max(1, one + other - both)


def _at_step(found: Features, step: int) -> Shingles:
    if step == found.item.fingerprint.step:
        return found.shingle_set
    return frozenset(at_step(found.shingles, step).tolist())
