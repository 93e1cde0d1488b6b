"""Nearest vectors: exactly those of a plain search, whatever was added and removed before."""

from __future__ import annotations

import random

import pytest

from aggregator.core.meaning import likeness
from aggregator.core.meaning_index import EXACT, MeaningIndex

DIMENSIONS = 32


def vector(rng: random.Random) -> bytes:
    return bytes(rng.randrange(-127, 128) & 0xFF for _ in range(DIMENSIONS))


def plain_search(kept: dict[int, bytes], query: bytes, limit: int) -> list[int]:
    scores = {slot: likeness(query, meaning) for slot, meaning in kept.items()}
    ranked = sorted(scores, key=lambda slot: (-round(scores[slot], 12), slot))
    return [slot for slot in ranked if scores[slot] >= 0][:limit]


def test_finds_what_a_plain_search_finds_through_many_changes() -> None:
    rng = random.Random(5)
    index, kept = MeaningIndex(), dict[int, bytes]()
    for step in range(3_000):
        if kept and rng.random() < (0.2 if step < 1_800 else 0.9):
            gone = rng.choice(sorted(kept))
            del kept[gone]
            index.remove(gone)
        else:
            slot = rng.randrange(10_000)
            kept[slot] = vector(rng)
            index.add(slot, kept[slot])
        assert len(index) == len(kept)
        if step % 100 == 0:
            query = vector(rng)
            found = index.nearest(query, 7)
            assert [slot for slot, _ in found] == plain_search(kept, query, 7)
            for slot, score in found:
                assert score == pytest.approx(likeness(query, kept[slot]), abs=1e-12)


def test_the_order_of_adding_does_not_show() -> None:
    rng = random.Random(6)
    vectors = {slot: vector(rng) for slot in range(500)}
    forwards, backwards = MeaningIndex(), MeaningIndex()
    for slot, meaning in vectors.items():
        forwards.add(slot, meaning)
    for slot, meaning in reversed(vectors.items()):
        backwards.add(slot, meaning)
    for slot in range(0, 500, 50):
        found = forwards.nearest(vectors[slot], 9)
        assert found == backwards.nearest(vectors[slot], 9)
        assert found[0][0] == slot


def test_of_equals_the_lower_slot_comes_first() -> None:
    index = MeaningIndex()
    for slot in (9, 3, 7, 5):
        index.add(slot, bytes((10, 0)))
    index.add(1, bytes((0, 10)))
    assert [slot for slot, _ in index.nearest(bytes((1, 0)), 3)] == [3, 5, 7]


def test_what_is_not_near_enough_is_left_out() -> None:
    index = MeaningIndex()
    index.add(1, bytes((10, 0)))
    index.add(2, bytes((10, 10)))
    index.add(3, bytes((246, 0)))  # -10
    assert [slot for slot, _ in index.nearest(bytes((10, 0)), 9, least=0.8)] == [1]
    assert [slot for slot, _ in index.nearest(bytes((10, 0)), 9)] == [1, 2]


def test_articles_without_a_vector_or_with_another_models_are_no_error() -> None:
    index = MeaningIndex()
    assert index.nearest(bytes((10, 0)), 3) == []
    for slot, meaning in enumerate((b"", bytes(2), bytes((10, 0)), bytes((1, 2, 3)))):
        index.add(slot, meaning)
    assert len(index) == 1
    assert index.nearest(bytes((1, 2, 3)), 3) == index.nearest(b"", 3) == []
    assert index.nearest(bytes(2), 3) == index.nearest(bytes((1, 0)), 0) == []
    index.remove(0)
    index.remove(2)
    assert len(index) == 0
    index.add(8, bytes((1, 2, 3)))  # an empty index takes any model's
    assert [slot for slot, _ in index.nearest(bytes((1, 2, 3)), 3)] == [8]


def test_the_largest_products_are_exact() -> None:
    index = MeaningIndex()
    highest = bytes((127,)) * EXACT
    one_less = bytes((126,)) + bytes((127,)) * (EXACT - 1)
    index.add(1, highest)
    index.add(2, one_less)
    index.add(3, bytes((127,)) * (EXACT + 1))
    assert len(index) == 2
    (first, whole), (second, less) = index.nearest(highest, 2)
    assert (first, second, whole) == (1, 2, 1.0)
    assert less == pytest.approx(likeness(highest, one_less), abs=1e-12)


def test_of_equals_the_one_that_the_caller_ranks_first_comes_first() -> None:
    index = MeaningIndex()
    for slot in (1, 2, 3):
        index.add(slot, bytes((4, 4)))
    rank = (0, 9, 7, 8)
    assert [slot for slot, _ in index.nearest(bytes((1, 1)), 2, rank=rank)] == [2, 3]
