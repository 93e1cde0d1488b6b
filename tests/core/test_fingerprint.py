"""What is kept of a text: the same everywhere, small, and blind to what does not matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import newsdesk
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.codec import decode, encode
from aggregator.core.commonwords import guess_language
from aggregator.core.fact_keys import facts_of
from aggregator.core.features import fact_keys
from aggregator.core.fingerprint import (
    FORCE,
    PLACE,
    SENTENCES,
    SHINGLES,
    TERMS,
    fingerprint,
    fingerprints,
    pack,
    plain_number,
    unpack,
)
from aggregator.core.names import NAME_WORDS, NAMES
from aggregator.types import Fingerprint

_WORDS = ["river", "dyke", "water", "rose", "town", "Lindhaven", "boats", "the", "of", "340"]
WORDS = st.lists(st.sampled_from(_WORDS), min_size=3, max_size=900)
TEXT = st.text() | st.text(alphabet='Aa1 .,"“”\n7Feb日のก่', max_size=400)


def shingles(text: str, language: str = "en") -> set[int]:
    return set(unpack(fingerprint("", text, language).shingles))


def terms(text: str, language: str | None = "en") -> set[int]:
    return set(unpack(fingerprint("", text, language).terms))


def force_of(word: str, title: str, text: str) -> int:
    return _of(word, title, text)[0]


def place_of(word: str, title: str, text: str) -> int:
    return _of(word, title, text)[1]


def _of(word: str, title: str, text: str) -> tuple[int, int]:
    (stem,) = terms(word)
    found = fingerprint(title, text, "en")
    at = list(unpack(found.terms)).index(stem)
    return found.forces[at], found.places[at]


def sentences(text: str, language: str = "en") -> list[int]:
    return list(unpack(fingerprint("", text, language).sentences))


def test_the_method_has_not_changed_under_its_version() -> None:
    """Stored fingerprints are compared with new ones: a change here needs a new VERSION."""
    found = fingerprint("Oskel rises", "The rivers of Lindhaven rose 6.84 metres.", "en")
    assert found == Fingerprint(
        version=2,
        language="en",
        length=7,
        step=1,
        shingles=bytes.fromhex("c24684b19693253e61c85292995c2518fdaaf148"),
        terms=bytes.fromhex("c55bfcf0a38ec6bccfcc3213eb554c5346f8be9ef484339a2b67e3f5"),
        forces=bytes.fromhex("5c37322e363134"),
        places=bytes.fromhex("01000101000101"),
        title=bytes.fromhex("a38ec6bc46f8be9e"),
        names=(("Lindhaven", 1), ("6.84", 1)),
        sentences=bytes.fromhex("246795ea"),
        facts=bytes.fromhex("cfcc3213c55bfcf0"),
        counts=b"\x01\x01",
        named=1,
    )


def test_facts_are_what_names_are_made_of() -> None:
    """Fingerprints from before there were facts have names alone."""
    printed = [piece.item(1).fingerprint for piece in newsdesk.ALL]
    printed += [
        fingerprint("", text, "en")
        for text in (
            "On 7 February Dr. J. K. Rowe of the U.S. Institute of Peace met Élodie Œuvray.",
            "Then A B C met Ministry of Health officials; 1,200.50 or 1.200 came, 3 left in 2024.",
        )
    ]
    for found in printed:
        told = facts_of(found.names, {})
        assert (found.facts, found.counts, found.named) == (told.hashes, told.counts, told.named)
        assert bool(found.facts) == bool(found.names)


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
    assert len(encode(long)) < 4_000
    assert decode(encode(long), Fingerprint) == long


@pytest.mark.parametrize("text", ["", " \n\n ", "…", "!?", "a", "日", "\x00\ud800", "𝔘𝔫𝔦"])
def test_any_text_has_one(text: str) -> None:
    fingerprint(text, text, None)


@given(title=TEXT, text=TEXT, language=st.sampled_from([None, "en", "ar", "ja", "de", "zz"]))
def test_no_text_raises_and_what_is_kept_is_bounded(
    title: str, text: str, language: str | None
) -> None:
    found = fingerprint(title, text, language)
    assert found == fingerprint(title, text, language)
    kept = unpack(found.terms)
    assert len(kept) == len(set(kept)) == len(found.forces) == len(found.places) <= TERMS
    assert all(value % found.step == 0 for value in unpack(found.shingles))
    assert len(found.shingles) <= 4 * SHINGLES
    assert len(found.sentences) <= 4 * SENTENCES
    assert len(found.names) <= NAMES
    for name, count in found.names:
        assert count > 0
        assert len(name.split()) < 2 * NAME_WORDS
        assert fact_keys(name) is fact_keys(name)


ARTICLES = st.tuples(
    st.one_of(st.just(""), st.sampled_from([piece.title for piece in newsdesk.ALL]), TEXT),
    st.one_of(st.just(""), st.sampled_from([piece.text for piece in newsdesk.ALL]), TEXT),
    st.sampled_from([None, "en", "tr", "ja", "zz"]),
)


@given(articles=st.lists(ARTICLES, max_size=8))
@example(articles=[("", "The river rose.", "en"), ("”A", "The river rose.", "en")])
def test_articles_together_have_the_fingerprints_of_each(
    articles: list[tuple[str, str, str | None]],
) -> None:
    assert list(fingerprints(articles)) == [fingerprint(*article) for article in articles]


def test_any_number_of_articles_can_be_fingerprinted_together() -> None:
    long = " ".join(f"w{number % 30_000} Oskel" for number in range(60_000))
    articles = [(piece.title, piece.text, piece.language) for piece in newsdesk.ALL] * 9
    articles[7:7] = [("A headline", long, "en"), ("", "", None), ("", long, "de")]
    found = list(fingerprints(iter(articles)))
    assert found == [fingerprint(*article) for article in articles]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "A",
        "1",
        "1,",
        '"',
        "«»",
        "A ",
        "a. ",
        "A.",
        "\n",
        "7 Feb ",
        "A of ",
        "เ",
        "ก่",
        "的",
        "の",
    ],
)
def test_a_megabyte_of_anything_is_read_and_little_kept_of_it(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    found = fingerprint(text[:100], text, "en")
    assert len(encode(found)) < 10_000


# --- shingles


@given(words=WORDS, cut=st.integers(3, 900))
def test_the_shingles_of_a_part_are_among_those_of_the_whole(words: list[str], cut: int) -> None:
    whole = fingerprint("", " ".join(words), "en")
    part = fingerprint("", " ".join(words[:cut]), "en")
    common = {value for value in unpack(part.shingles) if value % whole.step == 0}
    assert common <= set(unpack(whole.shingles))


@given(words=WORDS)
def test_shingles_stand_each_once_in_the_order_of_the_text(words: list[str]) -> None:
    whole = fingerprint("", " ".join(words), "en")
    first: dict[int, None] = {}
    for at in range(len(words) - 2):
        (value,) = shingles(" ".join(words[at : at + 3]))
        if not value % whole.step:
            first.setdefault(value)
    assert list(unpack(whole.shingles)) == list(first)


def test_long_texts_are_sampled() -> None:
    found = fingerprint("", " ".join(f"w{number}" for number in range(5_000)), "en")
    assert found.step > 1
    assert SHINGLES / 4 < len(unpack(found.shingles)) <= SHINGLES


def test_the_bits_of_shingles_are_spread_evenly() -> None:
    values = [
        value
        for start in range(0, 12_000, 300)
        for value in shingles(" ".join(f"w{number}" for number in range(start, start + 300)))
    ]
    for bit in range(32):
        share = sum(value >> bit & 1 for value in values) / len(values)
        assert 0.47 < share < 0.53
    assert len({value >> 6 & 0x7FFF for value in values}) > 0.8 * min(len(values), 0x7FFF)


def test_case_diacritics_and_punctuation_do_not_matter() -> None:
    assert shingles("Durrës — the Port’s OLD crane, in U.S. hands") == shingles(
        "durres: the port's old crane in US hands"
    )
    assert shingles("كَتَبَ الوَلَدُ الدَّرْسَ", "ar") == shingles("كتب الولد الدرس", "ar")
    assert shingles("the pier at Durre\u0308s rose") == shingles("The pier at Durrës rose")


def test_without_a_text_the_title_stands_for_it() -> None:
    bare = fingerprint("Boats carry hundreds from flooded town", "", "en")
    assert bare.length == 0
    assert set(unpack(bare.shingles)) == shingles("Boats carry hundreds from flooded town")
    assert bare.sentences == b""


# --- sentences

_RESCUED = "About 340 people were taken to a sports hall in Marbeck."
_GAUGE = "The gauge at the old mill showed 6.84 metres."


def test_sentences_are_told_whatever_stands_around_them() -> None:
    text = f"{_GAUGE} {_RESCUED}"
    assert sentences(text) == sentences(_GAUGE) + sentences(_RESCUED)
    assert sentences(f"{_RESCUED}\n\n{_GAUGE}") == sentences(_RESCUED) + sentences(_GAUGE)
    assert sentences(f"He said: nothing.\n“{_GAUGE[:-1]},” he said.") != sentences(_GAUGE)


def test_sentences_are_blind_to_case_and_marks() -> None:
    assert sentences("“The river — it ROSE, he said, at Durrës!”") == sentences(
        "The river, it rose, he said at Durres."
    )
    assert sentences("1,200 people left the town.") == sentences("1200 people left the town.")


def test_a_sentence_does_not_end_with_an_abbreviation_or_initial() -> None:
    text = "The mayor, Dr. J. Quill, came on Feb. 7 and spoke."
    assert len(sentences(text)) == 1
    assert len(sentences("Am 7. Februar kam der Minister nach Oskel.", "de")) == 1
    assert len(sentences("Nobody had been there on May 7. The town was quiet and dark.")) == 2


def test_short_sentences_and_repeated_ones_are_not_kept() -> None:
    assert sentences("No. Not now. Read it all.") == []
    assert sentences(f"{_GAUGE} {_GAUGE}") == sentences(_GAUGE)


def test_the_first_sentences_are_kept() -> None:
    said = [f"The boat number {number} came in." for number in range(100)]
    assert sentences(" ".join(said)) == sentences(" ".join(said[:SENTENCES]))
    assert len(sentences(" ".join(said))) == SENTENCES


def test_sentences_of_chinese_end_at_wide_marks() -> None:
    text = "老码头改建成图书馆。工程将于明年三月开工！"
    assert len(sentences(text, "zh")) == 2
    assert sentences(text, "zh")[1:] == sentences("工程将于明年三月开工", "zh")


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


def test_a_stem_is_the_stronger_the_earlier_and_the_oftener_it_stands() -> None:
    text = "boats carried hundreds over the river while the sirens sounded in Marbeck"
    forces = [force_of(word, "Boats", text) for word in ("boat", "hundreds", "sirens", "Marbeck")]
    assert forces == sorted(forces, reverse=True)
    assert len(set(forces)) == 4
    again = f"{text} and the sirens sounded again"
    assert force_of("sirens", "Boats", again) > force_of("sirens", "Boats", text)


def test_forces_are_logarithms_of_what_occurrences_count() -> None:
    assert force_of("boat", "Boats", "") == 55  # 40 ln (1 + 3)
    assert force_of("340", "340", "") == 103  # 40 ln (1 + 4 * 3): a number
    assert force_of("boat", "Boats", "The boats of Oskel") == 77  # 40 ln (1 + 3 + 3 / (1 + 1 / 15))
    assert FORCE == 40


@given(words=WORDS)
def test_forces_grow_with_what_is_added_to_the_end(words: list[str]) -> None:
    part, whole = (
        fingerprint("", " ".join(words[:-3]), "en"),
        fingerprint("", " ".join(words), "en"),
    )
    before = dict(zip(unpack(part.terms), part.forces, strict=True))
    after = dict(zip(unpack(whole.terms), whole.forces, strict=True))
    assert all(after[stem] >= force for stem, force in before.items())


def test_places_are_those_of_the_text() -> None:
    text = "The river rose over its dykes on the night to Monday and flooded the town"
    assert place_of("boats", "Boats", text) == 0
    assert place_of("river", "Boats", text) == 1
    assert place_of("town", "Boats", text) == 2
    assert place_of("town", "Boats in town", text) == 0
    assert PLACE == 8


def test_what_stands_far_back_has_the_last_place() -> None:
    assert place_of("boats", "", f"{'the ' * 5_000} boats") == 255


def test_the_stems_that_tell_most_are_kept() -> None:
    usual = " ".join(["people year government president time country week day police city"] * 2)
    rare = " ".join(f"qx{number}" for number in range(TERMS - 1))
    found = set(unpack(fingerprint("", f"{rare} {usual} zyxomma", "en").terms))
    assert len(found) == TERMS
    assert terms("zyxomma") <= found
    assert not terms("people") & found


def test_the_stems_of_the_title_are_kept_in_order() -> None:
    found = fingerprint("The boats and the river: boats!", "A text.", "en")
    boat, river = unpack(found.title)
    assert terms("boat") == {boat}
    assert terms("rivers") == {river}


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


def test_numbers_are_one_in_every_spelling() -> None:
    assert plain_number("1,200") == plain_number("1.200") == "1200"
    assert plain_number("6,84") == plain_number("6.84") == "6.84"
    assert plain_number("٢٠٢٤") == plain_number("２０２４") == "2024"
    assert fact_keys("1,200") == fact_keys("1200")
    assert terms("٢٠٢٤", "ar") == terms("2024", "ar")
    assert fact_keys("Bakú") == fact_keys("BAKU")


def test_numbers_come_back_from_bytes() -> None:
    assert list(unpack(pack([0, 1, 2**32 - 1]))) == [0, 1, 2**32 - 1]
