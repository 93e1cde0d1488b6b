"""Both backends give the same answers on the same articles, and core.matching gives them, too.

What is promised over both: the same articles, in the same order where the newest come first, with
the same passages, folded and counted alike. By relevance the ranking is FTS5's, but of a SQLite
file each shard weighs words by how often they occur in it: the order is the same as long as there
is one shard, scores are apart, and the search has no NEAR (FTS5 counts only what is near).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import Postgres
from querymaker import HOSTS, WORDS, leaves, query_trees
from storemaker import HOUR, NOW, assign, joins, new, source, store
from watchmaker import ITEMS, SOURCES, TREES, item

from aggregator.core.matching import Text, predicate_of
from aggregator.core.query import parse
from aggregator.core.query_tree import Near, Node, Phrase, Query, Word
from aggregator.storage import postgres_search
from aggregator.storage.postgres import open_storage as open_postgres
from aggregator.storage.protocol import Order, Storage
from aggregator.storage.sqlite import open_storage as open_sqlite
from aggregator.types import NewArticle, PostgresUrl, Relation, SearchPage, WatchItem


class Both(NamedTuple):
    sqlite: Storage
    postgres: Storage


TAGS = {"The Gulf Observer": ("world",), "Gulf": ("world news", "local"), "Le Quai": ()}
OUTLETS = [
    source(name, f"https://{number}.example.net/feed", tags=TAGS.get(name, ("local",)))
    for number, name in enumerate(SOURCES)
]
OpenBoth = Callable[[], Both]


@pytest.fixture(scope="module")
def open_both(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBoth]:
    """Two empty stores at each call; those of the call before are closed."""
    url = postgres.create()
    open_postgres(PostgresUrl(url)).close()
    directory = tmp_path_factory.mktemp("equal")
    opened: list[Both] = []

    def close() -> None:
        for storage in (one for both in opened[-1:] for one in both):
            storage.close()

    def open_new() -> Both:
        close()
        empty(url)
        in_sqlite = open_sqlite(directory / f"{len(opened)}.db")
        opened.append(Both(in_sqlite, open_postgres(PostgresUrl(url))))
        return opened[-1]

    yield open_new
    close()


def empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("""
            TRUNCATE sources, articles, hosts, meta, stories, word_forms RESTART IDENTITY CASCADE
        """)


def fill(storage: Storage, items: Sequence[WatchItem]) -> list[WatchItem]:
    """Store articles as described, those of one story in one; what they are then."""
    storage.sync_sources(OUTLETS, now=NOW)
    described: list[WatchItem] = []
    first: dict[int, int] = {}
    for number, one in enumerate(items):
        wanted = next(outlet for outlet in OUTLETS if outlet.name == one.source)
        at = NOW + number * HOUR
        [article_id] = store(storage, article(str(number), one), wanted=wanted, at=at)
        if one.story_id is not None:
            join = joins(article_id, first.setdefault(one.story_id, article_id))
            if join.relation is Relation.COPY and one.relation is not None:
                join = replace(join, relation=one.relation)
            assign(storage, join)
        listed = replace(one, article_id=article_id, tags=wanted.tags, at=min(at, one.at))
        described.append(replace(listed, story_id=None, relation=None, outlets=1, is_first=False))
    in_stories = {
        one.article_id: one
        for story_id in first.values()
        for one in storage.watch_items(story_id, limit=99)
    }
    return [in_stories.get(one.article_id, one) for one in described]


def article(key: str, item: WatchItem) -> NewArticle:
    return new(
        key,
        title=item.title,
        text=item.text,
        language=item.language,
        authors=item.authors,
        url=item.url,
        image_url=item.image_url,
        published_at=item.at,
    )


def search(storage: Storage, root: Node, order: Order = "newest", **page: Any) -> SearchPage:
    query = Query(text=repr(root), root=root)
    return storage.search(query, order=order, **{"limit": 99, **page})


def ids(found: SearchPage) -> list[int]:
    return [hit.article.article_id for hit in found.hits]


def paged(storage: Storage, root: Node, order: Order, *, fold: bool) -> list[int]:
    """All of it, two at a time."""
    found: list[int] = []
    after: str | None = None
    while True:
        page = search(storage, root, order, limit=2, fold=fold, after=after)
        found += ids(page)
        after = page.after
        if after is None:
            return found


def assert_equal(both: Both, root: Node, expected: Sequence[int]) -> None:
    for fold in (False, True):
        in_sqlite, in_postgres = (search(one, root, fold=fold) for one in both)
        assert in_postgres == in_sqlite
        if not fold:
            assert ids(in_postgres) == list(expected)
        ranked = [search(one, root, "relevance", fold=fold) for one in both]
        assert [one.after for one in ranked] == [None, None]
        for one, page in zip(both, ranked, strict=True):
            if not fold:
                assert sorted(ids(page), reverse=True) == list(expected)
            assert paged(one, root, "relevance", fold=fold) == ids(page)
        assert paged(both.postgres, root, "newest", fold=fold) == ids(in_postgres)
    query = Query(text="", root=root)
    assert both.postgres.search_counts(query) == both.sqlite.search_counts(query)
    whole = [storage.matching(query, limit=99) for storage in both]
    assert whole[0] == whole[1]
    assert [one.summary.article_id for one in whole[0]] == list(expected)[::-1]


def assert_found(both: Both, items: Sequence[WatchItem], roots: Sequence[Node]) -> None:
    described = fill(both.sqlite, items)
    assert fill(both.postgres, items) == described
    texts = [Text(item) for item in reversed(described)]
    for root in roots:
        is_found = predicate_of(root)
        expected = [one.item.article_id for one in texts if is_found(one)]
        assert_equal(both, root, expected)
    assert both.postgres.check() == []


# --- whatever the articles, whatever the search


@given(items=st.lists(ITEMS, max_size=7), roots=st.lists(TREES, min_size=4, max_size=9))
@settings(deadline=None, max_examples=15)
@pytest.mark.timeout(300)
def test_few_words_in_any_search(
    open_both: OpenBoth, items: list[WatchItem], roots: list[Node]
) -> None:
    assert_found(open_both(), items, roots)


_running = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", ", ", "\n\n", "-", " – ", "…"])),
    max_size=30,
).map(lambda parts: "".join(word + separator for word, separator in parts))
_strange = st.builds(
    replace,
    ITEMS,
    title=st.one_of(_running, st.text(max_size=8)),
    text=st.one_of(_running, _running, st.text(max_size=30)),
    authors=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=2).map(tuple),
    url=st.sampled_from(HOSTS).map(lambda host: f"http://www.{host}/a"),
    language=st.sampled_from([None, "en", "de", "de-AT", "ar", "tr"]),
)


@given(
    items=st.lists(_strange, max_size=5),
    roots=st.lists(query_trees(leaves(), max_leaves=5), min_size=4, max_size=9),
)
@settings(deadline=None, max_examples=15)
@pytest.mark.timeout(300)
def test_strange_words_in_any_search(
    open_both: OpenBoth, items: list[WatchItem], roots: list[Node]
) -> None:
    items = [replace(one, title=_clean(one.title), text=_clean(one.text)) for one in items]
    assert_found(open_both(), items, roots)


def _clean(text: str) -> str:
    """As it is stored."""
    return text.translate(dict.fromkeys((0, 2, 3)))


_near = st.builds(
    Near,
    st.lists(
        st.one_of(
            st.builds(Word, st.sampled_from(["a", "b", "c", "ca"]), st.booleans()),
            st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(
                lambda words: Phrase(tuple(words))
            ),
        ),
        min_size=2,
        max_size=4,
    ).map(tuple),
    st.integers(0, 4),
)
_letters = st.lists(st.sampled_from(["a", "b", "c", "ca", "x"]), max_size=14).map(" ".join)


@given(
    items=st.lists(
        st.builds(lambda title, text: item(title=title, text=text), _letters, _letters),
        min_size=1,
        max_size=6,
    ),
    roots=st.lists(_near, min_size=10, max_size=20),
)
@settings(deadline=None, max_examples=15)
@pytest.mark.timeout(300)
def test_what_is_near_in_any_order_however_it_overlaps(
    open_both: OpenBoth, items: list[WatchItem], roots: list[Node]
) -> None:
    assert_found(open_both(), items, roots)


# --- many articles


@pytest.fixture(scope="module")
def many(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A thousand: most searches end before they have read them all."""
    both = Both(
        open_sqlite(tmp_path_factory.mktemp("many") / "news.db"),
        open_postgres(PostgresUrl(postgres.create())),
    )
    for storage in both:
        store(storage, *map(numbered, range(1_000)), wanted=OUTLETS[0])
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
    "stones towns",
]
NEAR = ["NEAR(stone town, 2)", "NEAR(stone third, 3)", "NEAR(third every sea, 9)"]


