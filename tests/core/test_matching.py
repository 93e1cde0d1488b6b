from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from watchmaker import ITEMS, NOON, TREES, item

from aggregator.core.matching import Column, Text, are_near, predicate_of
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    InStory,
    Is,
    Kind,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
    nodes_of,
)
from aggregator.core.search_terms import Term
from aggregator.types.summaries import Relation
from aggregator.types.watching import WatchItem


def found(node: Node, article: WatchItem) -> bool:
    return predicate_of(node)(Text(article))


def said(text: str, *, language: str | None = "en", title: str = "") -> WatchItem:
    return item(title=title, text=text, language=language)


@pytest.mark.parametrize(
    ("node", "text", "language"),
    [
        (Word("Flood"), "Rivers flooded the town", "en"),
        (Word("flooding"), "A FLOOD came", "en-GB"),
        (Word("Häuser"), "Viele Häusern", "de"),
        (Word("hauser"), "das Häuser", "de"),
        (Word("élection"), "des elections", "fr"),
        (Word("наводнение"), "после наводнения", "ru"),
        (Word("e-mail"), "an E-Mail came", "en"),
        (Word("elect", prefix=True), "the electorate", "en"),
        (Word("e-ma", prefix=True), "an e-mail", None),
        (Word("京都"), "東京都の天気", "ja"),
        (Word("都"), "東京都", "ja"),
        (Phrase(("river", "bank")), "the River-Bank", "en"),
        (Phrase(("東京都",)), "東京都庁", "ja"),
        (Near((Word("flood"), Word("town")), 2), "town hit by flood", None),
        (Near((Phrase(("the", "town")), Word("flood")), 1), "flood in the town", None),
    ],
    ids=str,
)
def test_what_is_found_in_a_text_or_headline(node: Node, text: str, language: str | None) -> None:
    assert found(node, said(text, language=language))
    assert found(node, said("", title=text, language=language))
    assert not found(node, said("something else", language=language))
    assert not found(Not(node), said(text, language=language))


@pytest.mark.parametrize(
    ("node", "text", "language"),
    [
        (Word("flooding"), "a flood", None),
        (Word("flooding"), "a flood", "de"),
        (Word("elect"), "the electorate", "en"),
        (Word("e-mail"), "mail e", "en"),
        (Word("flooded-town"), "the flood town", "en"),
        (Phrase(("rivers",)), "the river", "en"),
        (Phrase(("river", "bank")), "bank river", "en"),
        (Phrase(("river", "bank")), "river, the bank", "en"),
        (Word("京東"), "東京都", "ja"),
        (Near((Word("flood"), Word("town")), 1), "town hit by flood", None),
        (Near((Word("floods"), Word("town")), 9), "flood town", "en"),
    ],
    ids=str,
)
def test_what_is_not(node: Node, text: str, language: str | None) -> None:
    assert not found(node, said(text, language=language))


def test_a_phrase_and_words_near_each_other_stand_in_one_part_of_an_article() -> None:
    article = said("bank of the Rhine", title="The river")
    assert not found(Phrase(("river", "bank")), article)
    assert not found(Near((Word("river"), Word("bank")), 5), article)
    assert found(And((Word("river"), Word("bank"))), article)


def test_plain_words_do_not_look_at_the_authors() -> None:
    article = item(text="A flood", authors=("Ann Miller", "Bo Lee"))
    assert not found(Word("miller"), article)
    assert found(Field("author", Word("MILLER")), article)
    assert found(Field("author", Phrase(("ann", "miller"))), article)
    assert found(Field("author", Word("mil", prefix=True)), article)
    assert not found(Field("author", Word("millers")), article)
    assert not found(Field("author", Word("flood")), article)


def test_a_headline_is_asked_for_alone() -> None:
    article = said("the river rose", title="Floods in town")
    assert found(Field("title", Word("flooding")), article)
    assert found(Field("title", Phrase(("in", "town"))), article)
    assert found(Field("title", Word("flo", prefix=True)), article)
    assert not found(Field("title", Word("river")), article)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Field("source", Word("gulf")), True),
        (Field("source", Word("gul")), False),
        (Field("source", Word("gul", prefix=True)), True),
        (Field("source", Word("bserver", prefix=True)), False),
        (Field("source", Phrase(("the", "GULF", "observer"))), True),
        (Field("source", Phrase(("gulf", "observer"))), False),
        (Field("tag", Word("WORLD")), True),
        (Field("tag", Word("wor")), False),
        (Field("tag", Word("wor", prefix=True)), True),
        (Field("tag", Phrase(("asia", "pacific"))), True),
        (Field("tag", Word("pacific")), False),
        (Field("lang", Word("PT-br")), True),
        (Field("lang", Word("p")), False),
        (Site("example.org"), True),
        (Site("news.example.org"), True),
        (Site("a.news.example.org"), False),
        (Site("ws.example.org"), False),
        (Has("image"), True),
        (InStory(7), True),
        (InStory(8), False),
        (After(NOON), True),
        (After(NOON + timedelta(seconds=1)), False),
        (Before(NOON), False),
        (Before(NOON + timedelta(seconds=1)), True),
    ],
    ids=str,
)
def test_what_is_known_of_an_article(node: Node, *, expected: bool) -> None:
    article = item(
        story_id=7,
        tags=("World", "Asia Pacific"),
        language="pt",
        url="https://www.news.example.org:8443/a",
        image_url="https://example.org/i.png",
    )
    assert found(node, article) is expected


