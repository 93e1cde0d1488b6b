"""Which texts of a story are independent reports, and which are rewritten or copied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storymaker import article, story

from aggregator.core.story_texts import (
    Named,
    Standing,
    carried_outlets,
    copying_outlets,
    independent_outlets,
    named_origins,
    origins_of_text,
    outlet_standings,
    rewriting_outlets,
    standings,
    texts_of,
)
from aggregator.types import Relation, StoryArticle

SAME, COPY, REWRITE = Relation.SAME, Relation.COPY, Relation.REWRITE
REPORT, TRANSLATION = Relation.REPORT, Relation.TRANSLATION
OWN, CARRIED = Standing.OWN, Standing.CARRIED


def test_every_outlet_counts_once_by_the_best_that_it_ran() -> None:
    whole = story(
        article(1, "First", 0),
        article(2, "Copier", 1, COPY, 1),
        article(3, "Reporter", 2, REPORT, 1),
        article(4, "Both", 3, COPY, 1),
        article(5, "Abroad", 4, TRANSLATION, 1, language="es"),
        article(6, "Both", 5, REWRITE, 1),
        article(7, "First", 6, SAME, 1),
        article(8, "Copier", 7, SAME, 2),
        article(9, "Reporter", 8, COPY, 1),
    )
    assert independent_outlets(whole) == ("First", "Reporter", "Abroad")
    assert rewriting_outlets(whole) == ("Both",)
    assert copying_outlets(whole) == ("Copier",)
    assert carried_outlets(whole) == ()


def test_copies_of_copies_are_of_one_text() -> None:
    whole = story(
        article(1, "A", 0),
        article(2, "B", 1, COPY, 1),
        article(3, "C", 2, COPY, 2),
        article(4, "D", 3, REPORT, 3),
        article(5, "E", 4, COPY, 4),
    )
    texts = [[item.article.article_id for item in text] for text in texts_of(whole)]
    assert texts == [[1, 2, 3], [4, 5]]


def test_a_copied_agency_text_is_one_report_of_the_outlet_that_ran_it_first() -> None:
    whole = story(
        article(1, "A", 0, credit=("AFP",)),
        article(2, "B", 1, COPY, 1, credit=("AFP",)),
        article(3, "C", 2, REPORT, 1),
    )
    assert list(standings(whole).values()) == [CARRIED, Standing.COPY, OWN]
    assert independent_outlets(whole) == ("A", "C")
    assert carried_outlets(whole) == ("A",)


def test_two_texts_of_one_agency_are_one_report() -> None:
    whole = story(
        article(1, "A", 0, credit=("AFP",)),
        article(2, "B", 1, REPORT, 1, credit=("AFP",)),
        article(3, "C", 2, REPORT, 1, credit=("dpa",)),
    )
    assert independent_outlets(whole) == ("A", "C")
    assert rewriting_outlets(whole) == ("B",)


@pytest.mark.parametrize(
    ("relation", "customer"),
    [(COPY, Standing.COPY), (REWRITE, Standing.REWRITE), (REPORT, Standing.REWRITE)],
)
@pytest.mark.parametrize("minutes", [-30, 30])
def test_an_agency_that_is_a_source_has_its_report_whoever_was_first(
    relation: Relation, minutes: int, customer: Standing
) -> None:
    whole = story(
        article(1, "Bay Herald", 0, credit=("Reuters",)),
        article(2, "Reuters World", minutes, relation, 1),
    )
    assert outlet_standings(whole) == {"Bay Herald": customer, "Reuters World": OWN}


def test_an_outlet_that_a_report_credits_does_not_take_it_away() -> None:
    whole = story(article(1, "A", 0), article(2, "B", 1, REPORT, 1, credit=("A",)))
    assert independent_outlets(whole) == ("A", "B")


def test_a_text_that_others_credit_is_an_agency_s_though_its_first_outlet_cut_that_off() -> None:
    whole = story(
        article(1, "A", 0),
        article(2, "B", 1, COPY, 1, credit=("AFP",)),
        *(article(n, f"C{n}", n, COPY, 1) for n in range(3, 5)),
    )
    assert carried_outlets(whole) == ("A",)
    more = story(*whole.articles, article(9, "D", 9, COPY, 1))
    assert carried_outlets(more) == ()


def test_outlets_have_one_voice_for_a_name_and_none_for_themselves() -> None:
    items = (
        article(1, "A", 0, credit=("The Gulf Observer", "dpa")),
        article(2, "A", 1, SAME, 1, credit=("Gulf Observer",)),
        article(3, "Gulf Observer", 2, COPY, 1, credit=("Gulf Observer",)),
        article(4, "B", 3, COPY, 1, credit=("gulf observer",)),
        article(5, "C", 4, COPY, 1),
    )
    assert named_origins(items) == (
        Named(name="The Gulf Observer", by=("A", "B"), share=2 / 3),
        Named(name="dpa", by=("A",), share=0.25),
    )
    assert [one.name for one in origins_of_text(items)] == ["The Gulf Observer", "dpa"]


@pytest.mark.timeout(20)
def test_a_story_of_thousands_that_credit_agencies_is_counted_in_no_time() -> None:
    """Comparing every name with every outlet took minutes."""
    items = [article(1, "A", 0, credit=("AFP",))]
    items += [article(n, f"Paper {n}", n, REPORT, 1, credit=("AFP",)) for n in range(2, 5_001)]
    found = list(standings(story(*items)).values())
    assert found[0] is CARRIED
    assert set(found[1:]) == {Standing.REWRITE}


@pytest.mark.timeout(20)
def test_a_text_that_credits_thousands_is_read_in_no_time() -> None:
    names = tuple(f"Outlet number {n}" for n in range(5_000))
    items = (article(1, "A", 0, credit=names), article(2, "B", 1, COPY, 1))
    assert named_origins(items) == tuple(Named(name=one, by=("A",), share=0.5) for one in names)


@st.composite
def stories(draw: st.DrawFn) -> list[StoryArticle]:
    names = ["A", "B", "C", "AFP"]
    return [
        article(
            number,
            draw(st.sampled_from(names)),
            number,
            draw(st.sampled_from([COPY, REWRITE, REPORT, SAME])) if number > 1 else Relation.NEW,
            draw(st.integers(1, number - 1)) if number > 1 else None,
            credit=tuple(draw(st.lists(st.sampled_from(["AFP", "dpa", "B"]), max_size=2))),
        )
        for number in range(1, draw(st.integers(1, 8)) + 1)
    ]


@given(stories())
def test_every_outlet_is_in_one_count_and_somebody_reported(items: list[StoryArticle]) -> None:
    whole = story(*items)
    counts = independent_outlets(whole), rewriting_outlets(whole), copying_outlets(whole)
    assert sorted(sum(counts, ())) == sorted(whole.outlets)
    assert counts[0]
    assert set(carried_outlets(whole)) <= set(counts[0])
