"""What words say is learnt from the articles that are there, and from no others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.features import fact_keys
from aggregator.core.weights import FACTS, FEW, LEAST, MOST, Frequencies, Numbers, spots

UNKNOWN = "qq"
"""A language of which nothing is known."""


def words(*numbers: int) -> Numbers:
    return np.array(numbers, dtype=np.uint32)


def test_what_is_in_more_articles_says_less() -> None:
    frequencies = Frequencies()
    for number in range(50):
        frequencies.add(spots(UNKNOWN, words(1, 100 + number)))
    common, rare, new = frequencies.weights(spots(UNKNOWN, words(1, 100, 7))).tolist()
    assert LEAST < common < rare < new <= MOST
    assert common == pytest.approx(np.log((50 + 2 + FEW) / 50.5))
    assert frequencies.size(UNKNOWN) == 50


def test_languages_are_counted_apart() -> None:
    frequencies = Frequencies()
    before = frequencies.weights(spots("de", words(1))).tolist()
    frequencies.add(spots("en", words(1)))
    assert frequencies.weights(spots("de", words(1))).tolist() == before
    assert (frequencies.size("en"), frequencies.size("de")) == (1, 0)


def test_days_and_months_say_little_from_the_start() -> None:
    frequencies = Frequencies()
    keys = [fact_keys(name)[0] & 0xFFFFFFFF for name in ("Monday", "Lindhaven")]
    monday, place = frequencies.weights(spots(FACTS, words(*keys))).tolist()
    assert monday < place


def test_articles_may_be_left_out_of_account() -> None:
    frequencies = Frequencies()
    for _ in range(9):
        frequencies.add(spots(UNKNOWN, words(1)))
    whole = frequencies.weights(spots(UNKNOWN, words(1)))
    less = frequencies.weights(spots(UNKNOWN, words(1)), less=np.array([8.0]))
    none = frequencies.weights(spots(UNKNOWN, words(1)), less=np.array([99.0]))
    assert whole[0] < less[0] < none[0]


def test_nothing_says_nothing() -> None:
    assert Frequencies().weights(spots("en", words())).tolist() == []


ARTICLES = st.lists(
    st.tuples(
        st.sampled_from(["en", "de", UNKNOWN]),
        st.lists(st.integers(0, 2**32 - 1), unique=True, max_size=9),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(staying=ARTICLES, leaving=ARTICLES, asked=st.lists(st.integers(0, 2**32 - 1), max_size=9))
def test_what_has_left_is_not_counted(
    staying: list[tuple[str, list[int]]], leaving: list[tuple[str, list[int]]], asked: list[int]
) -> None:
    living, fresh = Frequencies(), Frequencies()
    for language, numbers in [*leaving, *staying]:
        living.add(spots(language, words(*numbers)))
    for language, numbers in leaving:
        living.remove(spots(language, words(*numbers)))
    for language, numbers in reversed(staying):
        fresh.add(spots(language, words(*numbers)))
    for language in ("en", "de", UNKNOWN):
        numbers = [number for _, found in staying for number in found]
        wanted = spots(language, words(*asked, *numbers))
        assert np.array_equal(living.weights(wanted), fresh.weights(wanted))
        assert living.size(language) == fresh.size(language)
