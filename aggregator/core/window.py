"""The articles that grouping can still see: by story, by outlet and by address, until they expire.

Everything here and in the indexes built upon it depends only on which articles are in the window
and in what order they were assigned, never on those that have left it. So a window that is
rebuilt from the store is the window that never stopped.

An article is a slot, a row in columns of numbers; what it says is recalled from where it is kept.
A story is its root, the slot of the article that began it in this window. Articles leave the window
all together once a day, and only then are slots used again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.core.postings import Postings
from aggregator.core.urls import url_key
from aggregator.types import GroupInput

Key = int | str
"""Identifies an article or a story."""

NONE = -1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = 3_600_000_000


def micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


class Window:
    """Columns by slot; times are microseconds since 1970 UTC."""

    def __init__(self) -> None:
        self.order = array("Q")
        """Of each slot: its place in the order of assignment; of a root whose own article has left,
        that of the story's first article."""
        self.at = array("q")
        self.root = array("i")
        """Of each slot: the slot of its story."""
        self._keys: list[Key | None] = []
        self._slots: dict[Key, int] = {}
        self._next = array("i")
        self._last = array("i")
        self._first = array("i")
        self._source = array("I")
        self._language = array("I")
        self._copies = bytearray()
        self._named: dict[int, Key] = {}
        self._by_name: dict[Key, int] = {}
        self._sources = _Names()
        self._languages = _Names()
        self._spoken: Counter[int] = Counter()
        """Articles in each language."""
        self._of_source: dict[int, array[int]] = {}
        self._addresses = Postings()
        self._hours: dict[int, array[int]] = {}
        self._free: list[int] = []
        self._ended: set[int] = set()
        self._assigned = 0

    def __len__(self) -> int:
        return len(self._slots)

    def __iter__(self) -> Iterator[int]:
        """Slots in order of assignment."""
        return iter(sorted(self._slots.values(), key=self.order.__getitem__))

    def slot(self, key: Key) -> int | None:
        """None: it is not in the window."""
        return self._slots.get(key)

    def key(self, slot: int) -> Key:
        key = self._keys[slot]
        assert key is not None  # noqa: S101 - of an article in the window
        return key

    def source(self, slot: int) -> str:
        return self._sources.name(self._source[slot])

    def language(self, slot: int) -> str:
        return self._languages.name(self._language[slot])

    def has_other_than(self, language: str) -> bool:
        """Whether there are articles in another language; one that is not known is none."""
        return any(
            count and name and name != language
            for number, count in self._spoken.items()
            if (name := self._languages.name(number))
        )

    def copies(self, slot: int) -> bool:
        """Whether its text is another article's text."""
        return bool(self._copies[slot])

    def story(self, root: int) -> Key:
        """What the story is called: by its first article, which may have left the window."""
        named = self._named.get(root)
        return self.key(root) if named is None else named

    def root_of(self, story: Key) -> int | None:
        """None: nothing of the story is in the window."""
        named = self._by_name.get(story)
        if named is not None:
            return named
        slot = self._slots.get(story)
        if slot is None or self.story(self.root[slot]) != story:
            return None
        return self.root[slot]

    def members(self, root: int) -> list[int]:
        """Slots of a story in order of assignment."""
        found = []
        slot = self._first[root]
        while slot != NONE:
            found.append(slot)
            slot = self._next[slot]
        return found

    def is_single(self, root: int) -> bool:
        """Whether a story has no other article than one."""
        return self._first[root] == self._last[root]

    def members_within(self, root: int, at: datetime, reach: timedelta) -> list[int]:
        """Those of a story that are no further than `reach` from that time."""
        middle, span = micros(at), reach // _MICROSECOND
        return [slot for slot in self.members(root) if abs(self.at[slot] - middle) <= span]

    def gap(self, slot: int, at: datetime) -> timedelta:
        """Between an article and that time."""
        return abs(self.at[slot] - micros(at)) * _MICROSECOND

    def latest_of_source(self, source: str, count: int) -> list[int]:
        """The last slots of an outlet, in order of assignment."""
        number = self._sources.known(source)
        slots = None if number is None else self._of_source.get(number)
        return [] if slots is None else list(slots[-count:])

    def of_address(self, address: str) -> list[int]:
        """Roots of stories with an article at the address, as made by `address_of`."""
        return self._addresses.find(
            [_hash(address)], [1.0], budget=100, limit=100, least=1.0, rank=self.order
        )

    def add(self, item: GroupInput, story: Key, *, copies: bool) -> tuple[int, bool]:
        """Its slot, and whether it begins its story in this window."""
        slot = self._new_slot()
        self._assigned += 1
        root = self.root_of(story)
        begins = root is None
        if root is None:
            root = slot
            self._first[root] = slot
            if story != item.article_id:
                self._named[root] = story
                self._by_name[story] = root
        else:
            self._next[self._last[root]] = slot
        self._last[root] = slot
        source = self._sources.number(item.source)
        self._slots[item.article_id] = slot
        self._keys[slot] = item.article_id
        self.order[slot] = self._assigned
        self.at[slot] = micros(item.at)
        self.root[slot] = root
        self._source[slot] = source
        language = self._languages.number(item.fingerprint.language)
        self._language[slot] = language
        self._spoken[language] += 1
        self._copies[slot] = copies
        self._of_source.setdefault(source, array("I")).append(slot)
        self._hours.setdefault(self.at[slot] // _HOUR, array("I")).append(slot)
        if address := address_of(item):
            self._addresses.add(root, [_hash(address)], begins=begins)
        return slot, begins

    def before(self, horizon: int) -> list[int]:
        """Slots with `at` before the horizon, in order of assignment."""
        old = [
            slot
            for hour, slots in self._hours.items()
            if hour * _HOUR < horizon
            for slot in slots
            if self.at[slot] < horizon
        ]
        return sorted(old, key=self.order.__getitem__)

    def discard(self, root: int, addresses: Iterable[str]) -> None:
        """No article of a story that goes on has these addresses any more."""
        self._addresses.discard(root, map(_hash, addresses))

    def remove(self, slots: Collection[int]) -> None:
        """Take articles out of their stories. Their slots are used again after `release`."""
        leaving = set(slots)
        for root in {self.root[slot] for slot in slots}:
            story = self.story(root)
            rest = [slot for slot in self.members(root) if slot not in leaving]
            self._link(root, rest)
            if not rest:
                self._ended.add(root)
                if self._named.pop(root, None) is not None:
                    del self._by_name[story]
            elif root in leaving and root not in self._named:
                self._named[root] = story
                self._by_name[story] = root
        sources = {self._source[slot] for slot in slots}
        _strike(self._of_source, sources, leaving)
        _strike(self._hours, {self.at[slot] // _HOUR for slot in slots}, leaving)
        for slot in slots:
            del self._slots[self.key(slot)]
            self._keys[slot] = None
            self._spoken[self._language[slot]] -= 1
            if slot != self.root[slot]:
                self._ended.add(slot)

    def _link(self, root: int, members: Sequence[int]) -> None:
        """The story has these articles. Its place in the order is that of the first one, as if it
        had begun with it."""
        ends = [*members, NONE]
        self._first[root] = ends[0]
        self._last[root] = members[-1] if members else NONE
        for slot, after in pairwise(ends):
            self._next[slot] = after
        if members:
            self.order[root] = self.order[members[0]]

    @property
    def size(self) -> int:
        """One more than the highest slot that there ever was."""
        return len(self._keys)

    def release(self) -> list[int]:
        """Slots of which nothing is left: they are used again from now on, so that no index may
        have any of them as a root."""
        ended = sorted(self._ended, reverse=True)
        self._free.extend(ended)
        self._ended.clear()
        return ended

    def sweep(self, gone: npt.NDArray[np.bool_]) -> None:
        """No story has a root that is marked in `gone` (indexed by root)."""
        self._addresses.sweep(gone)

    def _new_slot(self) -> int:
        if self._free:
            slot = self._free.pop()
        else:
            slot = len(self._keys)
            self._keys.append(None)
            self._copies.append(0)
            for column in (self.order, self.at, self.root, self._next, self._last, self._first):
                column.append(0)
            self._source.append(0)
            self._language.append(0)
        self._next[slot] = self._last[slot] = self._first[slot] = NONE
        return slot


class _Names:
    """Names as small numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []

    def number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
        return number

    def known(self, name: str) -> int | None:
        return self._numbers.get(name)

    def name(self, number: int) -> str:
        return self._names[number]


def _strike(lists: dict[int, array[int]], where: Collection[int], leaving: set[int]) -> None:
    """Take slots out of the lists in which they are."""
    for name in where:
        rest = array("I", [slot for slot in lists[name] if slot not in leaving])
        if rest:
            lists[name] = rest
        else:
            del lists[name]


def address_of(item: GroupInput) -> str | None:
    """What its address is compared by; None: it has none, or that of a front page."""
    key = url_key(item.url) if item.url else ""
    return key if "/" in key or "?" in key else None


def _hash(address: str) -> int:
    return crc32(address.encode())
