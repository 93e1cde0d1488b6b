"""Which story reports the same event: by words, names and numbers, close in time.

An article is compared with a story's articles one by one. Its nearness to the story is half that
to their centroid and half that to the nearest of them, less a little for a large story (whose
centroid is near to everything). Nearness to each is the cosine of their TF-IDF vectors, less a
little for time gone by, and more when both are of one outlet, whose articles resemble each other
anyway and seldom report one event twice. Similar mixtures of sparse likeness and time: Miranda et
al. 2018; Saravanakumar et al. 2021.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log, sqrt

from aggregator.core import translations
from aggregator.core.facts import kinship
from aggregator.core.features import NAME, NUMBER, fact_keys, features
from aggregator.core.postings import Postings
from aggregator.core.tfidf import Frequencies, Vector, cosine
from aggregator.core.window import Key, Member, Window
from aggregator.types import GroupInput

REPORT = 0.2
"""From this nearness on an article reports the story's event."""
CENTROID = 0.5
FOR_SIZE = 0.02
"""Taken off for each factor e in the number of a story's articles."""
FOR_A_DAY = 0.01
SAME_OUTLET = 0.15
SAME_OUTLET_NEXT_DAY = 0.2
"""Taken off besides when a day has passed: what an outlet brings daily is a series."""
OTHER_PEOPLE = 0.06
"""Taken off when no principal name is shared."""
EVIDENCE = 4.0
"""How much more the shared stems must say than log(articles), which chance accounts for."""

CANDIDATES = 6
"""Stories that are looked at."""
MEMBERS = 12
"""Articles that stand for a story: the latest ones that are no copies."""
QUERY = 32
"""Stems and names that a story is looked up by: those that say most."""
PROMISING = 0.1
"""A story must have so much of what these say; all that were near enough have had more."""
SETTLED = 1_000
"""In a smaller window words are weighed too roughly to tell so early what is promising."""
BUDGET = 1_500
"""Entries of the index that one question reads."""
KEPT = 1_000
"""Vectors that are kept between questions."""
SHOWN = 5
"""Names and numbers that a reason gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near an article is to a story."""

    member: Member
    """The story's nearest article."""
    score: float
    """At most 1; may be below 0."""


