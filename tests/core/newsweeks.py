"""Weeks of news in random order, and what a store keeps of them for grouping."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

import newsdesk
from newscases import item_of, one_stream

from aggregator.core.cluster import Grouper
from aggregator.types import Assignment, GroupInput, Manners

Key = int | str

COPY_WINDOW = timedelta(days=6)
EVENT_WINDOW = timedelta(days=3)
DAY = timedelta(days=1)
LATE = (0, 0, 0, 0, 0, 1, 3, 20, 60, 130, 20 * 24)
"""Hours that articles come late."""
OUTLETS = 12
ALOOF = {
    "Outlet 1": Manners(never_join=frozenset({"Outlet 2", "Outlet 3"})),
    "Outlet 4": Manners(never_join=frozenset({"*"})),
    "Outlet 5": Manners(grouped=False),
}
_DIMENSIONS = 16


@cache
def _articles() -> tuple[tuple[GroupInput, ...], ...]:
    """Of one story each, or of one row of articles that are to be kept apart."""
    stories: dict[str, list[GroupInput]] = {}
    for article in one_stream():
        stories.setdefault(article.story.split("/")[0], []).append(item_of(article))
    desk = [piece.item(number) for number, piece in enumerate(newsdesk.ALL)]
    floods = [piece.item(number) for number, piece in enumerate(newsdesk.FLOODS)]
    return (*map(tuple, stories.values()), tuple(desk), tuple(floods))


def weeks(seed: int, length: int, *, days: int = 24) -> list[GroupInput]:
    """Articles 1 to `length` in the order in which they come. Each occurs with its like within
    days, and some of them again; many come late; some have addresses, meanings or manners."""
    rng = random.Random(seed)
    going: list[tuple[GroupInput, ...]] = []
    items: list[GroupInput] = []
    for number in range(1, length + 1):
        if len(going) < 6 or rng.random() < 0.15:
            going = [*going[-5:], rng.choice(_articles())]
        picked = rng.choice(rng.choice(going))
        if items and rng.random() < 0.1:
            picked = rng.choice(items[-20:])
        hours = 24.0 * days * number / length + rng.random() - rng.choice(LATE)
        items.append(_arrived(rng, number, picked, hours))
    return items


def _arrived(rng: random.Random, number: int, picked: GroupInput, hours: float) -> GroupInput:
    source = f"Outlet {rng.randrange(OUTLETS)}" if rng.random() < 0.7 else picked.source
    fingerprint = picked.fingerprint
    if not fingerprint.meaning and rng.random() < 0.7:
        alike = random.Random(picked.title[:3])
        meaning = bytes(alike.randrange(1, 90) for _ in range(_DIMENSIONS))
        fingerprint = replace(fingerprint, meaning=meaning)
    return replace(
        picked,
        article_id=number,
        source=source,
        at=newsdesk.START + timedelta(hours=hours),
        url=f"https://news.example.com/{rng.randrange(40)}" if rng.random() < 0.3 else picked.url,
        fingerprint=fingerprint,
        manners=ALOOF.get(source, Manners()),
    )


def edited(rng: random.Random, item: GroupInput) -> GroupInput:
    """With another text, which its publisher has put in its place."""
    other = rng.choice(rng.choice(_articles()))
    return replace(item, title=other.title, fingerprint=other.fingerprint)


@dataclass(slots=True)
class Shelf:
    """What a store keeps for grouping: assignments in their order, and fingerprints until they are
    replaced."""

    assigned: dict[Key, Assignment] = field(default_factory=dict)
    items: dict[Key, GroupInput] = field(default_factory=dict)

    def recall(self, keys: Sequence[Key]) -> Mapping[Key, GroupInput]:
        return {key: self.items[key] for key in keys if key in self.items}

    def store(self, item: GroupInput, assignment: Assignment) -> None:
        key = item.article_id
        self.assigned.pop(key, None)
        self.assigned[key] = assignment
        self.items[key] = item

    def take_out(self, key: Key) -> bool:
        """To be assigned anew; whether the newest day is another one now."""
        newest = self._newest()
        del self.assigned[key]
        return not self.assigned or self._newest() != newest

    def _newest(self) -> object:
        return max(self.items[key].at for key in self.assigned).date()

    def window(self) -> Iterator[tuple[GroupInput, Assignment]]:
        """All that may be needed, and a day more."""
        newest = max((self.items[key].at for key in self.assigned), default=newsdesk.START)
        for key, assignment in self.assigned.items():
            if self.items[key].at >= newest - COPY_WINDOW - DAY:
                yield self.items[key], assignment

    def is_alone(self, key: Key) -> bool:
        story = self.assigned[key].story
        return sum(other.story == story for other in self.assigned.values()) == 1

    def rebuilt(self) -> Grouper:
        grouper = empty(self)
        for item, assignment in self.window():
            grouper.restore(item, assignment)
        return grouper


def empty(shelf: Shelf | None) -> Grouper:
    recall = None if shelf is None else shelf.recall
    return Grouper(recall=recall, copy_window=COPY_WINDOW, event_window=EVENT_WINDOW)
