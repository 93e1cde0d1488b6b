from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storymaker import article

from aggregator.core.timeline import arrange, describe, language_name
from aggregator.types import Relation, Story, StoryArticle

NEW, SAME, COPY = Relation.NEW, Relation.SAME, Relation.COPY
REWRITE, REPORT, TRANSLATION = Relation.REWRITE, Relation.REPORT, Relation.TRANSLATION


def links(items: tuple[StoryArticle, ...]) -> list[tuple[int, Relation, int | None]]:
    return [(item.article.article_id, item.relation, item.of) for item in items]


def test_no_articles_make_no_timeline() -> None:
    assert arrange([]) == ()


def test_a_story_in_order_stays_as_it_is() -> None:
    items = (article(1, "A", 0), article(2, "B", 5, COPY, 1), article(3, "C", 9, REPORT, 1))
    assert arrange(items) == items


def test_time_then_first_seen_then_id_decide() -> None:
    tied = [
        article(9, "A", 0, seen=30),
        article(4, "B", 0, COPY, 9, seen=20),
        article(3, "C", 0, COPY, 9, seen=30),
    ]
    assert [item.article.article_id for item in arrange(tied)] == [4, 3, 9]


def test_the_origin_takes_over_the_link_of_the_earlier_one_turned_round() -> None:
    origin = article(1, "Late", 60)
    early = article(2, "Early", 0, COPY, 1)
    first, second = arrange([origin, early])
    assert (first.article.source, first.relation, first.of) == ("Early", NEW, None)
    assert (second.relation, second.of) == (COPY, 2)
    assert (second.score, second.why) == (early.score, early.why)


def test_the_first_need_not_be_linked_with_the_origin_itself() -> None:
    """E copies X, X reports on the origin: X is the copy, and the origin reports on E."""
    items = [article(1, "Origin", 60), article(2, "X", 30, REPORT, 1), article(3, "E", 0, COPY, 2)]
    assert links(arrange(items)) == [(3, NEW, None), (2, COPY, 3), (1, REPORT, 3)]


def test_a_copy_that_was_earlier_than_its_copy_is_the_report() -> None:
    items = [article(1, "A", 0), article(2, "B", 60, REPORT, 1), article(3, "C", 30, COPY, 2)]
    arranged = arrange(items)
    assert links(arranged) == [(1, NEW, None), (3, REPORT, 1), (2, COPY, 3)]
    assert arranged[1].why == "By way of B: why 2"


def test_an_independent_report_never_becomes_a_copy() -> None:
    """C resembles B, and B is a copy of A: C stays a report, and B a copy of A."""
    items = [article(1, "A", 0), article(2, "B", 60, COPY, 1), article(3, "C", 30, REPORT, 2)]
    assert links(arrange(items)) == [(1, NEW, None), (3, REPORT, 1), (2, COPY, 1)]


def test_a_translation_of_a_translation_into_the_same_language_is_a_report() -> None:
    items = [
        article(1, "A", 0, language="en"),
        article(2, "B", 60, TRANSLATION, 1, language="es"),
        article(3, "C", 30, TRANSLATION, 2, language="en"),
    ]
    assert links(arrange(items)) == [(1, NEW, None), (3, REPORT, 1), (2, TRANSLATION, 3)]


def test_the_earliest_is_first_even_when_its_link_leads_nowhere() -> None:
    (only,) = arrange([article(5, "A", 0, COPY, 99)])
    assert (only.relation, only.of) == (NEW, None)


@st.composite
def stories(draw: st.DrawFn) -> list[StoryArticle]:
    """Articles that arrived in order of id, each linked with one that had arrived before."""
    size = draw(st.integers(1, 9))
    later = (
        article(
            number,
            f"S{draw(st.integers(0, 4))}",
            draw(st.integers(0, 20)),
            draw(st.sampled_from([COPY, REWRITE, REPORT, TRANSLATION, SAME])),
            draw(st.integers(1, number - 1)),
            language=draw(st.sampled_from(["en", "es", None])),
        )
        for number in range(2, size + 1)
    )
    return [article(1, "S0", draw(st.integers(0, 20))), *later]


@given(stories(), st.randoms(use_true_random=False))
def test_everything_hangs_on_something_earlier_and_order_of_input_is_nothing(
    items: list[StoryArticle], random: Random
) -> None:
    arranged = arrange(items)
    assert {item.article.article_id for item in arranged} == {i.article.article_id for i in items}
    place = {item.article.article_id: index for index, item in enumerate(arranged)}
    assert arranged[0].of is None
    assert [item.relation is NEW for item in arranged] == [True] + [False] * (len(items) - 1)
    for index, item in enumerate(arranged[1:], start=1):
        assert item.of is not None
        assert place[item.of] < index
    shuffled = list(items)
    random.shuffle(shuffled)
    assert arrange(shuffled) == arranged
    assert arrange(arranged) == arranged


@given(stories())
def test_what_was_earliest_or_a_report_is_never_turned_into_a_copy(
    items: list[StoryArticle],
) -> None:
    """Only what a copy was linked with can become one: no report without copies does."""
    copied = {item.of for item in items if item.relation in {COPY, SAME, REWRITE}}
    for item in arrange(items):
        before = next(i for i in items if i.article.article_id == item.article.article_id)
        if before.relation in {REPORT, TRANSLATION} and item.article.article_id not in copied:
            assert item.relation in {REPORT, TRANSLATION, NEW}


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (article(1, "First", 0), "first"),
        (article(2, "B", 1, COPY, 1), "copy of First"),
        (article(2, "B", 1, REWRITE, 1), "rewrite of First"),
        (article(2, "B", 1, REPORT, 1), "own report"),
        (article(2, "First", 1, REPORT, 1), "further report"),
        (article(2, "First", 1, SAME, 1), "same article again"),
        (article(2, "B", 1, TRANSLATION, 1, language="es-MX"), "in Spanish"),
        (article(2, "B", 1, TRANSLATION, 1, language="tlh"), "in another language"),
        (article(2, "B", 1, COPY, 77), "copy"),
        (article(1, "First", 0, credit=("AFP",)), "first, credits AFP"),
        (article(2, "B", 1, REPORT, 1, credit=("AFP",)), "report, credits AFP"),
        (article(2, "AFP", 1, REPORT, 1, credit=("AFP",)), "own report"),
        (
            article(2, "First", 1, REPORT, 1, credit=("AFP", "dpa", "EFE")),
            "further report, credits AFP and dpa",
        ),
        (
            article(2, "B", 1, TRANSLATION, 1, language="es", credit=("EFE",)),
            "in Spanish, credits EFE",
        ),
        (article(2, "B", 1, COPY, 1, credit=("AFP",)), "copy of First"),
    ],
)
def test_short_words_for_people(item: StoryArticle, words: str) -> None:
    others = () if item.relation is NEW else (article(1, "First", 0),)
    assert describe(item, Story(story_id=1, articles=(*others, item))) == words


def test_whom_the_first_credits_is_no_copy_of_it() -> None:
    carried = article(1, "Bay Herald", 0, credit=("Reuters",))
    agency = article(2, "Reuters World", 40, COPY, 1)
    whole = Story(story_id=1, articles=(carried, agency))
    assert describe(agency, whole) == "credited by Bay Herald"


def test_languages_have_english_names() -> None:
    assert language_name("pt-BR") == "Portuguese"
    assert language_name("ZH_hant") == "Chinese"
    assert language_name("xx") is None
    assert language_name(None) is None
