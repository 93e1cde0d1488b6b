"""Which story reports the same event: by what its articles say, close in time.

A story is the sum of its articles' vectors. The nearness of an article to it is their cosine, less
a little for time gone by, for a story that has many reports already (which is near to everything),
and when outlet and story are of one house: what an outlet brings daily is a series. Similar
mixtures of sparse likeness and time: Miranda et al. 2018; Saravanakumar et al. 2021.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from math import log

import numpy as np
import numpy.typing as npt

from aggregator.core import prominence
from aggregator.core.archive import Archive
from aggregator.core.features import Batch, Features
from aggregator.core.headline_toll import toll
from aggregator.core.lookups import Ahead, Closeness
from aggregator.core.meaning import blended
from aggregator.core.postings import Postings
from aggregator.core.series import tells_nothing
from aggregator.core.vectors import Vector, centre, vector
from aggregator.core.weights import Frequencies, spots
from aggregator.core.window import Window

REPORT = 0.245
"""From this nearness on an article reports the story's event."""
FOR_SIZE = 0.03
"""Taken off for each factor e in the number of a story's articles."""
FOR_A_DAY = 0.01
SAME_OUTLET = 0.15
SAME_OUTLET_NEXT_DAY = 0.2
"""Taken off besides when a day has passed."""
EVIDENCE = 3.0
"""How much more the shared words must say than log(articles), which chance accounts for."""
RARE = 6.0
"""What a word says that is rare: one of 400 articles has it, those of the story not counted."""
ONE = 2.5
"""At most so much of what one word says counts as rare: by one name alone, no event is proved."""
RARITY = 4.0
"""What is above `RARE` in the shared words must add up to so much for each factor e by which the
stream is larger than `SMALL`: the larger it is, the nearer is the nearest of all strangers."""
SMALL = 900
"""Articles."""
MOST_RARITY = 4.5
"""But no more than this."""
CERTAIN = 0.1
"""From so far above `REPORT` on nothing rare is asked; nearer to it, in proportion."""

INDEXED = 32
"""Stems that an article is found by: those that say most."""
QUERY = 24
LIKELY = 36
"""Of these so many are looked up for many articles at once: before an article's turn comes, the
articles before it change what its words say, but hardly which say most."""
FEW = 1_000
PROMISING = (0.05, 0.18)
"""So much of what these say a story must have, in a window of fewer articles than `FEW` and in a
larger one. The mixed stream loses no story by the second when it is put into 8,000 strangers; most
strangers have less."""
CLOSE = 0.11
"""A story of one article must be so near by those words alone, as far as the index tells. Of those
that are nearer than 0.2 in the end, one in a hundred is not; of all others, more than half."""
CANDIDATES = 4
"""Stories that are looked at."""
MEMBERS = 24
"""Articles that stand for a story: the latest ones that are no copies."""
BUDGET = 1_000
"""Entries of the index that one question reads."""
_NAME = "events"
_DAY = timedelta(days=1)

Numbers = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near an article is to a story."""

    root: int
    slot: int
    """Of the story's nearest article."""
    score: float
    """At most 1; may be below 0."""
    cosine: float
    """Before anything was taken off."""
    days: float
    """Between the article and the nearest in time."""


