"""An inverted index: from a number (a shingle, a stem, a name) to the stories that have it.

The unit is the story, not the article: eighty copies of one text are one entry, so nothing ever
has to be dropped for being frequent among articles.

An entry is one integer, the number and then the story. Entries lie sorted in many small arrays:
8 bytes each where a dict takes a hundred, and as quick to search.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from heapq import nlargest

from aggregator.core.window import Key, Member, Window

_BUCKETS = 1 << 15
_LAST = 3
_OTHERS = _BUCKETS - 1 - _LAST
"""Bits of a number by which its array is chosen. Where only the multiples of four are indexed,
the other three quarters of a question meet empty places; further bits may be 0 in a sample."""
_BITS = 31
"""Of an entry that say which story; the numbers have 33, features.NAME included."""
_STORY = (1 << _BITS) - 1


class Postings:
    """Which stories have a number; `numbers` says which ones an article is found by."""

    def __init__(self, window: Window, numbers: Callable[[Member], Iterable[int]]) -> None:
        self._window = window
        self._numbers = numbers
        self._buckets: list[array[int] | None] = [None] * _BUCKETS

    def add(self, member: Member) -> None:
        root = member.root
        begins = root == member.order
        buckets = self._buckets
        for number in self._numbers(member):
            entry = number << _BITS | root
            place = number >> 6 & _OTHERS | number & _LAST
            bucket = buckets[place]
            if bucket is None:
                buckets[place] = array("Q", (entry,))
            elif begins or not _holds(bucket, entry):
                insort(bucket, entry)

    def remove(self, member: Member) -> None:
        """To be called when the window has already forgotten it."""
        numbers = set(self._numbers(member))
        for other in self._window.of_story(member.story):
            numbers.difference_update(self._numbers(other))
        for number in numbers:
            bucket = self._buckets[number >> 6 & _OTHERS | number & _LAST]
            if bucket is not None:
                del bucket[bisect_left(bucket, number << _BITS | member.root)]

    def gather(self, weights: Mapping[int, float], *, budget: int) -> dict[int, float]:
        """The sum of weights that each story, by its root, has of these numbers.

        The rarest numbers are read first, and at most `budget` entries.
        """
        buckets = self._buckets
        sums: dict[int, float] = defaultdict(float)
        shared: list[tuple[int, int, int, array[int]]] = []
        for number, weight in weights.items():
            bucket = buckets[number >> 6 & _OTHERS | number & _LAST]
            if bucket is None:
                continue
            first = number << _BITS
            at = bisect_left(bucket, first)
            if at == len(bucket) or bucket[at] > first + _STORY:
                continue
            end = bisect_left(bucket, first + _STORY, at)
            if end - at > 1:
                shared.append((end - at, number, at, bucket))
            else:
                sums[bucket[at] & _STORY] += weight
                budget -= 1
        for length, number, at, bucket in sorted(shared):
            budget -= length
            if budget < 0:
                break
            weight = weights[number]
            for entry in bucket[at : at + length]:
                sums[entry & _STORY] += weight
        return sums

    def best(self, sums: Mapping[int, float], limit: int, *, least: float) -> list[Key]:
        """The stories with the highest sums, `least` or more; of equals the earlier one first."""
        highest = nlargest(limit, sums.values())
        if not highest:
            return []
        bar = max(least, highest[-1])
        first = self._window.of_root
        ranked = [
            (-total, first(root)[0].order, root) for root, total in sums.items() if total >= bar
        ]
        return [first(root)[0].story for _, _, root in sorted(ranked)[:limit]]


def _holds(bucket: array[int], entry: int) -> bool:
    at = bisect_left(bucket, entry)
    return at < len(bucket) and bucket[at] == entry
