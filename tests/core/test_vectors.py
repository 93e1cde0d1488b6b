"""Articles as vectors, and what they have in common."""

from __future__ import annotations

from dataclasses import replace

import newsdesk
import numpy as np
import pytest

from aggregator.core.features import Features, features
from aggregator.core.vectors import centre, title_vector, vector
from aggregator.core.weights import Frequencies, spots

FLOOD, COPY, OTHER = (
    features(piece.item(number))
    for number, piece in enumerate((newsdesk.FLOOD, newsdesk.FLOOD_COPY, newsdesk.SINGLES[0]))
)
EMPTY = features(replace(newsdesk.FLOOD, title="", text="").item(3))


def counted(*articles: Features) -> Frequencies:
    frequencies = Frequencies()
    for found in articles:
        frequencies.add(spots("en", found.terms))
    return frequencies


def test_a_vector_has_length_one_and_sorted_words() -> None:
    one = vector(FLOOD, counted(FLOOD))
    assert float(one.values @ one.values) == pytest.approx(1)
    assert one.words.tolist() == sorted(FLOOD.terms.tolist())
    assert one.dot(one) == pytest.approx(1)
    assert set(one.articles.tolist()) == {1.0}


def test_articles_of_one_event_are_nearer() -> None:
    frequencies = counted(FLOOD, COPY, OTHER)
    flood, copy, other = (vector(found, frequencies) for found in (FLOOD, COPY, OTHER))
    assert flood.dot(copy) > 0.8
    assert 0 <= flood.dot(other) < 0.2
    assert flood.dot(copy) == pytest.approx(copy.dot(flood))


def test_an_article_without_words_is_near_to_nothing() -> None:
    frequencies = counted(FLOOD)
    empty, flood = vector(EMPTY, frequencies), vector(FLOOD, frequencies)
    assert empty.dot(flood) == flood.dot(empty) == empty.dot(empty) == 0


def test_a_headline_is_a_vector_too() -> None:
    frequencies = counted(FLOOD)
    title = title_vector(FLOOD, frequencies)
    assert title.words.tolist() == sorted(FLOOD.title.tolist())
    assert title.dot(vector(FLOOD, frequencies)) > 0.2


def test_the_centre_is_the_sum_of_length_one() -> None:
    frequencies = counted(FLOOD, COPY, OTHER)
    flood, copy = vector(FLOOD, frequencies), vector(COPY, frequencies)
    whole = centre([flood, copy])
    assert float(whole.values @ whole.values) == pytest.approx(1)
    assert whole.words.tolist() == sorted({*flood.words.tolist(), *copy.words.tolist()})
    both = np.intersect1d(flood.words, copy.words)
    assert whole.articles[np.searchsorted(whole.words, both)].tolist() == [2.0] * len(both)
    assert whole.dot(flood) > flood.dot(copy)
    assert centre([flood]) is flood
