"""Names, numbers and dates of texts."""

from __future__ import annotations

import pytest

from aggregator.core.features import NUMBER, fact_keys
from aggregator.core.fingerprint import fingerprint


def names(title: str, text: str, language: str = "en") -> list[str]:
    return [name for name, _ in fingerprint(title, text, language).names]


def test_names_are_runs_of_capitals() -> None:
    text = (
        "On Monday Ilir Dodani met J. Quill of the Bank of Ostrand. Dr. Renn was there. "
        "PRCCSF paid. Nobody else came."
    )
    assert names("", text) == [
        "Monday",
        "Ilir Dodani",
        "J Quill",
        "Bank of Ostrand",
        "Dr Renn",
        "PRCCSF",
    ]


def test_the_first_word_of_a_sentence_is_a_name_only_if_it_is_one_elsewhere() -> None:
    assert names("", "Water rose. Marbeck slept. Nobody in Marbeck knew.") == ["Marbeck"]


def test_what_is_said_begins_as_a_sentence_does() -> None:
    assert names("", 'The mayor said: "Water rose." Boats came, and Solveig left.') == ["Solveig"]
    assert names("", "“We lost it,” Solveig said.") == ["Solveig"]


def test_a_headline_in_capitals_names_only_what_the_text_names() -> None:
    title = "Hundreds Saved As Oskel Floods Lower Town"
    assert names(title, "The river Oskel rose in the night and flooded it.") == ["Oskel"]
    assert names("340 Saved As Oskel Floods Lower Town", "Water rose.") == ["340"]


def test_names_that_stand_most_often_come_first() -> None:
    found = fingerprint("", "In Ostrand and Marbeck, in Marbeck and Pellow.", "en").names
    assert found == (("Marbeck", 2), ("Ostrand", 1), ("Pellow", 1))


def test_a_text_in_capitals_has_no_name_without_end() -> None:
    found = names("", "as " + "OSKEL ROSE AND FLOODED ALL " * 20)
    assert all(len(name.split()) <= 8 for name in found)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "They met on 7 February in Baku."),
        ("en", "They met on February 7, 2024, in Baku."),
        ("en", "They met on Feb. 7 in Baku."),
        ("en", "They met on the 7th of February."),
        ("de", "Am 7. Februar kamen sie zusammen."),
        ("de", "Am 07. Feb. kamen sie zusammen."),
        ("fr", "Ils se sont réunis le 7 février à Bakou."),
        ("es", "Se reunieron el 7 de febrero en Bakú."),
        ("it", "Si sono riuniti il 7 febbraio a Baku."),
        ("pt", "Reuniram-se em 7 de fevereiro em Baku."),
        ("nl", "Zij kwamen op 7 februari bijeen."),
        ("pl", "Spotkali się 7 lutego w Baku."),
        ("cs", "Sešli se 7. února v Baku."),
        ("sv", "De möttes den 7 februari i Baku."),
        ("fi", "He tapasivat 7. helmikuuta Bakussa."),
        ("tr", "7 Şubat'ta Bakü'de bir araya geldiler."),
        ("az", "Onlar fevralın 7-də Bakıda görüşdülər."),
        ("ru", "Они встретились 7 февраля в Баку."),
        ("uk", "Вони зустрілися 7 лютого в Баку."),
        ("el", "Συναντήθηκαν στις 7 Φεβρουαρίου στο Μπακού."),
        ("ar", "اجتمعوا في 7 فبراير في باكو."),
        ("he", "הם נפגשו ב-7 בפברואר בבאקו."),
        ("hi", "वे 7 फरवरी को बाकू में मिले।"),
        ("th", "พวกเขาพบกันเมื่อวันที่ 7 กุมภาพันธ์ ที่บากู"),
        ("zh", "他们于2月7日在巴库会面。"),
        ("ja", "彼らは2月7日にバクーで会った。"),
        ("ko", "그들은 2월 7일 바쿠에서 만났다."),
    ],
)
def test_a_date_is_one_fact_in_every_language(language: str, text: str) -> None:
    found = names("", text, language)
    assert "7 Feb" in found
    assert not {"7", "07", "7th", "7일", "2月", "February", "Februar"} & set(found)
    (key,) = fact_keys("7 Feb")
    assert key >= NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "It may 7 times have failed to march 12 miles.",
        "In February 2024 some came.",
        "They left in March, 12 of them on foot.",
        "About 45 February storms have been counted.",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert not [name for name in names("", text) if name[0].isdecimal() and " " in name]


def test_a_month_by_itself_stands_alone() -> None:
    assert names("", "Since February the Oskel has been low.") == ["February", "Oskel"]
    assert names("", "Desde febrero baja el Oskel.", "es") == ["Oskel"]


def test_a_person_can_be_called_as_a_month_is_in_short() -> None:
    assert names("", "We met Jan Solveig in Ostrand Jan. 7 and on 9 Mar 2024.") == [
        "Jan Solveig",
        "Ostrand",
        "7 Jan",
        "9 Mar",
        "2024",
    ]
