"""Deciding articles anew, those that a person has placed after what they are placed with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from aggregator.core.cluster import Grouper
from aggregator.core.window import Key
from aggregator.types import Assignment, GroupInput

Decided = tuple[GroupInput, Assignment]


@dataclass(slots=True, kw_only=True)
class Deciding:
    """Hands articles to a grouper; each method gives what has been decided, in that order.

    The stories that they name (`placed_in`) are found anew as well: one that is placed with an
    article which is still to come waits for it.
    """

    grouper: Grouper
    _homes: dict[Key, Key] = field(default_factory=dict)
    """By article: its story."""
    _waiting: dict[Key, list[GroupInput]] = field(default_factory=dict)
    """By the article that they wait for, in the order they came."""

    def restore(self, item: GroupInput, assignment: Assignment) -> Iterator[Decided]:
        """An article that stays where it is. Gives those that waited for it."""
        self.grouper.restore(item, assignment)
        self._homes[item.article_id] = assignment.story
        yield from self._followers(item.article_id)

    def add(self, item: GroupInput) -> Iterator[Decided]:
        """Nothing where it has to wait; else it, and those that waited for it."""
        other = item.placed_with
        if other is None or other == item.article_id or other in self._homes:
            yield from self._decide(item)
        else:
            self._waiting.setdefault(other, []).append(item)

    def rest(self) -> Iterator[Decided]:
        """Those that have waited in vain: their story is the one they name."""
        while self._waiting:
            items = self._waiting.pop(next(iter(self._waiting)))
            for item in items:
                yield from self._decide(item)

    def _decide(self, item: GroupInput) -> Iterator[Decided]:
        home = None if item.placed_with is None else self._homes.get(item.placed_with)
        if item.placed_with == item.article_id:
            item = replace(item, placed_in=None)
        elif home is not None:
            item = replace(item, placed_in=home)
        assignment = self.grouper.add(item)
        self._homes[item.article_id] = assignment.story
        yield item, assignment
        yield from self._followers(item.article_id)

    def _followers(self, article_id: Key) -> Iterator[Decided]:
        for item in self._waiting.pop(article_id, ()):
            yield from self._decide(item)
