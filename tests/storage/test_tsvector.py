from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Postgres

from aggregator.core.searchwords import index_words
from aggregator.errors import UsageError
from aggregator.storage import tsquery
from aggregator.storage.search_plan import Asked, Close, Every, Seek, Some
from aggregator.storage.tsvector import split
from aggregator.storage.tsvector import tsvector as literal

Matches = Callable[[str, Asked], bool]


@pytest.fixture(scope="module")
def matches(postgres: Postgres) -> Iterator[Matches]:
    """Whether PostgreSQL finds words in a vector."""
    with psycopg.connect(postgres.url(), autocommit=True) as connection:

        def ask(vector: str, item: Asked) -> bool:
            asked = (vector, tsquery.expression(item), vector, tsquery.loose(item))
            row = connection.execute(
                "SELECT %s::tsvector @@ %s::tsquery, %s::tsvector @@ %s::tsquery", asked
            ).fetchone()
            assert row is not None
            assert row[1] or not row[0], "what is found is found loosely"
            return bool(row[0])

        yield ask


def tsvector(title: str, text: str, facets: str = "=s1") -> str:
    return literal(split(title, text, facets))


def phrase(text: str) -> Seek:
    return Seek(tuple(text.split()))


def word(text: str) -> Seek:
    return Seek((text,))


def prefix(text: str) -> Seek:
    return Seek(tuple(text.split()), prefix=True)


def title(text: str, *, prefix: bool = False) -> Seek:
    return Seek(tuple(text.split()), prefix, title=True)


def near(distance: int, *texts: str) -> Close:
    return Close(tuple(map(phrase, texts)), distance)


def test_words_their_places_and_weights() -> None:
    vector = tsvector("Old Town", "The town, the river", "=s1 =len")
    assert vector == "'=s1':1C '=len':2C 'old':4A 'town':5A,8 'the':7,9 'river':10"
    assert split("Old Town", "The town, the river", "=s1 =len").length == 8


def test_an_empty_article(matches: Matches) -> None:
    assert tsvector("", "", "") == ""
    assert not matches("", word("river"))


def test_no_phrase_from_one_part_into_the_next(matches: Matches) -> None:
    vector = tsvector("Old town", "Hall of fame")
    assert matches(vector, phrase("old town"))
    assert matches(vector, phrase("hall of fame"))
    assert not matches(vector, phrase("town hall"))
    assert not matches(vector, phrase("=s1 old"))
    assert not matches(vector, near(9, "town", "hall"))


def test_headlines(matches: Matches) -> None:
    vector = tsvector("Old town", "New town hall")
    assert matches(vector, title("town"))
    assert matches(vector, title("old town"))
    assert matches(vector, title("ol", prefix=True))
    assert not matches(vector, title("new"))
    assert not matches(vector, title("new town"))
    assert not matches(vector, title("ha", prefix=True))
    assert not matches(vector, title("=s1"))


def test_logic(matches: Matches) -> None:
    vector = tsvector("Old town", "New town hall", "=s1 =len @jane @roe")
    old, hall, none = word("old"), word("hall"), word("river")
    assert matches(vector, Some((none, hall)))
    assert not matches(vector, Every((old, none)))
    assert matches(vector, Every((old, hall), (none,)))
    assert not matches(vector, Every((old,), (hall,)))
    assert matches(vector, Every((old,), (phrase("hall new"), near(0, "new", "hall"))))
    assert not matches(vector, Every((old,), (near(1, "new", "hall"),)))
    assert matches(vector, Every((word("=len"), phrase("@jane @roe"), prefix("@jane @r"))))
    assert not matches(vector, phrase("@roe @jane"))


def test_hosts_without_end(matches: Matches) -> None:
    host = f"=h{'x' * 3_000}.org"
    assert matches(tsvector("", "", f"=s1 {host}"), word(host))


def filler(count: int, *, start: int = 0) -> str:
    return " ".join(f"w{number}" for number in range(start, start + count))