def test_what_is_not_known_of_an_article_is_not_found() -> None:
    article = item(language=None, url=None, tags=())
    for node in (Field("lang", Word("en")), Site("org"), Has("image"), InStory(1), Is("first")):
        assert not found(node, article), node
    assert found(Outlets("=", 1), article)


@pytest.mark.parametrize(
    ("kind", "relations"),
    [
        ("same", {Relation.SAME}),
        ("copy", {Relation.SAME, Relation.COPY}),
        ("rewrite", {Relation.REWRITE}),
        ("report", {Relation.REPORT}),
        ("translation", {Relation.TRANSLATION}),
        ("starred", set()),
    ],
)
def test_relations(kind: Kind, relations: set[Relation]) -> None:
    for relation in (None, *Relation):
        article = item(story_id=1, relation=relation)
        assert found(Is(kind), article) is (relation in relations)


def test_the_first_of_a_story_is_known() -> None:
    assert found(Is("first"), item(story_id=1, is_first=True))
    assert not found(Is("first"), item(story_id=1, is_first=False))


@pytest.mark.parametrize(
    ("operator", "outlets"),
    [("<", {1, 2}), ("<=", {1, 2, 3}), ("=", {3}), (">=", {3, 4}), (">", {4})],
)
def test_numbers_of_outlets(operator: Operator, outlets: set[int]) -> None:
    counts = {one for one in range(1, 5) if found(Outlets(operator, 3), item(outlets=one))}
    assert counts == outlets


def test_what_has_no_word_in_it_finds_nothing() -> None:
    for node in (Word("…"), Phrase(("&", "-")), Near((Word("a"), Word("&")), 3)):
        assert not found(node, said("a … & - b"))


@given(node=TREES, other=TREES, article=ITEMS)
def test_trees_follow_the_rules_of_logic(node: Node, other: Node, article: WatchItem) -> None:
    text = Text(article)
    one, two = predicate_of(node)(text), predicate_of(other)(text)
    assert predicate_of(Not(node))(text) is not one
    assert predicate_of(And((node, other)))(text) is (one and two)
    assert predicate_of(Or((node, other)))(text) is (one or two)
    assert predicate_of(node)(Text(article)) is one, "what was asked before changes nothing"


@given(
    places=st.lists(st.sets(st.integers(0, 12), max_size=4), min_size=2, max_size=3),
    sizes=st.lists(st.integers(1, 3), min_size=3, max_size=3),
    distance=st.integers(0, 5),
)
def test_nearness_is_what_trying_every_choice_of_places_finds(
    places: list[set[int]], sizes: list[int], distance: int
) -> None:
    sizes = sizes[: len(places)]
    expected = any(
        all(
            max(choice) - (place + size) <= distance
            for place, size in zip(choice, sizes, strict=True)
        )
        for choice in product(*places)
    )
    assert are_near([sorted(begins) for begins in places], sizes, distance) is expected


@given(
    words=st.lists(st.sampled_from(("a", "b", "ab", "abc", "c")), max_size=9),
    term=st.builds(
        Term,
        st.lists(st.sampled_from(("a", "b", "ab", "c")), min_size=1, max_size=3).map(tuple),
        prefix=st.booleans(),
        exact=st.just(value=True),
    ),
)
def test_a_term_is_where_its_words_stand_side_by_side(words: list[str], term: Term) -> None:
    size = len(term.words)
    expected = []
    for place in range(len(words) - size + 1):
        *whole, last = words[place : place + size]
        ends = last.startswith(term.words[-1]) if term.prefix else last == term.words[-1]
        if ends and tuple(whole) == term.words[:-1]:
            expected.append(place)
    column = Column(words)
    assert column.places(term) == expected
    assert column.has(term) is bool(expected)


LETTERS = st.sampled_from(("a", "b", "c", "ab", "ba"))
LINES = st.lists(LETTERS, max_size=12).map(" ".join)
SIDE_BY_SIDE = st.lists(LETTERS, min_size=2, max_size=3).map(lambda words: Phrase(tuple(words)))
PLAIN = st.builds(Word, LETTERS, st.booleans())


@given(
    title=LINES,
    text=LINES,
    items=st.lists(st.one_of(PLAIN, SIDE_BY_SIDE), min_size=2, max_size=3),
    distance=st.integers(0, 5),
)
def test_words_near_each_other_and_phrases_are_what_fts5_finds(
    title: str, text: str, items: list[Word | Phrase], distance: int
) -> None:
    article = said(text, language=None, title=title)
    quoted = [
        f'"{one.text}"{"*" * one.prefix}' if isinstance(one, Word) else f'"{" ".join(one.words)}"'
        for one in items
    ]
    with closing(sqlite3.connect(":memory:")) as fts5:
        fts5.execute("CREATE VIRTUAL TABLE search USING fts5 (title, text)")
        fts5.execute("INSERT INTO search VALUES (?, ?)", (title, text))

        def finds(expression: str) -> bool:
            found = fts5.execute("SELECT 1 FROM search WHERE search MATCH ?", (expression,))
            return found.fetchone() is not None

        near = finds(f"NEAR({' '.join(quoted)}, {distance})")
        assert found(Near(tuple(items), distance), article) is near
        for one, expression in zip(items, quoted, strict=True):
            assert found(one, article) is finds(expression)
            assert found(Field("title", one), article) is finds(f"title : {expression}")


def test_all_parts_of_a_tree_are_told() -> None:
    tree = And((Or((Word("a"), Is("first"))), Not(Has("image"))))
    assert list(nodes_of(tree)) == [
        tree,
        Or((Word("a"), Is("first"))),
        Word("a"),
        Is("first"),
        Not(Has("image")),
        Has("image"),
    ]
