"""Which story reports the same event, by words, names and numbers close in time.

An article is compared with a story's articles one by one; its likeness to the story is half that
to their centroid and half that to the nearest of them, less a little for a large story (whose
centroid is near to everything) and for time gone by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log, sqrt

from aggregator.core.facts import kinship
from aggregator.core.features import NAME, NUMBER, fact_keys, features
from aggregator.core.postings import Postings
from aggregator.core.tfidf import Frequencies, Vector, cosine
from aggregator.core.window import Key, Member, Window
from aggregator.types import GroupInput

CANDIDATES = 6
"""Stories that are looked at."""
MEMBERS = 16
"""Articles that stand for a story: the latest ones that are no copies."""
QUERY = 32
"""Stems and names that a story is looked up by, the rarest ones."""
BUDGET = 1_500
KEPT = 20_000
"""Vectors that are kept between questions."""

CENTROID = 0.5
FOR_SIZE = 0.02
FOR_A_DAY = 0.01
SAME_OUTLET = 0.15
"""What is taken off within one outlet, which seldom reports an event twice."""
SAME_OUTLET_NEXT_DAY = 0.2
"""And what more a day later: what comes daily is a series."""
OTHER_PEOPLE = 0.08
"""What is taken off when no principal name is shared; nothing from `FAMILIAR` on."""
FAMILIAR = 0.7


EVIDENCE = 3.0
FOREIGN = 0.4
"""From this cosine of names and numbers on it is the same event in another language."""
FOREIGN_FACTS = 4
"""Names and numbers that must be shared."""
FOREIGN_REACH = timedelta(days=3)
SHOWN = 5
"""Names and numbers that a reason gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near an article is to a story."""

    member: Member
    """The story's nearest article."""
    score: float
    """0 to 1, and may be below 0."""


