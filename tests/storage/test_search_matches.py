"""A search finds what the plain reading of it finds: core.matching, which asks no index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from querymaker import WORDS, leaves, query_texts, query_trees
from storemaker import HOUR, NOW, assign, joins, new, source, store

from aggregator.core.matching import Text, predicate_of
from aggregator.core.query import parse
from aggregator.core.query_tree import (
    After,
    Before,
    Field,
    InStory,
    Is,
    Leaf,
    Node,
    Outlets,
    Phrase,
    Query,
    Word,
)
from aggregator.errors import QueryError, UsageError
from aggregator.storage.protocol import Order, Storage
from aggregator.types import Relation, SearchPage, WatchItem

SOURCES = (
    source("Daily Flood", "https://www.example.org/feed", tags=("flood", "a,b")),
    source("Été & Co", "https://news.example.org/feed", tags=("été",)),
    source("R&D Note", "https://localhost/feed"),
)
# Forms of words of several languages; what is one's form is another's own word.
FORMS = (
    *("flood", "floods", "flooded", "Floods’", "minister", "ministers", "Ministern", "ministre"),
    *("ministres", "ministère", "наводнение", "наводнения", "наводнений", "run", "running", "rune"),
    *(
        "سیلاب",
        "سيلاب",
        "洪水が",
        "大洪水",
        "2026",
        "２０２６",
        "the",
        "House",
        "houses",
        "Häuser",
        "Haus",
    ),
)
TEXTS = (*WORDS, *FORMS)
RELATIONS = [one for one in Relation if one is not Relation.NEW]
LANGUAGES = ("en", "de", "fr", "ru", "fa", "ja", "hi", None, "en-GB", "de_AT")


def text_of(number: int, length: int) -> str:
    """Words in an order of its own."""
    step = 7 + 2 * number
    words = [TEXTS[(number * 5 + place * step) % len(TEXTS)] for place in range(length)]
    return (" – " if number % 3 else ", ").join(words)


@pytest.fixture(scope="module")
def filled(
    backend: Callable[[Path], Storage], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Storage, list[WatchItem]]]:
    """Thirty articles, to be read only, and what the plain reading is told of them."""
    storage = backend(tmp_path_factory.mktemp("matches"))
    storage.sync_sources(SOURCES, now=NOW)
    for number in range(30):
        at = NOW + number * HOUR
        wanted = SOURCES[number % len(SOURCES)]
        host = ("www.example.org", "news.example.org", "localhost", "example.organic")[number % 4]
        article = new(
            str(number),
            title=text_of(number + 50, number % 5),
            text=text_of(number, number * 2 % 27),
            language=LANGUAGES[number % len(LANGUAGES)],
            published_at=at - number % 7 * HOUR,
            authors=((), ("Flood R&D",), ("Été", "e-mail Note"))[number % 3],
            image_url="https://example.org/a.png" if number % 4 else None,
            url=f"https://{host}/{number}" if number % 9 else None,
        )
        store(storage, article, wanted=wanted, at=at)
    for number in range(2, 26):
        story = number // 6 * 6 or 2
        joined = joins(number, story)
        relation = joined.relation if number == story else RELATIONS[number % 5]
        assign(storage, replace(joined, relation=relation))
    yield storage, [item(storage, number) for number in range(1, 31)]
    storage.close()


def item(storage: Storage, article_id: int) -> WatchItem:
    article = storage.article(article_id)
    assert article is not None
    summary = article.summary
    story = None if summary.story_id is None else storage.story(summary.story_id)
    times = [] if story is None else [one.article.at for one in story.articles]
    wanted = next(one for one in SOURCES if one.name == summary.source)
    return WatchItem(
        article_id=article_id,
        story_id=summary.story_id,
        relation=None if article.assignment is None else article.assignment.relation,
        outlets=1 if story is None else len(story.outlets),
        is_first=story is not None and summary.at == min(times),
        source_id=summary.source_id,
        source=summary.source,
        tags=wanted.tags,
        url=summary.url,
        title=summary.title,
        text=article.text,
        authors=article.authors,
        language=summary.language,
        image_url=article.image_url,
        at=summary.at,
        first_seen_at=summary.first_seen_at,
    )


words = st.builds(Word, st.sampled_from(TEXTS), prefix=st.booleans())
moments = st.integers(-9, 33).map(lambda hours: NOW + timedelta(hours=hours, minutes=30))
asked: st.SearchStrategy[Leaf] = st.one_of(
    words,
    st.builds(Word, st.sampled_from(FORMS)),
    st.builds(
        lambda word, size: Word(word[:size], prefix=True), st.sampled_from(TEXTS), st.integers(1, 4)
    ),
    st.integers(0, 29).flatmap(
        lambda number: st.integers(0, 20).map(
            lambda at: Phrase(tuple(text_of(number, 27).replace(",", "").split()[at : at + 3]))
        )
    ),
    leaves(TEXTS, hosts=("example.org", "news.example.org", "localhost", "org")),
    st.builds(Field, st.sampled_from(["title", "author", "tag", "source"]), words),
    st.builds(Field, st.just("lang"), st.sampled_from(["de", "fr", "fa"]).map(Word)),
    st.builds(InStory, st.integers(1, 26)),
    st.builds(Outlets, st.sampled_from(["<", "<=", "=", ">=", ">"]), st.integers(0, 4)),
    st.builds(After, moments),
    st.builds(Before, moments),
).filter(lambda leaf: leaf != Is("starred"))


def asked_of(storage: Storage, root: Node, order: Order) -> SearchPage:
    """PostgreSQL is not asked what would take it too long."""
    try:
        return storage.search(Query(text="", root=root), limit=99, order=order)
    except UsageError as error:
        if "too much in NEAR" in str(error):
            reject()
        raise


def found(storage: Storage, root: Node, order: Order = "newest") -> list[int]:
    page = asked_of(storage, root, order)
    assert page.after is None
    return [hit.article.article_id for hit in page.hits]


@given(root=query_trees(asked))
@settings(deadline=None, max_examples=200)
def test_any_search_finds_what_matches(filled: tuple[Storage, list[WatchItem]], root: Node) -> None:
    storage, items = filled
    expected = [one.article_id for one in items if predicate_of(root)(Text(one))]
    assert found(storage, root) == expected[::-1]
    assert sorted(found(storage, root, "relevance")) == expected
    assert storage.search_counts(Query(text="", root=root)).articles == len(expected)
    whole = storage.matching(Query(text="", root=root), limit=99)
    assert [one.summary.article_id for one in whole] == expected


@given(
    root=query_trees(asked), order=st.sampled_from(["newest", "relevance"]), size=st.integers(1, 5)
)
@settings(deadline=None, max_examples=100)
def test_folded_pages_have_every_article_once(
    filled: tuple[Storage, list[WatchItem]], root: Node, order: Order, size: int
) -> None:
    storage, items = filled
    query = Query(text="", root=root)
    stories = {one.article_id: one.story_id for one in items}
    asked_of(storage, root, order)
    shown: list[int] = []
    told: set[int] = set()
    after = None
    while True:
        page = storage.search(query, limit=size, order=order, fold=True, after=after)
        assert len(page.hits) == size or page.after is None
        for hit in page.hits:
            shown.append(hit.article.article_id)
            told |= {one.article_id for one in hit.folded}
            assert {stories[one.article_id] for one in hit.folded} <= {hit.article.story_id}
        if (after := page.after) is None:
            break
    answer = found(storage, root, order)
    firsts: dict[object, int] = {}
    for one in answer:
        firsts.setdefault(stories[one] or -one, one)
    assert shown == list(firsts.values())
    assert told == set(answer) - set(shown)


@given(text=query_texts(), order=st.sampled_from(["newest", "relevance"]), fold=st.booleans())
@settings(deadline=None)
def test_nothing_that_is_typed_breaks_it(
    filled: tuple[Storage, list[WatchItem]], text: str, order: Order, fold: bool
) -> None:
    storage, _ = filled
    try:
        query = parse(text, now=NOW)
    except QueryError:
        return
    storage.search(query, limit=3, order=order, fold=fold)
    storage.search_counts(query)


def test_parentheses_as_deep_as_may_be(filled: tuple[Storage, list[WatchItem]]) -> None:
    storage, _ = filled
    text = "flood"
    for depth in range(15):
        text = f"({text} OR run{depth} -(house ministers))" if depth % 2 else f"({text} the*)"
    storage.search(parse(text, now=NOW), limit=3, order="relevance", fold=True)


def test_every_word_that_may_be_typed(filled: tuple[Storage, list[WatchItem]]) -> None:
    storage, _ = filled
    for joint in (" ", " OR "):
        text = joint.join(f"flood{number}" for number in range(190))
        storage.search(parse(text, now=NOW), limit=3)
