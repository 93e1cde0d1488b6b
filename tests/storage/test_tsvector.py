from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Postgres

from aggregator.core.query import Field, Phrase, Word
from aggregator.storage import tsquery
from aggregator.storage.search_plan import Ranked
from aggregator.storage.tsvector import lexemes, tsvector

Matches = Callable[[str, Ranked], bool]


@pytest.fixture(scope="module")
def matches(postgres: Postgres) -> Iterator[Matches]:
    """Whether PostgreSQL finds words in a vector."""
    with psycopg.connect(postgres.url(), autocommit=True) as connection:

        def ask(vector: str, item: Ranked) -> bool:
            asked = (vector, tsquery.expression(item), vector, tsquery.loose(item))
            row = connection.execute(
                "SELECT %s::tsvector @@ %s::tsquery, %s::tsvector @@ %s::tsquery", asked
            ).fetchone()
            assert row is not None
            assert row[1] or not row[0], "what is found is found loosely"
            return bool(row[0])

        yield ask


def phrase(text: str) -> Phrase:
    return Phrase(tuple(text.split()))


def test_words_their_places_and_weights() -> None:
    vector = tsvector("Old Town", "The town, the river", "\ue000s1 \ue000len")
    assert vector == ("'\ue000s1':1C '\ue000len':2C 'old':4A 'town':5A,8 'the':7,9 'river':10")


def test_an_empty_article(matches: Matches) -> None:
    assert tsvector("", "", "") == ""
    assert not matches("", Word("river"))


def test_no_phrase_from_one_part_into_the_next(matches: Matches) -> None:
    vector = tsvector("Old town", "Hall of fame", "\ue000s1")
    assert matches(vector, phrase("old town"))
    assert matches(vector, phrase("hall of fame"))
    assert not matches(vector, phrase("town hall"))
    assert not matches(vector, phrase("\ue000s1 old"))


def test_headlines(matches: Matches) -> None:
    vector = tsvector("Old town", "New town hall", "\ue000s1")
    assert matches(vector, Field("title", Word("town")))
    assert matches(vector, Field("title", phrase("old town")))
    assert matches(vector, Field("title", Word("ol", prefix=True)))
    assert not matches(vector, Field("title", Word("new")))
    assert not matches(vector, Field("title", phrase("new town")))
    assert not matches(vector, Field("title", Word("ha", prefix=True)))
    assert not matches(vector, Field("title", Word("\ue000s1")))


@pytest.mark.parametrize("letter", ["x", "é", "漢", "𐐨"])
def test_overlong_words_are_cut(letter: str, matches: Matches) -> None:
    word = letter * 3_000
    vector = tsvector(word, f"before {word} after", "")
    assert matches(vector, Word(word))
    assert matches(vector, phrase(f"before {word}"))
    assert matches(vector, phrase(f"{word} after"))
    assert matches(vector, Word(letter * 600, prefix=True))
    assert not matches(vector, Word(letter * 400))


def filler(count: int, *, start: int = 0) -> str:
    return " ".join(f"w{number}" for number in range(start, start + count))


def test_beyond_the_last_position(matches: Matches) -> None:
    vector = tsvector("Old town", f"{filler(20_000)} the river bank was high", "")
    for word in ("old", "w0", "w16382", "w16383", "w19999", "river"):
        assert matches(vector, Word(word))
    for found in ("w5 w6", "w16381 w16382 w16383 w16384", "river bank was", "w19999 the"):
        assert matches(vector, phrase(found))
    for missing in ("river was", "bank river", "town w0", "w5 river", "w16375 w18000"):
        assert not matches(vector, phrase(missing))
    assert matches(vector, Word("river-ba", prefix=True))
    assert not matches(vector, Word("river-wa", prefix=True))
    assert not matches(vector, Field("title", Word("river")))
    assert not matches(vector, Field("title", Word("riv", prefix=True)))
    assert matches(vector, Field("title", phrase("old town")))


def test_a_word_said_more_often_than_it_has_positions(matches: Matches) -> None:
    text = " ".join(f"the w{number}" for number in range(400))
    vector = tsvector("The old town", f"{text} the end of it", "\ue000s1")
    assert matches(vector, phrase("the w3"))
    assert matches(vector, phrase("the w399"))
    assert matches(vector, phrase("the end of it"))
    assert matches(vector, phrase("w398 the w399"))
    assert not matches(vector, phrase("the of"))
    assert not matches(vector, phrase("town the"))
    assert matches(vector, Field("title", phrase("the old")))
    assert not matches(vector, Field("title", phrase("the end")))


@pytest.mark.parametrize("words", [25_000, 50_000, 120_000])
def test_a_text_that_is_large(words: int, matches: Matches) -> None:
    """With its pairs; without; without its end as well."""
    vector = tsvector("Old town", filler(words, start=1_000_000), "\ue000s1")
    for word in ("old", "town", "\ue000s1", "w1000000", "w1020000"):
        assert matches(vector, Word(word))
    assert matches(vector, phrase("old town"))
    assert matches(vector, phrase("w1000000 w1000001"))
    assert matches(vector, phrase("w1020000 w1020001")) == (words == 25_000)
    assert not matches(vector, phrase("w1020000 w1020002"))
    assert matches(vector, Field("title", Word("town")))
    assert not matches(vector, Field("title", Word("w1020000")))
    assert matches(vector, Word(f"w{1_000_000 + words - 1}")) == (words < 100_000)


def test_a_headline_without_end(matches: Matches) -> None:
    vector = tsvector(filler(40_000), "river", "\ue000s1")
    for word in ("w0", "w39999", "river", "\ue000s1"):
        assert matches(vector, Word(word))
    assert matches(vector, Field("title", Word("w39999")))
    assert not matches(vector, Field("title", Word("river")))


TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab'\\:*&|!<->() \x00\n")), max_size=60
)


@given(title=TEXTS, text=TEXTS)
@settings(deadline=None, max_examples=60)
def test_any_text_is_taken_and_found(matches: Matches, title: str, text: str) -> None:
    vector = tsvector(title, text, "\ue000s1")
    for part in (title, text):
        words = lexemes(part)
        assert matches(vector, Phrase(tuple(words))) or not words
