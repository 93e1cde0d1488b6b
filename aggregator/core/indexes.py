"""The window and all that is built upon it: what an article is found by comes and goes together.

After articles have left, everything is as if they had never been there, to the last entry and
count: a window that is rebuilt from the store gives the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from aggregator.core.archive import Archive, Recall
from aggregator.core.copies import CopyIndex
from aggregator.core.events import EventIndex
from aggregator.core.features import Features, count_facts, in_batches
from aggregator.core.foreign_index import ForeignIndex
from aggregator.core.weights import Frequencies
from aggregator.core.window import Key, Window, address_of

MANY = 500
"""When so many articles leave at once, entries of stories that end are looked for all over the
indexes: it takes as long as to look for those of so many articles one by one."""


class Indexes:
    def __init__(self, recall: Recall | None) -> None:
        self.window = Window()
        self.archive = Archive(recall)
        self.frequencies = Frequencies()
        self.copies = CopyIndex(self.window, self.archive)
        self.events = EventIndex(self.window, self.archive, self.frequencies)
        self.foreign = ForeignIndex(self.window, self.archive, self.frequencies)

    def expect(self, coming: Sequence[Features], *, assigned: bool) -> None:
        """Look up for all of these at once what is asked when they are compared, and make ready for
        them to be added; `assigned`: the latter alone."""
        count_facts(coming)
        batches = in_batches(coming)
        self.copies.expect(coming, assigned=assigned)
        self.events.expect(coming, batches, assigned=assigned)
        self.foreign.expect(coming)

    def add(self, found: Features, story: Key, *, copies: bool) -> None:
        """`copies`: its text is another article's text."""
        item = found.item
        slot, begins = self.window.add(item, story, copies=copies)
        root = self.window.root[slot]
        self.archive.add(item.article_id, found)
        self.copies.add(root, found, begins=begins)
        self.events.add(root, found, begins=begins)
        self.foreign.add(slot, root, found, begins=begins)
        self.frequencies.add(found.words.spots)
        self.frequencies.add(found.fact_spots)
        found.let_go()

    def take_out(self, slots: Sequence[int]) -> None:
        """Articles leave the window. The archive must still have them as they were added."""
        window = self.window
        keys = [window.key(slot) for slot in slots]
        sources = {window.source(slot) for slot in slots}
        roots = dict(zip(keys, [window.root[slot] for slot in slots], strict=True))
        leaving = set(slots)
        rest = {root: self._without(root, leaving) for root in set(roots.values())}
        few = len(slots) < MANY
        lost = {root: _Entries() for root, others in rest.items() if others or few}
        known = 0
        for key, gone in self.archive.read(keys):
            known += 1
            self.frequencies.remove(gone.words.spots)
            self.frequencies.remove(gone.fact_spots)
            if roots[key] in lost:
                lost[roots[key]].add(gone)
        for root, entries in lost.items():
            entries.keep(rest[root], self.archive.read(rest[root]))
            self.copies.discard(root, entries.copies)
            self.events.discard(root, entries.events)
            if entries.changed:
                self.events.change(root, entries.changed)
            self.foreign.discard(root, entries.foreign)
            window.discard(root, entries.addresses)
        for slot in slots:
            self.foreign.left(slot)
        for source in sources:
            self.copies.left(source)
        window.remove(slots)
        self.archive.forget(keys)
        ended = window.release()
        if not few or known < len(slots):
            self._sweep(ended)

    def _without(self, root: int, leaving: set[int]) -> list[Key]:
        window = self.window
        return [window.key(slot) for slot in window.members(root) if slot not in leaving]

    def _sweep(self, ended: Sequence[int]) -> None:
        gone = np.zeros(self.window.size, dtype=np.bool_)
        gone[np.array(ended, dtype=np.intp)] = True
        for index in (self.window, self.copies, self.events, self.foreign):
            index.sweep(gone)


@dataclass(slots=True)
class _Entries:
    """By what articles of one story are found."""

    copies: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)
    foreign: set[int] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    changed: dict[int, int] = field(default_factory=dict)
    """Of numbers that articles had that leave, and that others have which remain: their marks now,
    as the first of these has them."""

    def add(self, found: Features) -> None:
        self.copies.update(CopyIndex.numbers(found).tolist())
        self.events.update(EventIndex.numbers(found).tolist())
        self.foreign.update(ForeignIndex.numbers(found).tolist())
        if address := address_of(found.item):
            self.addresses.add(address)

    def keep(self, order: Sequence[Key], remaining: Iterable[tuple[Key, Features]]) -> None:
        """Without those of articles that remain; `order` is that of their assignment."""
        gone = frozenset(self.events)
        place = {key: at for at, key in enumerate(order)}
        first: dict[int, tuple[int, int]] = {}
        for key, other in remaining:
            self.copies.difference_update(CopyIndex.numbers(other).tolist())
            numbers, marks = EventIndex.numbers(other).tolist(), EventIndex.marks(other).tolist()
            for number, mark in zip(numbers, marks, strict=False):
                if number in gone:
                    first[number] = min(first.get(number, (place[key], mark)), (place[key], mark))
            self.foreign.difference_update(ForeignIndex.numbers(other).tolist())
            if address := address_of(other.item):
                self.addresses.discard(address)
        self.events.difference_update(first)
        self.changed = {number: mark for number, (_, mark) in first.items()}
