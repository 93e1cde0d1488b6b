"""The words of a text as a search index has them."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.core.searchwords import KNOWN, LONGEST, clusters, index_words, is_paired, word_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  – & … \x00 ", []),
        ("The RIVER's banks, 10:30", ["the", "river", "s", "banks", "10", "30"]),
        ("Côte d’Ivoire d'Ivoire", ["cote", "d", "ivoire", "d", "ivoire"]),
        ("п’ять пʼять п'ять", ["п", "ять"] * 3),
        ("10.5 % of 1,000 in 2024-06", ["10", "5", "of", "1", "000", "in", "2024", "06"]),
        ("e-mail snake_case U.S.", ["e", "mail", "snake", "case", "u", "s"]),
        ("a\x00b\u2028c\u00a0d", ["a", "b", "c", "d"]),
        ("\ue000s17 \ue000len", ["\ue000s17", "\ue000len"]),
        ("Google™ 5€ ☃ 😀", ["google", "5"]),
        ("m² ½ Ⅷ 1º", ["m2", "1", "2", "viii", "1o"]),
        ("\ud800a\udfffb", ["a", "b"]),
    ],
)
def test_what_parts_words(text: str, expected: list[str]) -> None:
    assert index_words(text) == expected


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("Élan ÉLAN e\u0301lan E\u0301LAN", "elan"),
        ("Ầ ầ a\u0302\u0300 A", "a"),
        ("München MUNCHEN", "munchen"),
        ("Straße STRASSE STRAẞE straſſe", "strasse"),
        ("ﬁne ﬁNE fine", "fine"),
        ("İstanbul I\u0307STANBUL istanbul ıstanbul ISTANBUL", "istanbul"),
        ("Łódź łódz LODZ", "lodz"),
        ("Tromsø TROMSØ tromso", "tromso"),
        ("Ærø ærø aero", "aero"),
        ("Œuvre œuvre oeuvre", "oeuvre"),
        ("ΣΊΣΥΦΟΣ σίσυφος σισυφοσ", "σισυφοσ"),
        ("ᾳ α ά", "α"),
        ("ёж ЁЖ е\u0308ж еж", "еж"),
        ("Москва\u0301 МОСКВА", "москва"),
        ("ｉＰｈｏｎｅ１７ iphone17", "iphone17"),
        ("ĳs ijs", "ijs"),
        ("soft\u00adhyphen softhyphen soft\u2060hyphen", "softhyphen"),
    ],
)
def test_ways_to_write_one_word(written: str, word: str) -> None:
    assert set(index_words(written)) == {word}


@pytest.mark.parametrize(
    "different", ["й и", "ї і", "ў у", "か が", "は ば ぱ", "क का कि", "สี สี่", "х к"]
)
def test_letters_of_their_own_stay(different: str) -> None:
    assert len(set(index_words(different))) == len(different.split())


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("مُحَمَّد محمد محمـــد", "محمد"),
        ("أحمد إحمد آحمد ٱحمد احمد", "احمد"),
        ("کتاب كتاب", "كتاب"),
        ("یک يك ىك", "يك"),
        ("مدرسة مدرسه مدرسۃ", "مدرسه"),
        ("٢٠٢٤ ۲۰۲۴ २०२४ 2024", "2024"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("שָׁלוֹם שלום", "שלום"),
        ("ज़रूर ज\u093cरूर जरूर", "जरूर"),
        ("चाँद चांद", "चांद"),
        ("क्\u200dष क्ष क्\u200cष", "क्ष"),
    ],
)
def test_ways_to_write_one_word_in_other_scripts(written: str, word: str) -> None:
    assert set(index_words(written)) == {word}


def test_a_persian_ending_is_a_word_like_one_after_a_space() -> None:
    assert index_words("کتاب\u200cها") == index_words("کتاب ها") == ["كتاب", "ها"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京都", ["東京", "京都", "都"]),
        ("東", ["東"]),
        ("東京、大阪", ["東京", "京", "大阪", "阪"]),
        ("食べる", ["食べ", "べる", "る"]),
        ("スーパー", ["スー", "ーパ", "パー", "ー"]),
        ("ｶﾞｽ", ["ガス", "ス"]),
        ("iPhone17発売", ["iphone17", "発売", "売"]),
        ("第2次", ["第", "2", "次"]),
        ("한국어를", ["한국", "국어", "어를", "를"]),
        ("한", ["한"]),
        ("น้ำมัน", ["น้ำ", "ำมั", "มัน", "น"]),
        ("ລາວ", ["ລາ", "າວ", "ວ"]),
        ("ខ្មែរ", ["ខ្មែរ", "រ"]),
        ("ភាសាខ្មែរ", ["ភាសា", "សាខ្មែ", "ខ្មែរ", "រ"]),
        ("မြန်မာ", ["မြန်", "န်မာ", "မာ"]),
        ("\U00020000\U00020001", ["\U00020000\U00020001", "\U00020001"]),
    ],
)
def test_scripts_without_spaces_are_pairs(text: str, expected: list[str]) -> None:
    words = index_words(text)
    assert words == expected
    assert index_words(unicodedata.normalize("NFD", text)) == expected
    assert all(len(clusters(word)) <= 2 for word in words if is_paired(word))


SPECIAL = (
    "aBcÉéßŁøİıΣςσЁёЖйتَمُحَمَّدی\u200cکไทยน้ำ漢字カナｶﾞ한국어\u1100\u1161\u11a8ㄱㅏ\u0300\u0301\u0308\u0327\u0345"
    "\u20dd\u3099\ue000²½Ⅷ٣'-_. \n\t\x00\x02\x03\ud800\u00ad\u200b\u200d\u093cक्ष"
    "\u17b7\u17d2\u17c2\u1025\u102e\u09c7\u09be"
)
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(SPECIAL),
        st.characters(categories=("Mn", "Mc", "Me", "Cf", "Lm")),
    ),
    max_size=40,
)


@given(TEXTS)
@example("か\u00ad\u3099 ㄱㅏ \u1100\u1161\u11a8")
@settings(deadline=None, max_examples=500)
def test_any_text(text: str) -> None:
    words = index_words(text)
    assert index_words(" ".join(w for w in words if not is_paired(w))) == [
        w for w in words if not is_paired(w)
    ]
    assert index_words(unicodedata.normalize("NFC", text)) == words
    assert index_words(unicodedata.normalize("NFD", text)) == words
    for word in words:
        assert word
        assert not set(word) & set(" \n\t\"'\x00\x02\x03\u00a0\u2028")
        assert word.encode()  # no lone surrogates


@given(TEXTS)
@settings(deadline=None, max_examples=500)
def test_words_lie_in_the_text_in_order(text: str) -> None:
    spans = word_spans(text)
    assert [word for word, _, _ in spans] == index_words(text)
    before = 0
    for word, begin, end in spans:
        assert before <= begin < end <= len(text)
        before = begin
        assert word in index_words(text[begin:end])


def test_every_character_is_read_alike_again_and_with_its_place() -> None:
    """But Han and Hangul, which are many and all alike."""
    for begin, end in ((0, 0x3400), (0xA000, 0xAC00), (0xD700, 0x12000), (0x1D000, 0x1F200)):
        for code in range(begin, end):
            text = f"ä{chr(code)}ß"
            words = index_words(text)
            assert [word for word, _, _ in word_spans(text)] == words, hex(code)
            if not any(map(is_paired, words)):
                assert index_words(" ".join(words)) == words, hex(code)


def test_marks_of_scripts_without_spaces_stay_with_their_letter() -> None:
    for code in range(0xE00, 0x20000):
        mark = chr(code)
        if unicodedata.category(mark)[0] == "M" and is_paired(mark) and index_words(mark):
            assert len(clusters(f"ก{mark}")) == 1, hex(code)


@pytest.mark.parametrize("letter", ["x", "é", "क", "ก\u0e48"])
def test_longer_than_any_word_is_cut(letter: str) -> None:
    text = f"one {letter * 300} two"
    first, *middle, last = index_words(text)
    assert (first, last) == ("one", "two")
    assert max(map(len, middle)) <= LONGEST
    assert [word for word, _, _ in word_spans(text)] == index_words(text)
    assert word_spans(text)[-1][1:] == (len(text) - 3, len(text))
    assert index_words("ก" + "\u0e48" * 300) == ["ก" + "\u0e48" * (LONGEST - 1)]


def test_what_is_remembered_is_bounded_and_changes_nothing() -> None:
    long = "é" * 100
    assert index_words(long) == ["e" * 100]
    many = [f"é{number}" for number in range(KNOWN + 1_000)]
    assert index_words(" ".join(many)) == [f"e{number}" for number in range(KNOWN + 1_000)]
    assert index_words("é1") == ["e1"]


@pytest.mark.timeout(60)
def test_threads_may_read_at_once() -> None:
    texts = [
        " ".join(f"é{(part * 7 + number) % 911}ß" for part in range(60)) for number in range(99)
    ]
    expected = [text.replace("é", "e").replace("ß", "ss").split() for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(index_words, texts)) == expected