class EventIndex:
    """Finds the stories that are near to an article."""

    def __init__(self, window: Window, archive: Archive, frequencies: Frequencies) -> None:
        self._window = window
        self._archive = archive
        self._frequencies = frequencies
        self._postings = Postings(bits=prominence.BITS)

    def add(self, root: int, found: Features, *, begins: bool) -> None:
        numbers, ahead = self.numbers(found), found.ahead.get(_NAME)
        marks = self.marks(found)[: len(numbers)]
        self._postings.add(root, numbers, begins=begins, marks=marks, ahead=ahead)

    @staticmethod
    def numbers(found: Features) -> Numbers:
        """What an article is found by: nothing, if no event can be recognised by it."""
        return found.terms[: 0 if tells_nothing(found) else INDEXED]

    @staticmethod
    def marks(found: Features) -> Numbers:
        """How much each of the first `INDEXED` terms says of the article (core.prominence)."""
        forces = np.frombuffer(found.item.fingerprint.forces, np.uint8)
        return prominence.marks(forces[:INDEXED], found.square)

    def change(self, root: int, marks: Mapping[int, int]) -> None:
        """A story that has these numbers has them with these marks."""
        self._postings.discard(root, marks)
        of = np.fromiter(marks.values(), np.uint32, len(marks))
        self._postings.add(root, marks, begins=False, marks=of)

    def discard(self, root: int, numbers: Collection[int]) -> None:
        """No article of a story that goes on is found by these any more."""
        self._postings.discard(root, numbers)

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        self._postings.sweep(gone)

    def expect(
        self, coming: Sequence[Features], batches: Iterable[Batch], *, assigned: bool
    ) -> None:
        """Look up what `nearest` will most likely ask of these, unless they are `assigned`.
        `batches` are made of them."""
        for batch in batches:
            if not assigned:
                self._choose(batch)
        asked = [found.words.numbers[found.likely] for found in coming]
        ahead = self._postings.expect(asked, [self.numbers(found) for found in coming])
        for found, looked_up in zip(coming, ahead, strict=True):
            found.ahead[_NAME] = looked_up

    def _choose(self, batch: Batch) -> None:
        """What is looked up of each article."""
        words = batch.words
        weights = words.forces * self._frequencies.weights(words.spots)
        for found, (begin, end) in zip(batch.articles, batch.bounds, strict=True):
            found.likely = _greatest(weights[begin:end], LIKELY)

    def nearest(
        self, found: Features, *, apart: Collection[int], reach: timedelta
    ) -> list[Nearness]:
        """Stories with an article in the same language within `reach`, the nearest first; never
        one whose root is in `apart`. A language that is not known may be any."""
        mine = vector(found, self._frequencies)
        candidates = {
            root: members
            for root in self._candidates(found, mine)
            if root not in apart and (members := self._standing_for(root, found, reach))
        }
        known = self._archive.of(self._window, chain.from_iterable(candidates.values()))
        near = []
        for root, slots in candidates.items():
            standing = [(slot, known[slot]) for slot in slots if slot in known]
            if standing:
                near.append(self._measure(found, mine, root, standing))
        return sorted(near, key=lambda one: (-one.score, self._window.order[one.root]))

    def nearest_of(self, root: int, found: Features) -> int | None:
        """The article of a story that is most like this one, of those in its language; None: there
        is none."""
        mine = vector(found, self._frequencies)
        slots = [
            slot
            for slot in self._window.members(root)
            if self._window.language(slot) == found.item.fingerprint.language
        ][-MEMBERS:]
        likenesses = [
            (mine.dot(vector(other, self._frequencies)), -self._window.order[slot], slot)
            for slot, other in self._archive.of(self._window, slots).items()
        ]
        return max(likenesses)[2] if likenesses else None

    def _candidates(self, found: Features, mine: Vector) -> list[int]:
        weights = mine.values * mine.values
        most = _greatest(weights, QUERY)
        weights = weights[most]
        few = len(self._window) < FEW
        return self._postings.find(
            mine.words[most],
            weights,
            budget=BUDGET,
            limit=CANDIDATES,
            least=PROMISING[0 if few else 1] * float(weights.sum()),
            rank=self._window.order,
            ahead=_ahead(found, most),
            closeness=None if few else self._closeness(mine, most),
        )

    def _closeness(self, mine: Vector, most: Places) -> Closeness:
        return Closeness(
            weights=mine.values[most] * mine.says[most],
            marks=prominence.SHARES,
            least=CLOSE,
            exempt=self._is_several,
        )

    def _is_several(self, root: int) -> bool:
        """Whether the marks say only what one of several articles says."""
        return not self._window.is_single(root)

    def _standing_for(self, root: int, found: Features, reach: timedelta) -> list[int]:
        item, window = found.item, self._window
        members = [
            slot
            for slot in window.members_within(root, item.at, reach)
            if _same(item.fingerprint.language, window.language(slot))
        ]
        return [slot for slot in members if not window.copies(slot)][-MEMBERS:] or members[:1]

    def _measure(
        self, found: Features, mine: Vector, root: int, members: Sequence[tuple[int, Features]]
    ) -> Nearness:
        vectors = [vector(member, self._frequencies) for _, member in members]
        likenesses = [mine.dot(other) for other in vectors]
        nearest = max(range(len(members)), key=likenesses.__getitem__)
        whole = centre(vectors)
        other = members[nearest][1].item.fingerprint
        likeness = likenesses[0] if len(vectors) == 1 else mine.dot(whole)
        cosine = blended(likeness, found.item.fingerprint, other)
        days = [self._window.gap(slot, found.item.at) / _DAY for slot, _ in members]
        score = cosine - FOR_SIZE * log(len(members))
        score -= sum(
            _distance(found, member, gap) for (_, member), gap in zip(members, days, strict=True)
        ) / len(members)
        if score >= REPORT:
            score -= toll(found, members[nearest][1], self._frequencies)
        if score >= REPORT and not self._proves(found, mine, whole, score):
            score = REPORT / 2
        return Nearness(
            root=root,
            slot=members[nearest][0],
            score=score,
            cosine=cosine,
            days=min(days),
        )

    def _proves(self, found: Features, mine: Vector, whole: Vector, score: float) -> bool:
        """Whether the words they share are more than so many articles share by chance."""
        language = found.item.fingerprint.language
        _, both = mine.shared(whole)
        articles = self._frequencies.size(language) + 1
        if float(whole.says[both].sum()) < log(articles) + EVIDENCE:
            return False
        needed = min(MOST_RARITY, RARITY * log(max(1.0, articles / SMALL)))
        needed *= 1 - (score - REPORT) / CERTAIN
        if needed <= 0:
            return True
        words, times = whole.words[both], whole.articles[both]
        says = self._frequencies.weights(spots(language, words), less=times)
        return float(np.clip(says - RARE, 0.0, ONE).sum()) >= needed


def _greatest(weights: Weights, count: int) -> Places:
    """Where the so many greatest stand, in order."""
    if len(weights) <= count:
        return np.arange(len(weights))
    most = weights.argpartition(-count)[-count:]
    most.sort()
    return most


def _ahead(found: Features, most: Places) -> Ahead | None:
    """What was looked up of the words at these places; None: not of all of them."""
    ahead, likely = found.ahead.get(_NAME), found.likely
    if ahead is None:
        return None
    at = likely.searchsorted(most)
    if len(at) and (at[-1] == len(likely) or (likely.take(at) != most).any()):
        return None
    return ahead.part(at, ahead.article)


def _distance(found: Features, member: Features, days: float) -> float:
    """What is taken off for time gone by and for the same outlet."""
    if found.item.source and found.item.source == member.item.source:
        return SAME_OUTLET + FOR_A_DAY * days + SAME_OUTLET_NEXT_DAY * min(days, 1.0)
    return FOR_A_DAY * days


def _same(one: str, other: str) -> bool:
    return one == other or not one or not other
