"""What an article is compared by is the same, whether it is made for one or for many at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import newsdesk
import numpy as np
import pytest

from aggregator.core.features import (
    NUMBER,
    Features,
    count_facts,
    fact_keys,
    features,
    in_batches,
)
from aggregator.types import GroupInput


def items() -> list[GroupInput]:
    """More than are worked on at once, in several languages; one says nothing."""
    pieces = [*newsdesk.ALL, replace(newsdesk.FLOOD, title="", text="")] * 3
    made = [piece.item(number) for number, piece in enumerate(pieces)]
    return [
        replace(item, fingerprint=replace(item.fingerprint, language=language))
        for item in made
        for language in ("en", "de", "qq")
    ]


def described(found: Features) -> list[list[float]]:
    words = found.words
    one, other = words.spots.rows
    columns = (words.numbers, words.forces, one, other, words.spots.usual, words.spots.read)
    return [np.asarray(column, dtype=np.float64).tolist() for column in columns]


def test_words_put_in_order_together_are_those_of_each_by_itself() -> None:
    together = [features(item) for item in items()]
    for batch in in_batches(together):
        assert {found.item.fingerprint.language for found in batch.articles} == {
            batch.words.spots.language
        }
        for found, (begin, end) in zip(batch.articles, batch.bounds, strict=True):
            assert batch.words.numbers[begin:end].tolist() == sorted(found.terms.tolist())
    for found in together:
        alone = features(found.item)
        assert described(found) == described(alone)
        assert found.words.spots.language == alone.words.spots.language


def test_what_was_made_for_many_is_let_go() -> None:
    (found,) = [features(newsdesk.FLOOD.item(1))]
    (batch,) = in_batches([found])
    assert np.shares_memory(found.words.numbers, batch.words.numbers)
    before = described(found)
    found.let_go()
    assert not np.shares_memory(found.words.numbers, batch.words.numbers)
    assert described(found) == before


@pytest.mark.parametrize(
    "names",
    [
        [("Anna Weld", 2), ("Weld", 3), ("A Weld", 1)],
        [("Jean-Luc Émile", 1), ("ÉMILE", 2), ("İzmir", 1)],
        [("J. R. Weld", 1), ("Weld Inc.", 1)],
        [("7 Feb", 2), ("1,200", 1), ("1200", 3), ("٧", 1)],
        [],
    ],
)
def test_names_are_counted_by_their_words(names: list[tuple[str, int]]) -> None:
    """Also those of fingerprints that have no facts yet."""
    item = newsdesk.FLOOD.item(1)
    printed = replace(item.fingerprint, names=tuple(names), facts=b"", counts=b"", named=0)
    found = features(replace(item, fingerprint=printed))
    counted: Counter[int] = Counter()
    for name, count in names:
        for key in fact_keys(name):
            counted[key] += count
    words = [key for key in counted if key < NUMBER]
    assert found.facts == counted
    assert found.named.tolist() == sorted(words, key=counted.__getitem__, reverse=True)
    assert found.names == set(words)
    assert found.names | found.numbers == counted.keys()


def test_facts_counted_together_are_those_of_each_by_itself() -> None:
    together = [features(item) for item in items()]
    count_facts(together)
    for found in together:
        spots, alone = found.fact_spots, features(found.item).fact_spots
        assert [row.tolist() for row in spots.rows] == [row.tolist() for row in alone.rows]
        assert (spots.usual == alone.usual).all()
        assert (spots.read == alone.read).all()


def test_the_square_of_an_article_is_the_same_made_alone_or_with_others() -> None:
    together = [features(item) for item in items()]
    list(in_batches(together))
    for found in together:
        assert found.square == features(found.item).square
        assert found.square.is_integer()
