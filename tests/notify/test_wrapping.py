"""Lines of 78 columns, also where characters are wide or words have no end."""

from __future__ import annotations

import pytest
from digestmaker import article, digest, with_article
from hypothesis import given
from hypothesis import strategies as st

from aggregator.notify.render import render
from aggregator.notify.words import LANGUAGES
from aggregator.notify.wrapping import columns, cut, wrap


def test_wide_characters_take_two_columns() -> None:
    assert columns("橋") == 2
    assert columns("e\u0301") == 1
    assert columns("한국어") == 6
    assert wrap("橋" * 10, width=10) == "橋橋橋橋橋\n橋橋橋橋橋"


def test_chinese_fills_its_lines_and_begins_none_with_a_comma() -> None:
    text = "第一句话很长，第二句话更长。OK 第三句"
    assert wrap(text, width=12).split("\n") == [
        "第一句话很",
        "长，第二句话",
        "更长。OK 第",
        "三句",
    ]


@given(
    st.text(alphabet=st.sampled_from("ab é橋、。「」\u0301"), max_size=120),
    st.integers(12, 40),
)
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    wrapped = wrap(text, first="1. ", indent="   ", width=width)
    assert all(columns(line) <= width for line in wrapped.split("\n"))
    assert "".join(wrapped[3:].split()) == "".join(text.split())


def test_an_address_is_never_cut() -> None:
    for url in ("https://example.org/" + "a" * 90, "https://example.org/橋" + "a" * 90):
        assert wrap(f"see {url} there").split("\n") == ["see", url, "there"]


@given(st.text(alphabet=st.sampled_from("ab é橋\u0301"), max_size=60), st.integers(2, 40))
def test_what_is_cut_has_the_width_and_says_so(text: str, width: int) -> None:
    shown = cut(text, width)
    assert columns(shown) <= width
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_line_of_any_language_is_longer_than_mail_allows(language: str) -> None:
    made = digest(3, items=9, troubles=2, brief=2, left_out=7, language=language)
    lines = render(made).text.splitlines()
    assert all(columns(line) <= 78 for line in lines if "://" not in line)


def test_long_headlines_of_any_script_are_wrapped() -> None:
    for headline in ("橋" * 200, "مجلس " * 60, "w" * 250):
        text = render(with_article(article(1, "橋" * 60, headline, excerpt=headline))).text
        assert all(columns(line) <= 78 for line in text.splitlines() if "://" not in line)