def test_beyond_the_last_position(matches: Matches) -> None:
    vector = tsvector("Old town", f"{filler(20_000)} the river bank was high", "")
    for one in ("old", "w0", "w16382", "w16383", "w19999", "river"):
        assert matches(vector, word(one))
    for found in ("w5 w6", "w16281 w16282 w16283", "w16381 w16382 w16383 w16384", "river bank was"):
        assert matches(vector, phrase(found))
    assert matches(vector, phrase("w19999 the"))
    for missing in ("river was", "bank river", "town w0", "w5 river", "w16275 w18000"):
        assert not matches(vector, phrase(missing))
    assert matches(vector, prefix("river ba"))
    assert not matches(vector, prefix("river wa"))
    assert not matches(vector, title("river"))
    assert not matches(vector, title("riv", prefix=True))
    assert matches(vector, title("old town"))


def test_near_each_other_as_far_as_positions_reach(matches: Matches) -> None:
    vector = tsvector("Old town", f"{filler(20_000)} the river bank was high", "")
    assert matches(vector, near(100, "w16100 w16101", "w16201"))
    assert not matches(vector, near(98, "w16101", "w16201"))
    # Nothing is near what has no position, wherever it is.
    for position in range(16_180, 16_390):
        assert not matches(vector, near(100, f"w{position}", "w19000"))
    assert not matches(vector, near(1, "river", "w18000"))


def test_a_word_said_more_often_than_it_has_positions(matches: Matches) -> None:
    text = " ".join(f"the w{number}" for number in range(400))
    vector = tsvector("The old town", f"{text} the end of it")
    assert matches(vector, phrase("the w3"))
    assert matches(vector, phrase("the w399"))
    assert matches(vector, phrase("the end of it"))
    assert matches(vector, phrase("w398 the w399"))
    assert not matches(vector, phrase("the of"))
    assert not matches(vector, phrase("town the"))
    assert matches(vector, title("the old"))
    assert not matches(vector, title("the end"))


@pytest.mark.parametrize("words", [25_000, 50_000, 120_000])
def test_a_text_that_is_large(words: int, matches: Matches) -> None:
    """With its pairs; without; without its end as well."""
    vector = tsvector("Old town", filler(words, start=1_000_000))
    for one in ("old", "town", "=s1", "w1000000", "w1020000"):
        assert matches(vector, word(one))
    assert matches(vector, phrase("old town"))
    assert matches(vector, phrase("w1000000 w1000001"))
    assert matches(vector, phrase("w1020000 w1020001")) == (words == 25_000)
    assert not matches(vector, phrase("w1020000 w1020002"))
    assert matches(vector, title("town"))
    assert not matches(vector, title("w1020000"))
    assert matches(vector, word(f"w{1_000_000 + words - 1}")) == (words < 100_000)


def test_a_headline_without_end(matches: Matches) -> None:
    vector = tsvector(filler(40_000), "river")
    for one in ("w0", "w39999", "river", "=s1"):
        assert matches(vector, word(one))
    assert matches(vector, title("w39999"))
    assert not matches(vector, title("river"))


def test_many_things_far_from_each_other(matches: Matches) -> None:
    """What is too large for PostgreSQL is refused."""
    texts = ("w0 w1", "w30 w31 w32", "w60", "w102", "w90", "w99")
    vector = tsvector("", filler(200), "")
    assert matches(vector, near(100, *texts))
    assert not matches(vector, near(99, *texts))
    many = [f"w{number}" for number in range(30)]
    assert matches(vector, near(28, *many[:9]))
    assert matches(vector, near(20, *many[:18]))
    with pytest.raises(UsageError, match="fewer words"):
        tsquery.expression(near(100, *many))


TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab'\\:*&|!<->() \x00\n")), max_size=60
)


@given(title=TEXTS, text=TEXTS)
@settings(deadline=None, max_examples=60)
def test_any_text_is_taken_and_found(matches: Matches, title: str, text: str) -> None:
    vector = tsvector(title, text)
    for part in (title, text):
        words = tuple(index_words(part))
        assert not words or matches(vector, Seek(words))
        assert not words or matches(vector, Close((Seek(words), Seek(words[:1])), 0))
