from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.sentences import lead_sentences, split_sentences
from aggregator.core.text import clean_line


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It opened.|People came!|Why?"),
        ("en", "The U.S. team met Mr. Hale at 3 p.m. on Monday.|It won."),
        ("en", "He said: “We won.”|She left."),
        ("en", "It grew by 3.5 percent.|That is much."),
        ("en", "He paid $3.5m. in Jan. 2024.|Then he left."),
        ("en", "It runs on ASP.NET and pays.|That is all."),
        (None, "Prof. Hale came.|He left."),
        ("en-GB", "Gen. Hale spoke.|Sen. J. F. Roe, too."),
        ("de", "Am 3. Mai wird gewählt.|Das Lokal (ca. 40 Plätze) öffnet um acht."),
        ("de-AT", "Er kommt, z. B. heute.|Sie nicht."),
        ("fr", "M. Roe est arrivé le 1er mai.|Mme. Roe, non."),
        ("es", "El Sr. Roe llegó a EE. UU. ayer.|¿Qué pasó?|Nada."),
        ("pl", "Dr. Nowak przybył o godz. 5 rano.|Potem wyjechał."),
        ("ru", "А. С. Иванов приехал.|Ул. Ленина пуста."),
        ("az", "Prof. Əliyev gəldi.|Bakıda yağış yağdı."),
        ("tr", "Dr. Yılmaz geldi.|3. gün bitti."),
        ("ka", "დღეს კარგი ამინდია.|ხვალ იწვიმებს."),
        ("hy", "Այսօր լավ եղանակ է։|Վաղը անձրև կլինի։"),
        ("hi", "पुल खुल गया।|लोग आए।"),
        ("am", "ዛሬ ጥሩ ነው።|ነገ ዝናብ።"),
        ("ur", "آج بارش ہوئی۔|کل دھوپ ہوگی۔"),
        ("ar", "هل فتح الجسر؟|نعم."),
        ("ja", "今日は晴れ。|明日は雨。"),
        ("ja", "「雨。」と言った。|帰った。"),
        ("zh", "他说：“我们赢了。”然后走了。|第二天下雨。"),
        ("xx", "It opened.|People came."),
    ],
)
def test_sentences_end_where_they_end(language: str | None, text: str) -> None:
    spaced = text.replace("|", "" if language in {"ja", "zh"} else " ")
    assert split_sentences(spaced, language=language) == tuple(text.split("|"))


def test_a_paragraph_ends_a_sentence_and_a_line_does_not() -> None:
    assert split_sentences("No mark here\n\nNor there") == ("No mark here", "Nor there")
    assert split_sentences("One line\nbroken. Next.") == ("One line broken.", "Next.")
    assert split_sentences("") == ()


def test_the_language_is_that_of_the_article() -> None:
    excerpt = "Am Di. Abend kam sie. Vier Mio. Euro sind weg. Er ging. Sie blieb."
    said = lead_sentences(excerpt, title="", language="de-DE")
    assert said == "Am Di. Abend kam sie. Vier Mio. Euro sind weg. Er ging."
    assert lead_sentences(excerpt, title="", language="en") == "Am Di. Abend kam sie. Vier Mio."


@pytest.mark.parametrize("space", ["\u00a0", "\u2028", "\u3000", "\u0085", "\u1680", "\u202f"])
def test_white_space_of_any_kind_after_an_initial_does_no_harm(space: str) -> None:
    assert split_sentences(f"B{space}. Roe came. \ud800 He left.")[-1] == "He left."


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
