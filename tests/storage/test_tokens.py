from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.storage.migrate import migrations
from aggregator.storage.tokens import TOKENISER, tokens

Split = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def fts5() -> Iterator[Split]:
    """What FTS5 itself makes of a text."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(
        f"CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize='{TOKENISER}');"
        "CREATE VIRTUAL TABLE words USING fts5vocab (texts, instance);"
    )

    def split(text: str) -> list[str]:
        connection.execute("INSERT INTO texts (rowid, text) VALUES (1, ?)", (text,))
        words = connection.execute("SELECT term FROM words ORDER BY offset").fetchall()
        connection.execute("DELETE FROM texts")
        return [word for (word,) in words]

    yield split
    connection.close()


def test_the_tokeniser_is_that_of_the_database() -> None:
    assert f"tokenize='{TOKENISER}'" in migrations()[0].script


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  – & … ", []),
        ("The RIVER's banks, 10:30", ["the", "river", "s", "banks", "10", "30"]),
        ("Élan naïve", ["elan", "naive"]),
        ("E\u0301lan", ["elan"]),  # the accent by itself
        ("\u0301lan \u0301 e\u0301", ["lan", "e"]),
        ("Ầ", ["a"]),  # two accents on one letter
        ("Straße", ["straße"]),
        ("ΣΊΣΥΦΟΣ σίσυφος", ["σίσυφοσ", "σίσυφοσ"]),
        ("ВОДА ёж", ["вода", "ёж"]),
        ("İstanbul ısı", ["istanbul", "ısı"]),
        ("東京、大阪", ["東京", "大阪"]),
        ("\ue000s17 \ue000len", ["\ue000s17", "\ue000len"]),
        ("a\x00b", ["a", "b"]),
        ("𝐀bc 𐐀x", ["𝐀bc", "𐐨x"]),
    ],
)
def test_examples(text: str, expected: list[str], fts5: Split) -> None:
    assert tokens(text) == expected == fts5(text)


CHARACTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from(
        "aBcÉéßŁøİıΣςσЁёЖتَمُحَمَّدไทยน้ำ漢字カナ한국어\u0300\u0301\u0308\u0345\u20dd\ue000²½Ⅷ٣'-_. \n\t"
    ),
    st.characters(categories=("Mn", "Mc", "Me")),
    st.characters(min_codepoint=0x10000, categories=("L", "M", "N", "S", "Co")),
)


@given(st.text(CHARACTERS, max_size=40))
@settings(deadline=None, max_examples=200)
def test_any_text_is_split_as_fts5_does(fts5: Split, text: str) -> None:
    assert tokens(text) == fts5(text)


def test_characters_alone_and_inside_a_word(fts5: Split) -> None:
    """All that are in common use: the first plane, and the beginning and symbols of the second."""
    for start in [*range(0, 0xD000, 0x1000), 0xE000, 0xF000, 0x10000, 0x1D000, 0x1E000, 0x1F000]:
        text = " ".join(f"{char} a{char}b" for char in map(chr, range(start, start + 0x1000)))
        assert tokens(text) == fts5(text)


def test_threads_may_learn_at_once() -> None:
    texts = [" ".join(map(chr, range(start, start + 50))) for start in range(0x20000, 0x21000, 16)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokens, texts)) == [text.split() for text in texts]
