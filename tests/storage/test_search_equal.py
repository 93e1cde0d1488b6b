"""Both backends give the same answers on the same articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Postgres
from storemaker import HOUR, NOW, new, source, store

from aggregator.core.query import parse
from aggregator.errors import QueryError
from aggregator.storage import postgres_search
from aggregator.storage.postgres import open_storage as open_postgres
from aggregator.storage.protocol import Order, Storage
from aggregator.storage.sqlite import open_storage as open_sqlite
from aggregator.types import NewArticle, PostgresUrl, SearchHit


class Both(NamedTuple):
    sqlite: Storage
    postgres: Storage


class Item(NamedTuple):
    """An article."""

    source: int
    title: str
    text: str
    language: str | None
    hours: int
    """Published so long before it is stored."""


SOURCES = (
    source("Daily Example", tags=("World", "daily news")),
    source("The Example Sun", tags=("world",)),
    source("news.press.org"),
)
OpenBoth = Callable[[], Both]


@pytest.fixture(scope="module")
def open_both(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBoth]:
    """Two empty stores at each call; those of the call before are closed."""
    url = postgres.create()
    directory = tmp_path_factory.mktemp("equal")
    in_postgres = open_postgres(PostgresUrl(url))
    opened: list[Storage] = []

    def open_new() -> Both:
        number = len(opened)
        if opened:
            opened[-1].close()
            (directory / f"{number}.db").unlink()
        empty(url)
        opened.append(open_sqlite(directory / f"{number + 1}.db"))
        return Both(opened[-1], in_postgres)

    yield open_new
    opened[-1].close()
    in_postgres.close()


def empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE sources, articles, hosts, meta RESTART IDENTITY CASCADE")


def fill(both: Both, items: Sequence[Item]) -> None:
    for storage in both:
        storage.sync_sources(SOURCES, now=NOW)
        for number, item in enumerate(items):
            at = NOW + number * HOUR
            article = new(
                str(number),
                title=item.title,
                text=item.text,
                language=item.language,
                published_at=at - item.hours * HOUR,
            )
            store(storage, article, wanted=SOURCES[item.source], at=at)


def hits(storage: Storage, text: str, order: Order = "newest", **page: int) -> list[SearchHit]:
    query = parse(text, now=NOW + 8 * HOUR)
    return storage.search(
        query, limit=page.get("limit", 99), offset=page.get("offset", 0), order=order
    )


def assert_equal(both: Both, text: str) -> None:
    in_sqlite, in_postgres = (hits(one, text) for one in both)
    assert ids(in_postgres) == ids(in_sqlite), text
    # Beside what is left out inside an OR, FTS5's marks depend on the articles that follow.
    if " -" not in text or " OR " not in text:
        assert in_postgres == in_sqlite, text
    assert ids(hits(both.postgres, text, limit=2, offset=1)) == ids(in_sqlite[1:3])
    ranked = hits(both.postgres, text, "relevance")
    assert sorted(ids(ranked)) == ids(in_sqlite)[::-1], text
    assert ids(hits(both.postgres, text, "relevance", limit=2, offset=1)) == ids(ranked[1:3])


def ids(found: Sequence[SearchHit]) -> list[int]:
    return [hit.article.article_id for hit in found]


# --- whatever the articles, whatever the search

WORDS = [
    *("river", "River", "rivers", "the", "bank", "e-mail", "don't", "10:30", "U.S.", "NOT", "²"),
    *("élan", "elan", "e\u0301lan", "naïve", "x\u0300y", "Straße", "strasse", "İstanbul", "ısı"),
    *(
        "ΣΊΣΥΦΟΣ",
        "σίσυφος",
        "вода",
        "ВОДА",
        "ёж",
        "النهر",
        "مُحَمَّد",
        "น้ำ",
        "東京",
        "東京都",
        "한국어",
    ),
    *("Ⓐ", "\ue000s1"),
]
SEPARATORS = [" ", ", ", "\n\n", "-", " – ", "…"]

words = st.sampled_from(WORDS)
running = st.lists(st.tuples(words, st.sampled_from(SEPARATORS)), max_size=40).map(
    lambda parts: "".join(word + separator for word, separator in parts)
)
items = st.builds(
    Item,
    source=st.integers(0, len(SOURCES) - 1),
    title=st.one_of(st.lists(words, max_size=4).map(" ".join), st.text(max_size=8)),
    text=st.one_of(running, running, st.text(max_size=30)),
    language=st.sampled_from([None, "en", "de", "de-AT", "ar"]),
    hours=st.integers(0, 9),
)

phrases = st.lists(words, min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"')
prefixes = st.builds(lambda word, length: f"{word[:length]}*", words, st.integers(1, 5))
terms = st.one_of(words, words, phrases, prefixes)
fields = st.one_of(
    terms.map(lambda term: f"title:{term}"),
    st.sampled_from(["source:example", "source:exam*", 'source:"Daily Example"', "source:none"]),
    st.sampled_from(["lang:de", "lang:ar", "lang:x", "tag:world", "tag:wor*", "tag:none"]),
    st.sampled_from(["after:6h", "after:3h", "before:5h", "before:2020", "after:2099"]),
)
queries = st.recursive(
    st.one_of(terms, fields),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} -({two[1]})"),
    ),
    max_leaves=6,
)


@given(
    articles=st.lists(items, min_size=1, max_size=7),
    searches=st.lists(queries, min_size=5, max_size=12),
)
@settings(deadline=None, max_examples=25)
def test_same_articles_in_the_same_order_with_the_same_snippets(
    open_both: OpenBoth, articles: list[Item], searches: list[str]
) -> None:
    both = open_both()
    fill(both, articles)
    for text in searches:
        try:
            parse(text, now=NOW)
        except QueryError:
            continue
        assert_equal(both, text)


# --- many articles


@pytest.fixture(scope="module")
def many(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A thousand: most searches end before they have read them all."""
    both = Both(
        open_sqlite(tmp_path_factory.mktemp("many") / "news.db"),
        open_postgres(PostgresUrl(postgres.create())),
    )
    for storage in both:
        store(storage, *map(numbered, range(1_000)), wanted=SOURCES[0])
    yield both
    for storage in both:
        storage.close()


