"""Plain text: what is kept of it, and that the short ways lead where the long ones do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.text import clean_text, count_words, join_words

LINES = st.text("ab \n", max_size=20) | st.text("ab. \n\r\t\x1c\x7fé\u2028", max_size=30)
WORDS = st.lists(st.sampled_from(["a", "é", " ", " b ", "日本日本日本"]), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("one  two", "one two"),
        ("  One \n two\n \n\n three ", "One\ntwo\n\nthree"),
        ("one  two\r\nthree\rfour\tfive", "one two\nthree\nfour five"),
        ("a\x00b\x07 c\x7f", "ab c"),
        ("\n\n", ""),
    ],
)
def test_clean_text(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(LINES)
def test_a_paragraph_is_cleaned_alike_whatever_stands_after_it(text: str) -> None:
    assert clean_text(f"{text}\n\né") == f"{clean_text(text)}\n\né".lstrip()


@given(LINES)
def test_joined_words_are_parted_by_single_spaces(text: str) -> None:
    assert join_words(text) == " ".join(text.split())


@given(WORDS, st.integers(0, 8))
def test_counting_may_stop_where_enough_is_found(text: str, enough: int) -> None:
    assert (count_words(text, enough=enough) < enough) == (count_words(text) < enough)
