"""Which articles have the text of another: containment of word 3-grams (Broder 1997).

Candidates come from an index of the shingles of every story; each is then measured exactly. An
outlet's own recurring text (navigation, notices, bylines) is left out: what is in articles of two
other stories of the outlet is its furniture. Text inside quotations does not make a copy, for two
reports may quote the same statement at length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from aggregator.core.fingerprint import unpack
from aggregator.core.postings import Postings
from aggregator.core.window import Key, Member, Window
from aggregator.types import Fingerprint, GroupInput

COPY = 0.6
"""From this containment on a text is a copy."""
CANDIDATES = 6
"""Stories that are looked at."""
MEMBERS = 48
"""Articles of a story that are looked at: its first and its last ones."""
RECENT = 12
"""Articles of an outlet in which its furniture is looked for."""
WHOLE = 96
"""A text with at most so many shingles is found by every one of them, a longer one by a quarter."""
BUDGET = 4_000
"""Entries of the index that one question reads."""

Shingles = frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much of its text an article shares with a member of the window."""

    member: Member
    containment: float
    """The share of the shorter text's word sequences that the other has, 0 to 1."""
    overlap: float
    """The share of both texts' word sequences that both have (Jaccard), 0 to 1."""
    wording: float
    """As `containment`, of all text: quotations and the outlets' recurring text included."""
    shared: int
    """Word sequences in both; sampled for long texts."""
    shorter: bool
    """Whether the article is the shorter of the two."""

    @property
    def rank(self) -> tuple[float, float, int]:
        """By it the best is chosen: of copies the one that has most else in common, too; of
        equals the earlier one."""
        return min(self.containment, COPY), self.overlap, -self.member.order


class CopyIndex:
    """Finds the best of them within `reach`."""

    def __init__(self, window: Window, *, reach: timedelta) -> None:
        self._window = window
        self._reach = reach
        self._postings = Postings(window, lambda member: _index_numbers(member.fingerprint))
        self._furniture: dict[str, Shingles] = {}

    def add(self, member: Member) -> None:
        self._postings.add(member)
        self._furniture.pop(member.item.source, None)

    def remove(self, member: Member) -> None:
        self._postings.remove(member)
        self._furniture.pop(member.item.source, None)

    def find(self, item: GroupInput, *, least: float) -> list[Likeness]:
        """The member of each story that shares most of its text with `item`, best first.

        Stories that share less than `least` of all wording are left out.
        """
        mine = _shingles(item.fingerprint)
        sums = self._postings.gather(dict.fromkeys(mine, 1.0), budget=BUDGET)
        found = []
        for story in self._postings.best(sums, CANDIDATES, least=max(2, len(mine) // 64)):
            best = self._best_of(item, mine, self._within_reach(story, item), least)
            if best is not None:
                found.append(best)
        return sorted(found, key=lambda likeness: likeness.rank, reverse=True)

    def _within_reach(self, story: Key, item: GroupInput) -> list[Member]:
        members = self._window.of_story(story)
        members = [member for member in members if abs(member.item.at - item.at) <= self._reach]
        half = MEMBERS // 2
        return members if len(members) <= MEMBERS else members[:half] + members[-half:]

    def _best_of(
        self, item: GroupInput, mine: Shingles, members: list[Member], least: float
    ) -> Likeness | None:
        best: Likeness | None = None
        for member in members:
            theirs = _shingles(member.fingerprint)
            if 3 * len(mine & theirs) < least * min(len(mine), len(theirs)):
                continue
            likeness = self._measure(item, member)
            if best is None or likeness.rank > best.rank:
                best = likeness
            if best.overlap > 0.98:
                break
        return best if best is not None and best.wording >= least else None

    def _measure(self, item: GroupInput, member: Member) -> Likeness:
        step = max(item.fingerprint.step, member.fingerprint.step)
        one, other = _text(item.fingerprint, step), _text(member.fingerprint, step)
        wording = len(one[1] & other[1]) / max(1, min(len(one[1]), len(other[1])))
        mine, theirs = self._furniture_of(item.source), self._furniture_of(member.item.source)
        one, other = _without(one, mine), _without(other, theirs)
        shorter = len(one[1]) <= len(other[1])
        (outside, part), (_, whole) = (one, other) if shorter else (other, one)
        both = len(part & whole)
        return Likeness(
            member=member,
            containment=containment(outside, part, whole),
            overlap=both / max(1, len(part) + len(whole) - both),
            wording=wording,
            shared=both,
            shorter=shorter,
        )

    def _furniture_of(self, source: str) -> Shingles:
        if not source:
            return frozenset()
        known = self._furniture.get(source)
        if known is not None:
            return known
        stories: dict[object, set[int]] = {}
        for member in self._window.of_source(source)[-RECENT:]:
            stories.setdefault(member.story, set()).update(_shingles(member.fingerprint))
        counts = Counter(shingle for text in stories.values() for shingle in text)
        found = frozenset(shingle for shingle, count in counts.items() if count >= 2)
        self._furniture[source] = found
        return found


def containment(outside: Shingles, part: Shingles, whole: Shingles) -> float:
    """How much of `part` is in `whole`; `outside` is what of `part` stands outside quotations.

    The lesser of the shares of all and of what stands outside, unless hardly anything does.
    """
    share = len(part & whole) / max(1, len(part))
    if len(outside) < 8 or 4 * len(outside) < len(part):
        return share
    return min(share, len(outside & whole) / len(outside))


def _text(fingerprint: Fingerprint, step: int) -> tuple[Shingles, Shingles]:
    """Outside quotations, and all."""
    everything = _shingles(fingerprint)
    if step > fingerprint.step:
        everything = _sample(everything, step)
    if not fingerprint.quoted:
        return everything, everything
    return _sample(unpack(fingerprint.shingles), step), everything


def _without(text: tuple[Shingles, Shingles], furniture: Shingles) -> tuple[Shingles, Shingles]:
    if not furniture:
        return text
    return text[0] - furniture, text[1] - furniture


@lru_cache(maxsize=1_024)
def _shingles(fingerprint: Fingerprint) -> Shingles:
    found = set(unpack(fingerprint.shingles + fingerprint.quoted))
    return frozenset(found)  # a copy takes half the memory of a set that has grown


def _sample(shingles: Iterable[int], step: int) -> Shingles:
    if step == 1:
        return frozenset(shingles)
    return frozenset([shingle for shingle in shingles if not shingle % step])


def _index_numbers(fingerprint: Fingerprint) -> Iterable[int]:
    found = _shingles(fingerprint)
    if len(found) <= WHOLE:
        return found
    step = max(4, fingerprint.step)
    return [shingle for shingle in found if not shingle % step]
