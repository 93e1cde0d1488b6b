"""Forms of a word have one stem, however they are accented."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core import stemming
from aggregator.core.commonwords import common_words
from aggregator.core.searchwords import index_words, is_paired
from aggregator.core.stemming import KNOWN, STEMMERS, keeps_beginnings, stem, stems

LANGUAGES = st.sampled_from(["", "xx", "ja", *STEMMERS])


def stems_of(language: str, forms: str) -> set[str]:
    return {stem(language, word) for word in index_words(forms)}


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "election elections ELECTION"),
        ("de", "Wahlen Wahl WAHL"),
        ("de", "Überschwemmung Überschwemmungen ÜBERSCHWEMMUNGEN"),
        ("fr", "électeur électeurs ELECTEURS"),
        ("fr", "arrêté arrêtée arrêtées arrêtés ARRETEES"),
        ("fr", "policière policier policières"),
        ("es", "elección elecciones ELECCION"),
        ("es", "compartió compartir compartida"),
        ("pt", "eleição eleições ELEICAO"),
        ("it", "elezione elezioni"),
        ("ca", "elecció eleccions ELECCIO"),
        ("ro", "situația situație situatia"),
        ("ru", "выборы выборов ВЫБОРАМИ"),
        ("pl", "kontrakt kontraktów KONTRAKTOW"),
        ("cs", "evropská evropským evropských EVROPSKA"),
        ("hu", "ország országból országot"),
        ("lt", "rinkimai rinkimų RINKIMU"),
        ("tr", "çocuklar çocukları COCUKLAR"),
        ("tr", "yaptığı yaptığını"),
        ("ar", "الرمز الرمزية"),
        ("ar", "منظمة المنظمات"),
        ("fa", "کتابها کتاب"),
        ("el", "εκλογές εκλογών"),
        ("sv", "valen valet"),
        ("hi", "चुनावों चुनाव"),
    ],
)
def test_forms_have_one_stem(language: str, forms: str) -> None:
    assert len(stems_of(language, forms)) == 1, stems_of(language, forms)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "boat river flood"),
        ("fr", "visite vite limite"),
        ("es", "cambio camino"),
        ("tr", "doğu doğru"),
        ("ar", "كتاب كلب"),
    ],
)
def test_other_words_have_other_stems(language: str, words: str) -> None:
    assert len(stems_of(language, words)) == len(words.split())


def test_a_language_without_a_stemmer_leaves_words_as_they_are() -> None:
    for language in ("", "xx", "ja", "fil"):
        assert stem(language, "elections") == "elections"


def test_languages_of_which_nothing_is_known_cost_no_memory() -> None:
    before = len(stemming._STEMS)
    for number in range(1_000):
        assert stem(f"x{number}", "elections") == "elections"
    assert len(stemming._STEMS) == before
    assert len(stems("xx")) == 0


@given(LANGUAGES, st.text(max_size=20))
@settings(deadline=None, max_examples=300)
def test_a_stem_is_one_word_of_an_index(language: str, text: str) -> None:
    for word in index_words(text):
        found = stem(language, word)
        assert found
        assert is_paired(word) or index_words(found) == [found]
        assert stem(language, word) == found
        assert found[0] == word[0] or not keeps_beginnings(language)


def test_stems_begin_as_their_words_do_where_it_is_said() -> None:
    languages = [one for one in sorted(STEMMERS) if keeps_beginnings(one)]
    assert {"en", "de", "fr", "ru"}.issubset(languages)
    for language in languages:
        for word in common_words(language):
            assert stem(language, word)[0] == word[0]
    assert stem("id", "berlari") == stem("id", "lari")
    assert not keeps_beginnings("id")


def test_what_is_remembered_is_bounded() -> None:
    known = stems("sv")
    for number in range(KNOWN + 1_000):
        assert known[f"bil{number}"] == f"bil{number}"
    assert len(known) <= KNOWN


@pytest.mark.timeout(60)
def test_threads_may_ask_at_once() -> None:
    words = [f"{stem_}{ending}" for stem_ in map(str, range(300)) for ending in ("s", "ed", "ing")]
    expected = [stem("en", word) for word in words]
    stems("en").clear()  # type: ignore[attr-defined]  # a dict
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [stem("en", word) for word in words], range(16)))
    assert found == [expected] * 16


def test_a_snowball_that_stems_otherwise_is_noticed() -> None:
    """Then STEMS_VERSION goes up, and the number here with it."""
    words = {language: sorted(common_words(language)) for language in sorted(STEMMERS)}
    stemmed = [stem(language, word) for language, found in words.items() for word in found]
    assert len(stemmed) > 1_000
    assert (stemming.STEMS_VERSION, crc32(" ".join(stemmed).encode())) == (1, 3_631_547_261)
