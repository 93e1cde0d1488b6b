"""Which articles have moved, whatever their stories are called."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.partitions import Comparison, compare


def compared(before: Sequence[int], after: Sequence[int]) -> Comparison:
    """The story of each article, articles counted from 0."""
    return compare(dict(enumerate(before)), dict(enumerate(after)))


def test_nothing_changes_when_only_numbers_do() -> None:
    found = compared([1, 1, 2, 3], [4, 4, 3, 2])
    assert found == Comparison(moved=frozenset(), merged=0, split=0)


def test_the_lesser_part_of_a_merged_story_has_moved() -> None:
    found = compared([1, 1, 2, 2, 2], [1, 1, 1, 1, 1])
    assert found == Comparison(moved=frozenset({0, 1}), merged=1, split=0)


def test_the_lesser_part_of_a_split_story_has_moved_also_when_it_kept_the_number() -> None:
    found = compared([1, 1, 1, 1], [1, 2, 2, 2])
    assert found == Comparison(moved=frozenset({0}), merged=0, split=1)


def test_of_equal_parts_the_one_that_keeps_the_number_stays() -> None:
    assert compared([1, 1], [5, 1]).moved == {0}
    assert compared([1, 1], [1, 5]).moved == {1}


def test_an_article_that_goes_from_one_story_to_another_changes_both() -> None:
    found = compared([1, 1, 1, 2, 2], [1, 1, 2, 2, 2])
    assert found == Comparison(moved=frozenset({2}), merged=1, split=1)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20))
def test_what_has_not_moved_is_with_what_it_was_with(pairs: list[tuple[int, int]]) -> None:
    before, after = [one for one, _ in pairs], [two for _, two in pairs]
    found = compared(before, after)
    stay = [number for number in range(len(pairs)) if number not in found.moved]
    for one in stay:
        for other in stay:
            assert (before[one] == before[other]) == (after[one] == after[other])
    assert bool(found.moved) == bool(found.merged or found.split)