@pytest.mark.parametrize("text", [*SEARCHES, *NEAR])
def test_newest_first(many: Both, text: str) -> None:
    query = parse(text, now=NOW)
    for limit in (1, 10, 300, 2_000):
        after: str | None = None
        for _ in range(3):
            in_sqlite, in_postgres = (
                storage.search(query, limit=limit, after=after) for storage in many
            )
            assert in_postgres == in_sqlite
            after = in_sqlite.after
            if after is None:
                break
    assert many.postgres.search_counts(query) == many.sqlite.search_counts(query)


@pytest.mark.parametrize("text", [*SEARCHES, "w7 OR w9 OR third", 'title:third w3 "old town"'])
def test_by_relevance(many: Both, text: str) -> None:
    """The ranking is FTS5's; what weighs the same is in the same order too."""
    query = parse(text, now=NOW)
    for limit in (20, 2_000):
        in_sqlite, in_postgres = (
            storage.search(query, limit=limit, order="relevance") for storage in many
        )
        assert ids(in_postgres) == ids(in_sqlite)
        assert in_postgres.hits == in_sqlite.hits


@pytest.mark.parametrize("text", ["third", "w7 OR w9 OR third", "river"])
def test_pages_by_relevance(many: Both, text: str) -> None:
    query = parse(text, now=NOW)
    whole = ids(many.postgres.search(query, limit=2_000, order="relevance"))
    found: list[int] = []
    after: str | None = None
    for _ in range(4):
        page = many.postgres.search(query, limit=17, order="relevance", after=after)
        found += ids(page)
        after = page.after
    assert found == whole[: 4 * 17]


def test_only_the_newest_are_ranked_and_all_are_found(postgres: Postgres) -> None:
    url = postgres.create()
    storage = open_postgres(PostgresUrl(url))
    store(storage, new("1", text="river"))
    ranked = postgres_search.MAX_RANKED
    with psycopg.connect(url) as connection:
        connection.execute(COPY_ARTICLES, (ranked + 9,))
        connection.execute(COPY_TEXTS)
        # The best of all and the best of the old ones.
        connection.execute("UPDATE search SET lexemes = 'river:2A' WHERE article_id IN (5, 500)")
        connection.execute("ANALYZE")
    query = parse("river", now=NOW)
    last = ranked + 10
    page = storage.search(query, limit=3, order="relevance")
    assert ids(page) == [500, last, last - 1]
    assert page.ranked_from is not None
    found = ids(page)
    while page.after is not None:
        page = storage.search(query, limit=1_500, order="relevance", after=page.after)
        found += ids(page)
    assert found == [500, *(one for one in range(last, 10, -1) if one != 500), *range(10, 0, -1)]
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
    INSERT INTO search (article_id, length, lexemes)
    SELECT made.article_id, search.length, search.lexemes FROM made, search
"""