def numbered(number: int) -> NewArticle:
    """Words that are in all, in some, in the oldest; side by side in a few."""
    text = ["every old stone of our town"] * (1 + number % 5)
    text += ["old town"] * (number % 100 == 7) + ["third"] * (number % 3 == 0)
    text += ["oldest"] * (number < 3) + [f"w{number % 50}"] * (number % 4)
    title = "Third by the river" if number % 9 == 0 else "One by the sea"
    return new(str(number), title=f"{title} as it was said at noon", text=" ".join(text))


SEARCHES = [
    "every",
    "oldest",
    "third",
    "oldest third",
    '"old town"',
    '"old town" third',
    '"town every" -third',
    "every -old",
    "third -every",
    "w7",
    "w1*",
    "title:river",
    'title:"the river" w9',
    'third -"old town"',
    'w7 -"town w7"',
    "oldest OR w49",
    "nowhere every",
    '"stone town"',
]


@pytest.mark.parametrize("text", SEARCHES)
def test_newest_first(many: Both, text: str) -> None:
    for limit, offset in ((1, 0), (10, 0), (10, 5), (100, 0), (7, 300), (2_000, 0), (5, 2_000)):
        in_sqlite, in_postgres = (hits(one, text, limit=limit, offset=offset) for one in many)
        assert in_postgres == in_sqlite


@pytest.mark.parametrize("text", [*SEARCHES, "w7 OR w9 OR third", 'title:third w3 "old town"'])
def test_by_relevance(many: Both, text: str) -> None:
    """The ranking is FTS5's; what weighs the same is in the same order too."""
    for limit, offset in ((20, 0), (7, 13), (2_000, 0)):
        in_sqlite, in_postgres = (
            hits(one, text, "relevance", limit=limit, offset=offset) for one in many
        )
        assert in_postgres == in_sqlite


def test_only_the_newest_are_ranked_and_all_are_found(postgres: Postgres) -> None:
    url = postgres.create()
    storage = open_postgres(PostgresUrl(url))
    store(storage, new("1", text="river"))
    ranked = postgres_search.MAX_RANKED
    with psycopg.connect(url) as connection:
        connection.execute(COPY_ARTICLES, (ranked + 9,))
        connection.execute(COPY_TEXTS)
        # The best of all and the best of the old ones.
        connection.execute(
            "UPDATE search SET vector = '''river'':2A' WHERE article_id IN (5, 5000)"
        )
        connection.execute("ANALYZE")
    found = hits(storage, "river", "relevance", limit=3)
    assert ids(found) == [5_000, 11, 12]
    found = hits(storage, "river", "relevance", limit=20, offset=ranked - 2)
    newest, before = ranked + 10, ranked + 9
    assert ids(found) == [before, newest, *range(10, 0, -1)]
    found = hits(storage, "river", "relevance", limit=4, offset=ranked + 3)
    assert ids(found) == [7, 6, 5, 4]
    storage.close()


COPY_ARTICLES = """
    INSERT INTO articles (source_id, title, authors, categories, first_seen_at, at, words,
      content_hash, revision, revised_at, text_state, text_origin, text_attempts)
    SELECT source_id, title, authors, categories, first_seen_at, at, words,
      content_hash, revision, revised_at, text_state, text_origin, text_attempts
    FROM articles, generate_series(1, %s)
"""
COPY_TEXTS = """
    WITH made AS (
      INSERT INTO texts (article_id, title, text, facets, html)
      SELECT a.id, t.title, t.text, t.facets, t.html FROM articles a, texts t WHERE a.id > 1
      RETURNING article_id
    )
    INSERT INTO search (article_id, vector)
    SELECT made.article_id, search.vector FROM made, search
"""
