"""An inverted index: from a number (a shingle, a stem, a name) to the stories that have it.

The unit is the story, not the article: eighty copies of one text are one entry, so nothing ever
has to be dropped for being frequent among articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from heapq import nlargest

from aggregator.core.window import Key, Member, Window

FEW = 4
"""Up to so many stories are a tuple, which is small; more are a dict, which is quick."""


class Postings:
    """Which stories have a number; `numbers` says which ones an article is found by."""

    def __init__(self, window: Window, numbers: Callable[[Member], Iterable[int]]) -> None:
        self._window = window
        self._numbers = numbers
        self._stories: dict[int, Key | tuple[Key, ...] | dict[Key, None]] = {}

    def add(self, member: Member) -> None:
        story = member.story
        stories = self._stories
        for number in self._numbers(member):
            known = stories.setdefault(number, story)
            if known == story:
                continue
            if isinstance(known, dict):
                known[story] = None
            elif not isinstance(known, tuple):
                stories[number] = (known, story)
            elif story not in known:
                many = (*known, story)
                stories[number] = many if len(many) <= FEW else dict.fromkeys(many)

    def remove(self, member: Member) -> None:
        """To be called when the window has already forgotten it."""
        numbers = set(self._numbers(member))
        for other in self._window.of_story(member.story):
            numbers.difference_update(self._numbers(other))
        for number in numbers:
            known = self._stories.pop(number)
            if isinstance(known, dict) and len(known) > FEW + 1:
                del known[member.story]
                self._stories[number] = known
            elif isinstance(known, tuple | dict):
                left = tuple(story for story in known if story != member.story)
                self._stories[number] = left if len(left) > 1 else left[0]

    def gather(self, weights: Mapping[int, float], *, budget: int) -> dict[Key, float]:
        """The sum of weights that each story has of these numbers.

        The rarest numbers are read first, and at most `budget` entries.
        """
        stories = self._stories
        sums: dict[Key, float] = defaultdict(float)
        shared: list[tuple[int, int]] = []
        for number, weight in weights.items():
            known = stories.get(number)
            if known is None:
                continue
            if isinstance(known, tuple | dict):
                shared.append((len(known), number))
            else:
                sums[known] += weight
                budget -= 1
        for length, number in sorted(shared):
            budget -= length
            if budget < 0:
                break
            known = stories[number]
            weight = weights[number]
            for story in known if isinstance(known, tuple | dict) else ():
                sums[story] += weight
        return sums

    def best(self, sums: Mapping[Key, float], limit: int, *, least: float) -> list[Key]:
        """The stories with the highest sums, `least` or more; of equals the earlier one first."""
        highest = nlargest(limit, sums.values())
        if not highest:
            return []
        bar = max(least, highest[-1])
        first = self._window.of_story
        ranked = [
            (-total, first(story)[0].order, story) for story, total in sums.items() if total >= bar
        ]
        return [story for _, _, story in sorted(ranked, key=lambda entry: entry[:2])[:limit]]
