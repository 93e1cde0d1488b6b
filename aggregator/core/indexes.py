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
from aggregator.core.features import Features, in_batches
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

    def expect(self, coming: Sequence[Features]) -> None:
        """Look up for all of these at once what is asked when they are compared."""
        self.copies.expect(coming)
        self.events.expect(in_batches(coming))

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
            entries.keep(other for _, other in self.archive.read(rest[root]))
            self.copies.discard(root, entries.copies)
            self.events.discard(root, entries.events)
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

    def add(self, found: Features) -> None:
        self.copies.update(CopyIndex.numbers(found))
        self.events.update(EventIndex.numbers(found))
        self.foreign.update(ForeignIndex.numbers(found))
        if address := address_of(found.item):
            self.addresses.add(address)

    def keep(self, remaining: Iterable[Features]) -> None:
        """Without those of articles that remain."""
        for other in remaining:
            self.copies.difference_update(CopyIndex.numbers(other))
            self.events.difference_update(EventIndex.numbers(other))
            self.foreign.difference_update(ForeignIndex.numbers(other))
            if address := address_of(other.item):
                self.addresses.discard(address)