class EventIndex:
    """Finds it."""

    def __init__(self, window: Window, *, reach: timedelta) -> None:
        self._window = window
        self._reach = reach
        self._postings = Postings(window, _index_numbers)
        self._frequencies = Frequencies()
        self._vectors: dict[int, Vector] = {}
        self._vectors_version = 0

    def add(self, member: Member, *, counted: bool) -> None:
        """`counted`: its words count for what words say."""
        self._postings.add(member)
        if counted:
            self._frequencies.add(member.fingerprint.language, features(member.fingerprint))

    def remove(self, member: Member) -> None:
        self._postings.remove(member)

    def discount(self, members: Iterable[Member]) -> None:
        """Their words no longer count; the rest is weighed anew."""
        for member in members:
            self._frequencies.remove(member.fingerprint.language, features(member.fingerprint))
        self._frequencies.refresh()

    def recount(self, members: Iterable[Member], *, since: datetime) -> None:
        """Count the words of these anew, as if they came in this order and a day began `since`."""
        self._frequencies = Frequencies(version=self._frequencies.version + 1)
        begun = False
        for member in members:
            if not begun and member.item.at >= since:
                self._frequencies.refresh()
                begun = True
            self._frequencies.add(member.fingerprint.language, features(member.fingerprint))

    def nearest(self, item: GroupInput, *, apart: Collection[Key]) -> Nearness | None:
        """The story in the same language that is nearest, never one of those in `apart`."""
        language = item.fingerprint.language
        vector = self._frequencies.vector(language, features(item.fingerprint))
        best: Nearness | None = None
        for story in self._candidates(vector, apart):
            members = self._standing_for(story, item, language)
            if not members:
                continue
            nearness = self._measure(item, vector, members)
            if best is None or nearness.score > best.score:
                best = nearness
        return best

    def nearest_foreign(self, item: GroupInput) -> Nearness | None:
        """The story in another language that names the same people, places and numbers."""
        facts = self._facts(item)
        if len(facts) < FOREIGN_FACTS or not item.fingerprint.language:
            return None
        query = {number: weight for number, weight in facts.items() if number < NUMBER}
        best: Nearness | None = None
        for story in self._postings.best(self._postings.gather(query, budget=BUDGET), CANDIDATES):
            for member in self._window.of_story(story):
                nearness = self._measure_foreign(item, facts, member)
                if nearness is not None and (best is None or nearness.score > best.score):
                    best = nearness
        return best

    def shared(self, item: GroupInput, member: Member) -> list[str]:
        """The names, then the numbers, that both have: as `item` writes them, the rarest first."""
        mine, theirs = self._facts(item), self._facts(member.item)
        found = []
        for name, _ in item.fingerprint.names:
            keys = fact_keys(name)
            if keys and all(key in theirs for key in keys):
                found.append((keys[0] >= NUMBER, -sum(mine[key] for key in keys), name))
        found.sort()
        return _without_parts([name for _, _, name in found])[:SHOWN]

    def _facts(self, item: GroupInput) -> dict[int, float]:
        """Its names and numbers, and what each says."""
        found = features(item.fingerprint)
        return self._frequencies.weights([*found.names, *found.numbers], None)

    def _measure_foreign(
        self, item: GroupInput, facts: dict[int, float], member: Member
    ) -> Nearness | None:
        languages = {"", item.fingerprint.language}
        if member.fingerprint.language in languages or not self._is_foreign_time(item, member):
            return None
        theirs = self._facts(member.item)
        shared = facts.keys() & theirs.keys()
        evidence = sum(facts[number] for number in shared)
        if len(shared) < FOREIGN_FACTS or evidence < log(self._frequencies.size(None)) + 3:
            return None
        length = sqrt(_square(facts) * _square(theirs))
        score = sum(facts[number] * theirs[number] for number in shared) / length
        return Nearness(member=member, score=score) if score >= FOREIGN else None

    @staticmethod
    def _is_foreign_time(item: GroupInput, member: Member) -> bool:
        return abs(member.item.at - item.at) <= FOREIGN_REACH

    def _candidates(self, vector: Vector, apart: Collection[Key]) -> list[Key]:
        said = [number for number in vector if number < NUMBER]
        said.sort(key=lambda number: (-vector[number], number))
        query = {number: vector[number] ** 2 for number in said[:QUERY]}
        sums = self._postings.gather(query, budget=BUDGET)
        return self._postings.best(
            {story: weight for story, weight in sums.items() if story not in apart}, CANDIDATES
        )

    def _standing_for(self, story: Key, item: GroupInput, language: str) -> list[Member]:
        members = [
            member
            for member in self._window.of_story(story)
            if member.fingerprint.language == language and self._in_reach(member, item)
        ]
        return [member for member in members if not member.copies][-MEMBERS:] or members[:1]

    def _in_reach(self, member: Member, item: GroupInput) -> bool:
        return abs(member.item.at - item.at) <= self._reach

    def _measure(self, item: GroupInput, vector: Vector, members: Sequence[Member]) -> Nearness:
        vectors = [self._vector(member) for member in members]
        cosines = [
            cosine(vector, other) - _distance(item, member)
            for member, other in zip(members, vectors, strict=True)
        ]
        highest = max(cosines)
        at = cosines.index(highest)
        if not self._proves(item, members[at]):
            return Nearness(member=members[at], score=0.0)
        strangers = max(0.0, 1 - kinship(_names(vector), _names(vectors[at])) / FAMILIAR)
        score = (
            CENTROID * sum(cosines) / self._length(vectors)
            + (1 - CENTROID) * highest
            - FOR_SIZE * log(len(members))
            - OTHER_PEOPLE * strangers
        )
        return Nearness(member=members[at], score=score)

    def _proves(self, item: GroupInput, member: Member) -> bool:
        """Whether what they share is more than two of so many articles share by chance."""
        language = item.fingerprint.language
        mine = features(item.fingerprint)
        theirs = features(member.fingerprint)
        shared = mine.terms.keys() & theirs.terms.keys()
        evidence = sum(self._frequencies.weights(shared, language).values())
        return evidence >= log(self._frequencies.size(language)) + EVIDENCE

    @staticmethod
    def _length(vectors: Sequence[Vector]) -> float:
        """Of the sum of the vectors."""
        square = 0.0
        for index, vector in enumerate(vectors):
            square += 1 + 2 * sum(cosine(vector, other) for other in vectors[:index])
        return sqrt(square)

    def _vector(self, member: Member) -> Vector:
        if self._vectors_version != self._frequencies.version or len(self._vectors) > KEPT:
            self._vectors.clear()
            self._vectors_version = self._frequencies.version
        vector = self._vectors.get(member.order)
        if vector is None:
            found = features(member.fingerprint)
            vector = self._frequencies.vector(member.fingerprint.language, found)
            self._vectors[member.order] = vector
        return vector


def _distance(item: GroupInput, member: Member) -> float:
    """What is taken off a likeness for time gone by and for the same outlet."""
    days = abs(member.item.at - item.at) / timedelta(days=1)
    if item.source and item.source == member.item.source:
        return SAME_OUTLET + FOR_A_DAY * days + SAME_OUTLET_NEXT_DAY * min(days, 1.0)
    return FOR_A_DAY * days


def _square(weights: dict[int, float]) -> float:
    return sum(weight * weight for weight in weights.values())


def _without_parts(names: list[str]) -> list[str]:
    """Without those that are part of a longer one, as the surname alone."""
    return [
        name
        for name in names
        if not any(set(name.split()) < set(other.split()) for other in names)
    ]


def _names(vector: Vector) -> dict[int, float]:
    return {number: weight for number, weight in vector.items() if NAME <= number < NUMBER}


def _index_numbers(member: Member) -> Iterable[int]:
    found = features(member.fingerprint)
    return {*found.lead, *found.names}
