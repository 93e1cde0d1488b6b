"""The inverted index answers as a plain dictionary would, whatever came and went."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.lookups import Closeness
from aggregator.core.postings import Postings

NUMBERS = st.lists(st.integers(0, 2**32 - 1), unique=True, min_size=1, max_size=8)
RANK = range(1 << 25)


def found(
    postings: Postings, numbers: Sequence[int], *, budget: int = 10**6, limit: int = 99
) -> list[int]:
    ones = [1.0] * len(numbers)
    return postings.find(numbers, ones, budget=budget, limit=limit, least=1.0, rank=RANK)


def test_the_one_with_most_of_them_comes_first() -> None:
    postings = Postings()
    postings.add(1, [10, 20], begins=True)
    postings.add(2, [10, 20, 30], begins=True)
    postings.add(3, [30], begins=True)
    assert found(postings, [10, 20, 30]) == [2, 1, 3]
    assert found(postings, [10, 20, 30], limit=1) == [2]
    assert found(postings, [40]) == found(Postings(), [10]) == []


def test_of_equals_the_one_of_lower_rank_comes_first() -> None:
    postings = Postings()
    for root in (5, 2, 9):
        postings.add(root, [7], begins=True)
    rank = {5: 1, 2: 2, 9: 0}
    ranks = [rank.get(root, 0) for root in range(10)]
    got = postings.find([7], [1.0], budget=99, limit=2, least=1.0, rank=ranks)
    assert got == [9, 5]


def test_what_weighs_too_little_is_left_out() -> None:
    postings = Postings()
    postings.add(1, [10], begins=True)
    postings.add(2, [20], begins=True)
    assert postings.find([10, 20], [0.5, 2.0], budget=9, limit=9, least=1.0, rank=RANK) == [2]


def test_the_rarest_numbers_are_read_while_the_budget_lasts() -> None:
    postings = Postings()
    for root in range(10):
        postings.add(root, [1], begins=True)
    postings.add(3, [2], begins=False)
    assert found(postings, [1, 2], budget=10) == [3]
    assert found(postings, [1, 2], budget=11) == [3, 0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert found(postings, [1], budget=9) == []


def test_a_story_has_a_number_once() -> None:
    postings = Postings()
    postings.add(1, [10, 20], begins=True)
    postings.add(1, [20, 30], begins=False)
    assert sorted(postings) == [(10, 1), (20, 1), (30, 1)]
    postings.discard(1, [20, 99])
    assert sorted(postings) == [(10, 1), (30, 1)]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_it_has_what_a_set_would_have(data: st.DataObject) -> None:
    postings = Postings()
    wanted: set[tuple[int, int]] = set()
    for _ in range(data.draw(st.integers(1, 12))):
        root, numbers = data.draw(st.integers(0, 6)), data.draw(NUMBERS)
        match data.draw(st.sampled_from(["add", "add", "discard", "sweep"])):
            case "add":
                postings.add(root, numbers, begins=False)
                wanted |= {(number, root) for number in numbers}
            case "discard":
                postings.discard(root, numbers)
                wanted -= {(number, root) for number in numbers}
            case _:
                gone = np.arange(7) == root
                postings.sweep(gone)
                wanted = {entry for entry in wanted if entry[1] != root}
        assert len(postings) == len(wanted)
        assert set(postings) == wanted


@pytest.mark.parametrize("seed", range(3))
def test_nor_does_it_change_anything_how_many_there_are(seed: int) -> None:
    """Enough of them for lists to be merged, in a few segments."""
    rng = random.Random(seed)
    postings = Postings()
    wanted: dict[int, set[int]] = {}
    roots = list(range(4_000))
    rng.shuffle(roots)
    for root in roots:
        numbers = {rng.choice([rng.randrange(40), 1 << 20 | rng.randrange(256)]) for _ in range(3)}
        postings.add(root, sorted(numbers), begins=True)
        again = rng.randrange(40)
        postings.add(root, [again], begins=False)
        for number in {*numbers, again}:
            wanted.setdefault(number, set()).add(root)
        if rng.random() < 0.1:
            number = rng.choice(list(wanted))
            other = rng.choice(roots)
            postings.discard(other, [number])
            wanted[number].discard(other)
    gone = np.array([rng.random() < 0.3 for _ in roots])
    postings.sweep(gone)
    for number, those in wanted.items():
        kept = sorted(root for root in those if not gone[root])
        assert found(postings, [number], limit=10**6) == kept
    assert len(postings) == sum(not gone[root] for those in wanted.values() for root in those)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_what_is_looked_up_ahead_changes_no_answer(data: st.DataObject) -> None:
    """Numbers go into the table at once, and come and go while answers are expected."""
    plain, ahead = Postings(), Postings(recent=2)
    roots, few = st.integers(0, 9), st.lists(st.integers(0, 7), unique=True, min_size=1, max_size=6)
    for _ in range(data.draw(st.integers(1, 8))):
        asked = [np.array(data.draw(few), dtype=np.uint32) for _ in range(2)]
        expected = ahead.expect(asked, asked)
        for postings_change in data.draw(st.lists(st.sampled_from("aaads"), max_size=3)):
            root, numbers = data.draw(roots), data.draw(few)
            for postings in (plain, ahead):
                match postings_change:
                    case "a":
                        postings.add(root, numbers, begins=False)
                    case "d":
                        postings.discard(root, numbers)
                    case _:
                        postings.sweep(np.arange(10) == root)
        for wanted, looked_up in zip(asked, expected, strict=True):
            weights = [0.5 + number % 3 for number in wanted.tolist()]
            answers = [
                postings.find(
                    wanted, weights, budget=12, limit=4, least=0.5, rank=RANK, ahead=known
                )
                for postings, known in ((plain, None), (ahead, None), (ahead, looked_up))
            ]
            assert answers[0] == answers[1] == answers[2]
        assert sorted(plain) == sorted(ahead)


@pytest.mark.parametrize("seed", range(3))
def test_the_table_has_what_a_set_would_have_however_it_grows(seed: int) -> None:
    """Numbers of one story and of many, and many that begin in one row."""
    rng = random.Random(seed)
    postings = Postings(recent=500)
    wanted: set[tuple[int, int]] = set()
    crowd = [pow(0x9E3779B1, -1, 1 << 32) * number % (1 << 32) for number in range(400)]
    for root in range(3_000):
        numbers = {rng.randrange(1 << 32), int(rng.paretovariate(0.4)) % 1_000, rng.choice(crowd)}
        postings.add(root, numbers, begins=True)
        wanted |= {(number, root) for number in numbers}
        if root % 3 == 0:
            number, other = rng.choice(list(numbers)), rng.randrange(root + 1)
            postings.add(other, [number], begins=False)
            wanted.add((number, other))
        if root % 7 == 0:
            other = rng.randrange(root + 1)
            postings.discard(other, numbers)
            wanted -= {(number, other) for number in numbers}
        if root % 800 == 799:
            gone = np.array([rng.random() < 0.2 for _ in range(3_000)])
            postings.sweep(gone)
            wanted = {entry for entry in wanted if not gone[entry[1]]}
    assert sorted(postings) == sorted(wanted)
    for number in rng.sample(crowd, 50) + list(range(50)):
        assert set(found(postings, [number], limit=10**6)) == {
            root for one, root in wanted if one == number
        }


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_what_a_batch_adds_is_found_at_once(data: st.DataObject) -> None:
    """Whether it was expected or not, and what marks and common numbers count."""
    plain = Postings(bits=3, common=1)
    quick = Postings(bits=3, common=1, recent=2)
    few = st.lists(st.integers(0, 7), unique=True, max_size=6)
    roots = st.integers(0, 5)
    for _ in range(data.draw(st.integers(1, 4))):
        articles = data.draw(st.lists(st.tuples(few, few, roots), max_size=5))
        asked = [np.array(numbers, np.uint32) for numbers, _, _ in articles]
        added = [np.array(numbers, np.uint32) for _, numbers, _ in articles]
        expected = quick.expect(asked, added)
        for wanted, mine, known, (_, _, root) in zip(asked, added, expected, articles, strict=True):
            weights = np.array([0.5 + number % 3 for number in wanted.tolist()])
            close = Closeness(
                weights=weights,
                marks=np.arange(8) / 4,
                least=1.0,
                exempt=lambda one: one == 2,
            )
            answers = [
                postings.find(
                    wanted,
                    weights,
                    budget=9,
                    limit=4,
                    least=0.5,
                    rank=RANK,
                    ahead=ahead,
                    closeness=close,
                )
                for postings, ahead in ((plain, None), (quick, None), (quick, known))
            ]
            assert answers[0] == answers[1] == answers[2]
            assert quick.may_find(known, 1.0) or not found(plain, wanted.tolist())
            marks = mine % 8
            match data.draw(st.sampled_from(["expected", "expected", "not", "never", "gone"])):
                case "expected":
                    plain.add(root, mine, begins=False, marks=marks)
                    quick.add(root, mine, begins=False, marks=marks, ahead=known)
                case "not":
                    plain.add(root, mine, begins=False, marks=marks)
                    quick.add(root, mine, begins=False, marks=marks)
                case "gone":
                    plain.discard(root, mine)
                    quick.discard(root, mine)
            assert sorted(plain) == sorted(quick)


def test_a_common_number_weighs_half() -> None:
    postings = Postings(common=2)
    for root in (1, 2, 3):
        postings.add(root, [7], begins=True)
    postings.add(3, [8], begins=False)
    ask = partial(postings.find, [7, 8], [1.0, 1.0], budget=99, limit=9, rank=RANK)
    assert ask(least=1.5) == [3]
    assert ask(least=1.6) == []
    assert ask(least=0.5) == [3, 1, 2]


def test_a_story_must_be_close_unless_it_is_exempt() -> None:
    postings = Postings(bits=2)
    for root, mark in ((1, 0), (2, 3), (3, 0)):
        postings.add(root, [7], begins=True, marks=np.array([mark], np.uint32))
    close = Closeness(
        weights=np.array([2.0]),
        marks=np.array([0.1, 0.2, 0.3, 0.4]),
        least=0.8,
        exempt=lambda root: root == 3,
    )
    got = postings.find([7], [1.0], budget=9, limit=9, least=1.0, rank=RANK, closeness=close)
    assert got == [2, 3]


def test_there_is_an_end_to_the_articles() -> None:
    postings = Postings(bits=6)
    postings.add((1 << 25) - 1, [7], begins=True)
    with pytest.raises(OverflowError, match="no room for more than 33,554,432 articles"):
        postings.add(1 << 25, [7], begins=True)
    assert found(postings, [7]) == [(1 << 25) - 1]
