"""Filters of three words in a row."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core import trigrams
from aggregator.core.searchwords import index_words
from aggregator.core.trigram_filters import TrigramFilter


def made(texts: list[list[str]], blocks: int) -> list[bytes]:
    """In two parts."""
    found = TrigramFilter(blocks)
    found.add(texts[:2])
    found.add(texts[2:])
    return found.blocks()


def knows(blocks: list[bytes], *words: str) -> bool:
    [key] = trigrams.keys(words)
    return trigrams.is_in(blocks[trigrams.block_of(key, len(blocks))], key)


@given(st.lists(st.text(max_size=40).map(index_words), max_size=6), st.integers(1, 3))
@settings(deadline=None, max_examples=100)
def test_one_that_is_made_at_once_equals_one_made_word_by_word(
    texts: list[list[str]], blocks: int
) -> None:
    expected = [bytearray(trigrams.BLOCK_BITS // 8) for _ in range(blocks)]
    for words in texts:
        for key in trigrams.keys(words):
            trigrams.add(expected[trigrams.block_of(key, blocks)], key)
    assert made(texts, blocks) == list(map(bytes, expected))


def test_what_is_in_a_text_is_known_and_what_goes_over_its_end_is_not() -> None:
    blocks = made([["a", "storm", "hit", "the", "coast"], ["rain"], ["ships", "sank", "there"]], 2)
    assert knows(blocks, "a", "storm", "hit")
    assert knows(blocks, "hit", "the", "coast")
    assert knows(blocks, "ships", "sank", "there")
    assert not knows(blocks, "storm", "a", "hit")
    assert not knows(blocks, "the", "coast", "rain")
    assert not knows(blocks, "coast", "rain", "ships")
    assert not knows(blocks, "the", "coast", "ships")


def test_little_else_is_taken_for_known_when_it_is_full() -> None:
    rng = random.Random(4)
    words = [f"w{number}" for number in range(300)]
    texts = [rng.choices(words, k=200) for _ in range(200)]
    blocks = made(texts, trigrams.blocks_for(200 * 200))
    assert len(blocks) > 8
    asked = [rng.choices(words, k=3) for _ in range(2_000)]
    assert sum(knows(blocks, *three) for three in asked) < 2_000 * 0.05


def test_numbers_stay_what_they_are_for_filters_are_stored() -> None:
    assert trigrams.keys(["storm", "über", "東京"]) == [808_855_649_466_676_912]
