"""The order in which articles are decided when a person has placed some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain

import newsdesk

from aggregator.core.by_hand import Decided, Deciding
from aggregator.types import Assignment, GroupInput, Relation


@dataclass
class Clerk:
    """Decides as a grouper would that finds nothing alike, and remembers what it was given."""

    given: list[GroupInput] = field(default_factory=list)

    def add(self, item: GroupInput) -> Assignment:
        self.given.append(item)
        story = item.article_id if item.placed_in is None else item.placed_in
        return answer(item, story)

    def restore(self, item: GroupInput, assignment: Assignment) -> None:
        pass


def answer(item: GroupInput, story: int | str) -> Assignment:
    return Assignment(
        article_id=item.article_id, story=story, relation=Relation.NEW, of=None, score=1, why=""
    )


def item(number: int, *, beside: int | None = None, story: int | None = None) -> GroupInput:
    """An article; `beside`: what a person has placed it with; `story`: the one that has."""
    made = newsdesk.FLOOD.item(number)
    return replace(made, placed_with=beside, placed_in=story)


def decided(items: Iterable[GroupInput]) -> list[tuple[int | str, ...]]:
    """(article, story) in the order of the decisions."""
    deciding = Deciding(grouper=Clerk())  # type: ignore[arg-type]  # what it uses of it
    found = chain(chain.from_iterable(map(deciding.add, items)), deciding.rest())
    return pairs(found)


def pairs(found: Iterable[Decided]) -> list[tuple[int | str, ...]]:
    return [(one.article_id, assignment.story) for one, assignment in found]


def test_one_that_is_placed_with_a_later_one_waits_for_it() -> None:
    found = decided([item(1, beside=3), item(2), item(3), item(4)])
    assert found == [(2, 2), (3, 3), (1, 3), (4, 4)]


def test_the_story_that_it_was_in_does_not_count() -> None:
    assert decided([item(1, beside=3, story=7), item(3)]) == [(3, 3), (1, 3)]


def test_one_that_waits_in_vain_goes_where_it_says() -> None:
    assert decided([item(1, beside=9, story=7), item(2)]) == [(2, 2), (1, 7)]


def test_one_in_a_story_of_its_own_begins_it_whatever_its_old_story_was() -> None:
    assert decided([item(5, beside=5, story=2)]) == [(5, 5)]


def test_a_chain_is_followed_to_its_end() -> None:
    found = decided([item(1, beside=2), item(2, beside=3), item(3)])
    assert found == [(3, 3), (2, 3), (1, 3)]


def test_two_that_are_placed_with_each_other_are_decided_all_the_same() -> None:
    assert sorted(decided([item(1, beside=2), item(2, beside=1)])) == [(1, 1), (2, 1)]


def test_one_that_stays_frees_those_that_wait_for_it() -> None:
    deciding = Deciding(grouper=Clerk())  # type: ignore[arg-type]  # what it uses of it
    assert pairs(deciding.add(item(1, beside=4))) == []
    assert pairs(deciding.restore(item(4), answer(item(4), 2))) == [(1, 2)]
    assert pairs(deciding.rest()) == []
