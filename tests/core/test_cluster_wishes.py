"""What a user wants of sources, and what a person has put somewhere, goes before every likeness."""

from __future__ import annotations

from dataclasses import replace

import newsdesk
import pytest

from aggregator.core.cluster import Grouper
from aggregator.types import GroupInput, Manners, Relation

FIRST = newsdesk.FLOOD.item(0)
COPY = newsdesk.FLOOD_COPY.item(1)
REPORT = newsdesk.FLOOD_REPORT.item(2)
OTHER = replace(newsdesk.SINGLES[0].item(3), at=COPY.at)


def grouper(*items: GroupInput) -> Grouper:
    made = Grouper()
    for item in items:
        made.add(item)
    return made


@pytest.mark.parametrize("never", [FIRST.source, "*"])
def test_a_source_stays_out_of_stories_with_those_that_it_shall_not_join(never: str) -> None:
    shy = Manners(never_join=frozenset([never]))
    answer = grouper(FIRST).add(replace(COPY, manners=shy))
    assert (answer.relation, answer.story) == (Relation.NEW, 1)


def test_that_holds_in_both_directions() -> None:
    shy = Manners(never_join=frozenset([COPY.source]))
    answer = grouper(replace(FIRST, manners=shy)).add(COPY)
    assert (answer.relation, answer.story) == (Relation.NEW, 1)
    assert grouper(replace(FIRST, manners=shy)).add(REPORT).story == 0


def test_articles_of_a_source_that_is_not_grouped_are_compared_with_nothing() -> None:
    off = Manners(grouped=False)
    made = grouper(replace(FIRST, manners=off))
    assert len(made) == 0
    answer = made.add(replace(COPY, manners=off))
    assert answer.relation is Relation.NEW
    assert "stories: off" in answer.why


def test_a_person_may_put_an_article_into_a_story_that_it_does_not_resemble() -> None:
    answer = grouper(FIRST, REPORT).add(replace(OTHER, placed_with=2, placed_in=0))
    assert (answer.story, answer.relation, answer.of) == (0, Relation.REPORT, 2)
    assert answer.why == "put here by hand"


def test_what_it_is_to_the_articles_there_is_measured() -> None:
    answer = grouper(OTHER, FIRST).add(replace(COPY, placed_with=0, placed_in=0))
    assert (answer.story, answer.relation, answer.of) == (0, Relation.COPY, 0)
    assert answer.why.startswith("put here by hand; ")


def test_a_passage_in_common_makes_no_copy_of_what_is_put_by_hand() -> None:
    one, other = newsdesk.QUOTE_ONE.item(0), newsdesk.QUOTE_TWO.item(1)
    answer = grouper(one).add(replace(other, placed_with=0, placed_in=0))
    assert (answer.story, answer.relation) == (0, Relation.REPORT)


def test_a_person_may_let_an_article_begin_a_story_of_its_own() -> None:
    answer = grouper(FIRST).add(replace(COPY, placed_with=1))
    assert (answer.story, answer.relation, answer.of) == (1, Relation.NEW, None)
