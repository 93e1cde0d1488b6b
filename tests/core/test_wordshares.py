"""The tables of how usual words are, with the stemmers that are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.core import wordshares
from aggregator.core.fingerprint import fingerprint, unpack
from aggregator.core.wordshares import encode_levels, levels, shares

USUAL = {
    "ar": "الحكومة الرئيس العالم مدينة",
    "cs": "vláda prezident město lidí",
    "de": "Regierung Präsident Stadt Menschen Polizei Jahren",
    "en": "government president city people police years minister companies",
    "es": "gobierno presidente ciudad personas policía años",
    "fa": "دولت کشور شهر مردم",
    "fi": "hallitus presidentti vuonna ihmiset",
    "fr": "gouvernement président ville personnes police années",
    "hu": "kormány elnök város emberek",
    "id": "pemerintah presiden kota orang",
    "it": "governo presidente città persone polizia anni",
    "ja": "政府 日本 東京",
    "nb": "regjeringen president byen mennesker",
    "nl": "regering president stad mensen politie jaar",
    "no": "regjeringen president byen mennesker",
    "pl": "rząd prezydent miasto ludzi",
    "pt": "governo presidente cidade pessoas polícia anos",
    "ro": "guvernul președinte orașul oameni",
    "ru": "правительство президент город людей полиция",
    "sv": "regeringen president staden människor",
    "tr": "hükümet başkan şehir insanlar",
    "uk": "уряд президент місто людей",
    "zh": "政府 国家 城市",
}


def _stems(words: str, language: str) -> list[int]:
    return list(unpack(fingerprint("", words, language).terms))


@pytest.mark.parametrize("language", USUAL)
def test_usual_words_are_in_the_table_of_their_language(language: str) -> None:
    """They are not once the stemmers change: benchmarks/make_wordshares.py makes the tables."""
    table = shares(language)
    found = _stems(USUAL[language], language)
    assert len(found) >= 3
    assert all(0.005 < table[stem] < 0.9 for stem in found)


def test_the_more_usual_word_has_the_larger_share() -> None:
    table = shares("en")
    people, minister = (table[_stems(word, "en")[0]] for word in ("people", "minister"))
    assert people > minister
    assert 0.2 < people < 0.8
    assert 0.005 < minister < 0.15


def test_a_rare_word_and_a_name_of_a_place_of_ours_are_in_no_table() -> None:
    assert not set(_stems("zyxomma Lindhaven", "en")) & set(shares("en"))


@pytest.mark.parametrize("language", ["", "zz", "../en", "en/", "EN GB"])
def test_a_language_without_a_table_has_an_empty_one(language: str) -> None:
    assert not shares(language)
    assert not levels(language)


def test_tables_are_small_and_say_where_they_are_from() -> None:
    folder = Path(wordshares.__file__).with_name(wordshares.FOLDER)
    tables = list(folder.glob("*.bin"))
    assert len(tables) > 30
    assert sum(table.stat().st_size for table in tables) < 800_000
    assert "CC BY-SA 4.0" in (folder / "NOTICE").read_text("utf-8")


def test_a_table_is_written_in_the_order_of_its_stems() -> None:
    assert encode_levels({258: 7, 1: 9}) == b"\x01\0\0\0\x02\x01\0\0\x09\x07"