class EventIndex:
    """Finds the nearest story among those within `reach`."""

    def __init__(self, window: Window, *, reach: timedelta) -> None:
        self._window = window
        self._reach = reach
        self._postings = Postings(window, _index_numbers)
        self._frequencies = Frequencies()
        self._version = 0
        self._vectors: dict[int, Vector] = {}
        self._squares: dict[Key, tuple[list[int], float]] = {}

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

    def recount(self, members: Iterable[Member], *, today: datetime) -> None:
        """Count the words of these anew, as if they came one by one and a day began `today`."""
        self._frequencies = Frequencies(version=self._frequencies.version + 1)
        begun = False
        for member in members:
            if not begun and member.item.at >= today:
                self._frequencies.refresh()
                begun = True
            self._frequencies.add(member.fingerprint.language, features(member.fingerprint))

    def nearest(self, item: GroupInput, *, apart: Collection[Key]) -> Nearness | None:
        """The nearest story in the same language, never one of those in `apart`.

        A language that is not known may be any.
        """
        self._renew()
        vector = self._frequencies.vector(item.fingerprint.language, features(item.fingerprint))
        found = [
            self._measure(item, vector, members)
            for story in self._candidates(vector)
            if story not in apart and (members := self._standing_for(story, item))
        ]
        return max(found, key=lambda nearness: nearness.score, default=None)

    def nearest_foreign(self, item: GroupInput) -> Nearness | None:
        """The story in another language that names the same people, places and numbers."""
        facts = self._facts(item)
        names = {number: weight for number, weight in facts.items() if number < NUMBER}
        articles = self._frequencies.size(None)
        found = []
        sums = self._postings.gather(names, budget=BUDGET)
        for story in self._postings.best(sums, CANDIDATES, least=0.0):
            for member in self._window.of_story(story):
                if _is_foreign(item, member):
                    theirs = self._facts(member.item)
                    score = translations.likeness(facts, theirs, articles=articles)
                    found.append(Nearness(member=member, score=score))
        best = max(found, key=lambda nearness: nearness.score, default=None)
        return best if best is not None and best.score >= translations.LEAST else None

    def shared(self, item: GroupInput, member: Member) -> list[str]:
        """Names, then numbers, that both have: as `item` writes them, the most telling first."""
        mine, theirs = self._facts(item), self._facts(member.item)
        found = []
        for name, _ in item.fingerprint.names:
            keys = fact_keys(name)
            if keys and all(key in theirs for key in keys):
                found.append((keys[0] >= NUMBER, -sum(mine[key] for key in keys), name))
        return _without_parts([name for _, _, name in sorted(found)])[:SHOWN]

    def _facts(self, item: GroupInput) -> dict[int, float]:
        """Its names and numbers, and what each says."""
        found = features(item.fingerprint)
        return self._frequencies.weights([*found.names, *found.numbers], None)

    def _candidates(self, vector: Vector) -> list[Key]:
        said = {number: weight for number, weight in vector.items() if number < NUMBER}
        bar = min(sorted(said.values(), reverse=True)[:QUERY], default=0.0)
        most = [(-weight, number) for number, weight in said.items() if weight >= bar]
        query = {number: weight**2 for weight, number in sorted(most)[:QUERY]}
        sums = self._postings.gather(query, budget=BUDGET)
        promising = PROMISING * sum(query.values()) if len(self._window) >= SETTLED else 0.0
        return self._postings.best(sums, CANDIDATES, least=promising)

    def _standing_for(self, story: Key, item: GroupInput) -> list[Member]:
        members = [
            member
            for member in self._window.of_story(story)
            if _may_be_compared(item, member) and abs(member.item.at - item.at) <= self._reach
        ]
        return [member for member in members if not member.copies][-MEMBERS:] or members[:1]

    def _measure(self, item: GroupInput, vector: Vector, members: Sequence[Member]) -> Nearness:
        vectors = [self._vector(member) for member in members]
        cosines = [
            cosine(vector, other) - _distance(item, member)
            for member, other in zip(members, vectors, strict=True)
        ]
        highest = max(cosines)
        at = cosines.index(highest)
        if not self._proves(vector, vectors[at], item.fingerprint.language):
            return Nearness(member=members[at], score=0.0)
        centroid = sum(cosines) / self._length(members, vectors)
        score = CENTROID * centroid + (1 - CENTROID) * highest - FOR_SIZE * log(len(members))
        if score >= REPORT:
            score -= OTHER_PEOPLE * (1 - kinship(_names(vector), _names(vectors[at])))
        return Nearness(member=members[at], score=score)

    def _proves(self, one: Vector, other: Vector, language: str) -> bool:
        """Whether the stems they share are more than two of so many articles share by chance."""
        shared = [number for number in one.keys() & other.keys() if number < NAME]
        evidence = sum(self._frequencies.weights(shared, language).values())
        return evidence >= log(self._frequencies.size(language)) + EVIDENCE

    def _length(self, members: Sequence[Member], vectors: Sequence[Vector]) -> float:
        """Of the sum of a story's vectors; what is known of the first ones is used again."""
        orders = [member.order for member in members]
        known, square = self._squares.get(members[0].story, ([], 0.0))
        if orders[: len(known)] != known:
            known, square = [], 0.0
        for index in range(len(known), len(vectors)):
            others = vectors[:index]
            square += 1 + 2 * sum([cosine(vectors[index], other) for other in others])
        self._squares[members[0].story] = orders, square
        return sqrt(square)

    def _vector(self, member: Member) -> Vector:
        vector = self._vectors.get(member.order)
        if vector is None:
            found = features(member.fingerprint)
            vector = self._frequencies.vector(member.fingerprint.language, found)
            self._vectors[member.order] = vector
        return vector

    def _renew(self) -> None:
        """Drop what was worked out with other weights, and what has become too much."""
        if self._version != self._frequencies.version or len(self._vectors) > KEPT:
            self._version = self._frequencies.version
            self._vectors.clear()
            self._squares.clear()


def _distance(item: GroupInput, member: Member) -> float:
    """What is taken off a likeness for time gone by and for the same outlet."""
    days = abs(member.item.at - item.at) / timedelta(days=1)
    if item.source and item.source == member.item.source:
        return SAME_OUTLET + FOR_A_DAY * days + SAME_OUTLET_NEXT_DAY * min(days, 1.0)
    return FOR_A_DAY * days


def _may_be_compared(item: GroupInput, member: Member) -> bool:
    one, other = item.fingerprint.language, member.fingerprint.language
    return one == other or not one or not other


def _is_foreign(item: GroupInput, member: Member) -> bool:
    near = abs(member.item.at - item.at) <= translations.REACH
    return near and not _may_be_compared(item, member)


def _without_parts(names: list[str]) -> list[str]:
    """Without those that are part of a longer one, as the surname alone."""
    return [
        name for name in names if not any(set(name.split()) < set(other.split()) for other in names)
    ]


def _names(vector: Vector) -> dict[int, float]:
    return {number: weight for number, weight in vector.items() if NAME <= number < NUMBER}


def _index_numbers(member: Member) -> Iterable[int]:
    found = features(member.fingerprint)
    return {*found.lead, *found.names}
