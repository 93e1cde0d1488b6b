"""The articles that grouping can still see: by story, by outlet and by address, until they expire.

Everything here and in the indexes built upon it depends only on which articles are in the window
and in what order they were assigned, never on those that have left it. So a window that is
rebuilt from the store is the window that never stopped.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aggregator.core.urls import url_key
from aggregator.types import Assignment, Fingerprint, GroupInput, Relation

Key = int | str
"""Identifies an article or a story."""


K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article in the window."""

    item: GroupInput
    assignment: Assignment
    order: int
    """Position in the order of assignment."""
    root: int
    """The same for all of a story: the order of the one that began it in this window."""

    @property
    def fingerprint(self) -> Fingerprint:
        return self.item.fingerprint

    @property
    def story(self) -> Key:
        return self.assignment.story

    @property
    def copies(self) -> bool:
        """Whether its text is another article's text."""
        return self.assignment.relation in {Relation.SAME, Relation.COPY}


class Window:
    """Members in order of assignment."""

    def __init__(self) -> None:
        self._members: dict[Key, Member] = {}
        self._stories: dict[Key, list[Member]] = {}
        self._roots: dict[int, list[Member]] = {}
        self._sources: dict[str, list[Member]] = {}
        self._addresses: dict[str, list[Member]] = {}
        self._by_time: list[tuple[datetime, int, Key]] = []

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def get(self, article_id: Key) -> Member | None:
        """None: it is not in the window."""
        return self._members.get(article_id)

    def of_story(self, story: Key) -> list[Member]:
        return self._stories.get(story, [])

    def of_root(self, root: int) -> list[Member]:
        """The story that is in the window by it."""
        return self._roots[root]

    def of_source(self, source: str) -> list[Member]:
        return self._sources.get(source, [])

    def of_address(self, address: str) -> list[Member]:
        """`address` as made by `address_of`."""
        return self._addresses.get(address, [])

    def add(self, member: Member) -> None:
        self._members[member.item.article_id] = member
        story = self._stories.setdefault(member.story, [])
        story.append(member)
        self._roots[member.root] = story
        self._sources.setdefault(member.item.source, []).append(member)
        address = address_of(member.item)
        if address:
            self._addresses.setdefault(address, []).append(member)
        heapq.heappush(self._by_time, (member.item.at, member.order, member.item.article_id))

    def remove(self, member: Member) -> None:
        del self._members[member.item.article_id]
        _drop(self._stories, member.story, member)
        if member.story not in self._stories:
            del self._roots[member.root]
        _drop(self._sources, member.item.source, member)
        address = address_of(member.item)
        if address:
            _drop(self._addresses, address, member)

    def older_than(self, horizon: datetime) -> list[Member]:
        """Members with `at` before `horizon`; each is named once, and is then to be removed."""
        expired = []
        while self._by_time and self._by_time[0][0] < horizon:
            _, order, article_id = heapq.heappop(self._by_time)
            member = self._members.get(article_id)
            if member is not None and member.order == order:
                expired.append(member)
        return expired


def address_of(item: GroupInput) -> str | None:
    """What its address is compared by; None: it has none, or that of a front page."""
    key = url_key(item.url) if item.url else ""
    return key if "/" in key or "?" in key else None


def _drop(groups: dict[K, list[Member]], key: K, member: Member) -> None:
    group = groups[key]
    group.remove(member)
    if not group:
        del groups[key]
