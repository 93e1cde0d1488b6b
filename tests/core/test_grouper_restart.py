"""A restart changes nothing: a window that is rebuilt from what a store keeps gives the answers of
the one that never stopped, and has the same in it, to the last entry and count."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import newsweeks
import pytest
from insides import same
from newsweeks import Shelf, empty, weeks

from aggregator.types import Assignment, GroupInput


def batches(rng: random.Random, items: Sequence[GroupInput]) -> Iterator[Sequence[GroupInput]]:
    start = 0
    while start < len(items):
        end = start + rng.choice([1, 1, 2, 5, 20, 500])
        yield items[start:end]
        start = end


def placed(rng: random.Random, item: GroupInput, shelf: Shelf) -> GroupInput:
    """Some are put where a person wants them."""
    if not shelf.assigned or rng.random() > 0.05:
        return item
    other = rng.choice(list(shelf.assigned))
    if rng.random() < 0.3:
        return replace(item, placed_with=item.article_id, placed_in=None)
    return replace(item, placed_with=other, placed_in=shelf.assigned[other].story)


class Newsroom:
    """A grouper that never stops, and one that does at every chance."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.shelf = Shelf()
        self.living = empty(self.shelf)
        self.rebuilt = empty(self.shelf)
        self.waiting: list[GroupInput] = []

    def take(self, items: Sequence[GroupInput]) -> None:
        """As the pipeline does: what awaits a new story leaves the window first."""
        items = [placed(self.rng, item, self.shelf) for item in items]
        if self.rng.random() < 0.5:
            self.living.expect(items)
        answers = [self.living.add(item) for item in items]
        assert [self.rebuilt.add(item) for item in items] == answers
        for item, answer in zip(items, answers, strict=True):
            self.shelf.store(item, answer)
        self.living.settle()
        self.rebuilt.settle()

    def restart(self) -> None:
        self.rebuilt = self.shelf.rebuilt()
        same(self.living, self.rebuilt)

    def edit(self, *, alone: bool) -> None:
        """A publisher changes a text; the product does so to articles alone in their stories."""
        keys = [key for key in self.shelf.assigned if not alone or self.shelf.is_alone(key)]
        if not keys:
            return
        key = self.rng.choice(keys)
        is_newest = self.shelf.take_out(key)
        self.living.forget(key)
        self.rebuilt.forget(key)
        if is_newest:
            self.living = self.shelf.rebuilt()
            self.rebuilt = self.shelf.rebuilt()
        self.waiting.append(newsweeks.edited(self.rng, self.shelf.items[key]))

    def run(self, items: Sequence[GroupInput], *, alone: bool) -> None:
        for batch in batches(self.rng, items):
            self.take(batch)
            for _ in range(self.rng.choice([0, 0, 1, 3])):
                self.edit(alone=alone)
            if self.rng.random() < 0.3:
                self.restart()
            if self.waiting and self.rng.random() < 0.5:
                self.take(self.waiting)
                self.waiting = []
        self.restart()


@pytest.mark.parametrize("seed", range(6))
def test_a_restart_at_any_point_of_weeks_of_news_changes_nothing(seed: int) -> None:
    Newsroom(seed).run(weeks(seed, 150), alone=True)


@pytest.mark.parametrize("seed", range(10, 16))
def test_nor_does_it_when_articles_are_taken_out_of_the_midst_of_stories(seed: int) -> None:
    Newsroom(seed).run(weeks(seed, 150), alone=False)


@pytest.mark.parametrize("seed", range(20, 24))
def test_the_answers_are_the_same_for_any_size_of_batches(seed: int) -> None:
    items = weeks(seed, 120)
    alone = [grouper.add(item) for grouper in [empty(None)] for item in items]
    rng = random.Random(seed)
    shelf = Shelf()
    grouper = empty(shelf)
    answers: list[Assignment] = []
    for batch in batches(rng, items):
        if rng.random() < 0.7:
            grouper.expect(batch)
        decided = [grouper.add(item) for item in batch]
        for item, answer in zip(batch, decided, strict=True):
            shelf.store(item, answer)
        grouper.settle()
        answers += decided
    assert answers == alone
