"""Headlines of one series: what fills their slots, and what is only worded anew."""

from __future__ import annotations

import pytest
from newsdesk import Piece

from aggregator.core.column_names import BEGINNINGS, COLUMNS
from aggregator.core.features import Features, features
from aggregator.core.series import is_column, is_series, says_nothing, tells_nothing
from aggregator.core.text import fold

ALIKE = 0.7
"""What texts from one template share."""


def of(
    title: str, text: str = "", *, source: str = "", language: str = "en", hours: float = 0
) -> Features:
    piece = Piece(source=source, title=title, text=text, language=language, hours=hours)
    return features(piece.item(title))


def recall(food: str, cause: str) -> Features:
    text = (
        f"The food office warns against {food}, which may contain {cause}. It was sold in branches."
    )
    return of(f"Recall: {food} may contain {cause}", text)


def test_what_differs_is_about_one_text_alone() -> None:
    one, other = recall("rye crackers", "sesame"), recall("frozen peas", "metal")
    assert is_series(one, other, ALIKE)
    assert is_series(other, one, ALIKE)


def test_days_and_numbers_fill_slots_wherever_they_stand() -> None:
    text = "The doctor from the valley, a repeat, and a concert at the end."
    one = of("On television tonight, Monday", text)
    assert is_series(one, of("On television tonight, Friday", text), ALIKE)
    one, other = (
        of("Draw number 311 of the lottery", text),
        of("Draw number 312 of the lottery", text),
    )
    assert is_series(one, other, ALIKE)


def test_a_headline_worded_anew_for_the_same_text_is_no_series() -> None:
    text = "The seal slept on the slipway at Sandnes while a ferry with its passengers had to wait."
    one = of("Seal sleeps on slipway, ferry delayed", text)
    assert not is_series(one, of("Seal on slipway: passengers have to wait", text), ALIKE)
    assert not is_series(one, of("Animal halts traffic", text), ALIKE)


def test_words_added_to_a_headline_make_no_series() -> None:
    text = "Workmen have found forty-six violins."
    one = of("Violins found under a floor", text)
    assert not is_series(one, of("Violins found under a floor (corrected)", text), ALIKE)


def test_the_name_of_an_outlet_is_no_part_of_its_headline() -> None:
    text = "Workmen have found forty-six violins. The Valley Times has counted them."
    one = of("Violins found under a floor - Valley Times", text)
    other = of(
        "Violins found under a floor | Coast Herald", "Workmen of the Herald have found violins."
    )
    assert not is_series(one, other, ALIKE)


def test_one_text_is_no_series_whatever_its_headlines_say() -> None:
    assert not is_series(recall("rye crackers", "sesame"), recall("frozen peas", "metal"), 0.97)


def test_one_headline_for_another_days_text_of_an_outlet_is_a_series() -> None:
    one = of("Log of the harbour", "Two ships.", source="Post")
    other = of("Log of the harbour", "Nobody.", source="Post", hours=24)
    assert is_series(one, other, ALIKE)
    assert not is_series(one, other, 0.92)
    assert not is_series(one, of("Log of the harbour", "Nobody.", source="Post", hours=3), ALIKE)
    elsewhere = of("Log of the harbour", "Two ships.", source="Herald", hours=24)
    assert not is_series(one, elsewhere, ALIKE)


def test_headlines_alone_are_a_series_if_they_differ_in_names_and_numbers() -> None:
    one = of("Man, 34, arrested after robbery in Harrow")
    assert is_series(one, of("Man, 43, arrested after robbery in Marlow"), ALIKE)
    assert not is_series(one, of("Man, 34, sentenced after robbery in Harrow"), ALIKE)
    assert not is_series(one, of("Man Arrested After Robbery In Marlow Bank"), ALIKE)


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Morning briefing", "en"),
        ("MORNING BRIEFING:", "en"),
        ("Morning briefing, Monday 5 February", "en"),
        ("Letters to the editor - Valley Times", "en"),
        ("Five things to know on Tuesday", "en"),
        ("Watch: the moment it happened", "en"),
        ("Leserbriefe", "de"),
        ("Kurz notiert", "de"),
        ("En bref", "fr"),
        ("Horóscopo", "es"),
        ("Foto del giorno", "it"),
        ("Ao vivo", "pt"),
        ("Het weer", "nl"),
        ("Insändare", "sv"),
        ("W skrócie", "pl"),
        ("Köşe yazısı", "tr"),
        ("Фото дня", "ru"),
        ("Думка", "uk"),
        ("افتتاحية", "ar"),
        ("社论", "zh"),
        ("社説", "ja"),
    ],
)
def test_the_name_of_a_column_tells_no_event(title: str, language: str) -> None:
    named = of(title, "Something has happened somewhere.", language=language)
    assert is_column(named)
    assert tells_nothing(named)
    assert not says_nothing(named)
    assert says_nothing(of(title, language=language))


@pytest.mark.parametrize(
    "title",
    [
        "Watch: dam bursts above Lindhaven",
        "Editorial staff of the Bugle on strike",
        "Opinion of the court surprises lawyers",
        "Five things to know about the floods of Lindhaven and Marbeck",
    ],
)
def test_a_headline_that_goes_on_tells_an_event(title: str) -> None:
    assert not tells_nothing(of(title))


def test_a_word_or_two_tell_nothing_by_themselves() -> None:
    assert says_nothing(of("Flood in Lindhaven"))
    assert says_nothing(of(""))
    assert not says_nothing(of("Flood in Lindhaven", "The river has risen."))
    assert not says_nothing(of("River floods Lindhaven"))


def test_names_of_columns_are_folded() -> None:
    assert all(name == fold(name).strip() for name in [*COLUMNS, *BEGINNINGS])
    assert "" not in COLUMNS
    assert "" not in BEGINNINGS
