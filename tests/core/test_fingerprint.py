"""What is kept of a text: the same everywhere, small, and blind to what does not matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import newsdesk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.codec import decode, encode
from aggregator.core.commonwords import guess_language
from aggregator.core.features import fact_keys
from aggregator.core.fingerprint import SHINGLES, fingerprint, pack, plain_number, unpack
from aggregator.types import Fingerprint

_WORDS = ["river", "dyke", "water", "rose", "town", "Lindhaven", "boats", "the", "of", "340"]
WORDS = st.lists(st.sampled_from(_WORDS), min_size=3, max_size=900)


def shingles(text: str, language: str = "en") -> set[int]:
    return set(unpack(fingerprint("", text, language).shingles))


def quoted(text: str, language: str = "en") -> set[int]:
    return set(unpack(fingerprint("", text, language).quoted))


def terms(text: str, language: str | None = "en") -> set[int]:
    return set(unpack(fingerprint("", text, language).terms))


def names(title: str, text: str, language: str = "en") -> list[str]:
    return [name for name, _ in fingerprint(title, text, language).names]


def test_the_method_has_not_changed_under_its_version() -> None:
    """Stored fingerprints are compared with new ones: a change here needs a new VERSION."""
    found = fingerprint("Oskel rises", "The rivers of Lindhaven rose 6.84 metres.", "en")
    assert found == Fingerprint(
        version=1,
        language="en",
        length=7,
        step=1,
        shingles=bytes.fromhex("7531ed1e230ef3317c7f6c5bcd81a4688cb0656f"),
        quoted=b"",
        terms=bytes.fromhex("a38ec6bc46f8be9e2b67e3f5cfcc3213f484339ac55bfcf0eb554c53"),
        counts=b"\x01\x01\x01\x01\x01\x01\x01",
        lead=bytes.fromhex("a38ec6bc46f8be9e2b67e3f5cfcc3213f484339ac55bfcf0eb554c53"),
        names=(("Lindhaven", 1), ("6.84", 1)),
    )


def test_another_process_finds_the_same() -> None:
    code = (
        "import sys, newsdesk\n"
        "from aggregator.codec import encode\n"
        "for piece in newsdesk.ALL:\n"
        "    sys.stdout.buffer.write(encode(piece.item(1).fingerprint))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "PYTHONHASHSEED": "42",
            "PYTHONPATH": str(Path(newsdesk.__file__).parent),
        },
        check=True,
        capture_output=True,
    ).stdout
    assert found == b"".join(encode(piece.item(1).fingerprint) for piece in newsdesk.ALL)


def test_it_is_small_and_survives_the_store() -> None:
    text = " ".join(
        f"{piece.text}" for piece in newsdesk.ALL if piece.language == "en" and piece.text
    )
    long = fingerprint("A headline", " ".join(text.split()[:500]), "en")
    assert len(encode(long)) < 3_000
    assert decode(encode(long), Fingerprint) == long


@pytest.mark.parametrize("text", ["", " \n\n ", "…", "!?", "a", "日", "\x00\ud800", "𝔘𝔫𝔦"])
def test_any_text_has_one(text: str) -> None:
    fingerprint(text, text, None)


@given(
    title=st.text(max_size=60),
    text=st.text(max_size=300),
    language=st.sampled_from([None, "en", "ar", "zz"]),
)
def test_no_text_raises(title: str, text: str, language: str | None) -> None:
    found = fingerprint(title, text, language)
    assert len(found.terms) == 4 * len(found.counts)
    assert all(value % found.step == 0 for value in unpack(found.shingles))
    for name, count in found.names:
        assert count > 0
        assert fact_keys(name) is fact_keys(name)


# --- shingles


@given(words=WORDS, cut=st.integers(3, 900))
def test_the_shingles_of_a_part_are_among_those_of_the_whole(words: list[str], cut: int) -> None:
    whole = fingerprint("", " ".join(words), "en")
    part = fingerprint("", " ".join(words[:cut]), "en")
    common = {value for value in unpack(part.shingles) if value % whole.step == 0}
    assert common <= set(unpack(whole.shingles))


def test_long_texts_are_sampled() -> None:
    found = fingerprint("", " ".join(f"w{number}" for number in range(5_000)), "en")
    assert found.step > 1
    assert SHINGLES / 4 < len(unpack(found.shingles)) <= SHINGLES


def test_case_diacritics_and_punctuation_do_not_matter() -> None:
    assert shingles("Durrës — the Port’s OLD crane, in U.S. hands") == shingles(
        "durres: the port's old crane in US hands"
    )
    assert shingles("كَتَبَ الوَلَدُ الدَّرْسَ", "ar") == shingles("كتب الولد الدرس", "ar")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [('"', '"'), ("“", "”"), ("«", "»"), ("« ", " »"), ("»", "«"), ("„", "“"), ("「", "」")],
)
def test_quotations_are_kept_apart(opening: str, closing: str) -> None:
    said = "we have listened to every village along the whole of the line"
    text = f"The minister gave way at last. {opening}{said}{closing}, she said in the evening."
    assert quoted(text) == shingles(said)
    assert not shingles(said) & shingles(text)


def test_a_turn_of_phrase_is_no_quotation() -> None:
    assert quoted('She called it a "very small price" and left the room.') == set()


def test_a_quotation_ends_with_its_paragraph() -> None:
    said = "we have listened to every village along the whole of the line"
    assert quoted(f"“{said}.\n\nThen the people of the village went home again.") == shingles(said)


def test_without_a_text_the_title_stands_for_it() -> None:
    bare = fingerprint("Boats carry hundreds from flooded town", "", "en")
    assert bare.length == 0
    assert set(unpack(bare.shingles)) == shingles("Boats carry hundreds from flooded town")


def test_scripts_without_spaces_are_read_in_pairs() -> None:
    found = fingerprint("", "老码头改建成图书馆", None)
    assert (found.language, found.length) == ("zh", 8)
    assert shingles("老码头改建成图书馆", "zh") <= shingles("昨天老码头改建成图书馆了", "zh")


# --- stems


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "flooded", "floods"),
        ("es", "inundaciones", "inundación"),
        ("de", "überschwemmte", "überschwemmten"),
        ("ru", "библиотеки", "библиотека"),
        ("fr", "inondées", "inondée"),
        ("zz", "Flood", "flood"),
    ],
)
def test_forms_of_a_word_are_one_stem(language: str, one: str, other: str) -> None:
    assert terms(one, language) == terms(other, language) != set()


def test_function_words_are_no_stems() -> None:
    assert terms("and of the with") == set()
    assert terms("и в на с", "ru") == set()


def test_a_region_is_not_part_of_the_language() -> None:
    assert fingerprint("", "floods", "pt-BR").language == "pt"


@pytest.mark.parametrize(
    ("piece", "language"),
    [
        (newsdesk.FLOOD, "en"),
        (newsdesk.FLOOD_SPANISH, "es"),
        (newsdesk.ARABIC, "ar"),
        (newsdesk.RUSSIAN, "ru"),
        (newsdesk.CHINESE, "zh"),
    ],
)
def test_the_language_is_guessed(piece: newsdesk.Piece, language: str) -> None:
    assert fingerprint(piece.title, piece.text, None).language == language


def test_no_language_is_guessed_from_nothing() -> None:
    assert guess_language([]) == ""
    assert guess_language(["Oskel", "Lindhaven"]) == ""


# --- names and numbers


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


def test_a_headline_in_capitals_names_only_what_the_text_names() -> None:
    title = "Hundreds Saved As Oskel Floods Lower Town"
    assert names(title, "The river Oskel rose in the night and flooded it.") == ["Oskel"]


def test_numbers_are_one_in_every_spelling() -> None:
    assert plain_number("1,200") == plain_number("1.200") == "1200"
    assert plain_number("6,84") == plain_number("6.84") == "6.84"
    assert fact_keys("1,200") == fact_keys("1200")
    assert fact_keys("Bakú") == fact_keys("BAKU")


def test_numbers_come_back_from_bytes() -> None:
    assert list(unpack(pack([0, 1, 2**32 - 1]))) == [0, 1, 2**32 - 1]
