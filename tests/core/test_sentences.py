from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.sentences import lead_sentences, split_sentences
from aggregator.core.text import clean_line


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It opened. People came! Why?", ["It opened.", "People came!", "Why?"]),
        ("The U.S. team met Mr. Hale at 3 p.m. on Monday. It won.", None),
        ("He said: “We won.” She left.", ["He said: “We won.”", "She left."]),
        ("It grew by 3.5 percent. That is much.", ["It grew by 3.5 percent.", "That is much."]),
        ("Am 3. Mai wird gewählt. Das Lokal (ca. 40 Plätze) öffnet um acht.", None),
        ("Er kommt, z. B. heute. Sie nicht.", ["Er kommt, z. B. heute.", "Sie nicht."]),
        ("今日は晴れ。明日は雨。", ["今日は晴れ。", "明日は雨。"]),
        ("「雨。」と言った。帰った。", ["「雨。」と言った。", "帰った。"]),
        ("هل فتح الجسر؟ نعم.", ["هل فتح الجسر؟", "نعم."]),
        ("No mark here\n\nNor there", ["No mark here", "Nor there"]),
        ("One line\nbroken. Next.", ["One line broken.", "Next."]),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: list[str] | None) -> None:
    found = split_sentences(text)
    if sentences is None:
        assert len(found) == 2
    else:
        assert found == tuple(sentences)


def test_two_sentences_and_a_third_when_they_are_short() -> None:
    short = "It opened. People came. Cars rolled. Boats waited."
    assert lead_sentences(short, title="") == "It opened. People came. Cars rolled."
    long = f"{'A' * 130}. {'B' * 130}. {'C' * 20}."
    assert lead_sentences(long, title="") == f"{'A' * 130}. {'B' * 130}."


def test_bylines_the_repeated_title_and_the_cut_end_are_passed_over() -> None:
    excerpt = "Bridge is open\n\nBy Jane Roe\n\nThe bridge is open. Cars roll. And then the"
    assert lead_sentences(excerpt, title="Bridge is OPEN.") == "The bridge is open. Cars roll."


def test_an_ellipsis_is_no_end() -> None:
    assert lead_sentences("The bridge is open. And then…", title="") == "The bridge is open."


def test_without_a_whole_sentence_the_beginning_must_do() -> None:
    assert (
        lead_sentences("word " * 200, title="", limit=40) == "word word word word word word word…"
    )
    assert lead_sentences("", title="The bridge") == ""
    assert lead_sentences("The bridge", title="The bridge") == ""


def test_wide_scripts_are_joined_without_spaces() -> None:
    assert lead_sentences("今日は晴れ。明日は雨。", title="") == "今日は晴れ。明日は雨。"


@given(st.text(max_size=400), st.text(max_size=40), st.integers(20, 300))
def test_never_longer_than_the_limit_and_always_one_clean_line(
    excerpt: str, title: str, limit: int
) -> None:
    summary = lead_sentences(excerpt, title=title, limit=limit)
    assert len(summary) <= limit
    assert clean_line(summary) == summary


@given(st.text(alphabet="aB .!?…3\n。」", max_size=80))
def test_nothing_is_lost_by_splitting(text: str) -> None:
    joined = "".join(split_sentences(text))
    assert "".join(joined.split()) == "".join(text.split())
