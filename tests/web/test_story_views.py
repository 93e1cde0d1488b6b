"""What cards and pages of stories say, made from stories alone."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from storymaker import NOON, article, story, undated

from aggregator.core.lead_report import lead_article
from aggregator.core.precedence import first_outlets
from aggregator.types import DigestStory, Marks, Relation, Story
from aggregator.web.views.compare_view import pair_of
from aggregator.web.views.outlets import first_of
from aggregator.web.views.spread_view import spread_view
from aggregator.web.views.story_view import beside, story_view
from aggregator.web.views.times import Times
from aggregator.web.views.today_view import MOST_CHIPS, StoryCard, ranked, story_card

COPY, REPORT, REWRITE = Relation.COPY, Relation.REPORT, Relation.REWRITE
TIMES = Times(now=NOON + timedelta(hours=6), zone=UTC)
READ = Marks(read=True, starred=False)

SPREAD = story(
    article(1, "Harbour Post", 0),
    article(2, "Ledger", 30, COPY, 1),
    article(3, "Herald", 60, REWRITE, 1),
    article(4, "Courier", 180, REPORT, 1),
)


def card(one: Story, **marks: Marks) -> StoryCard:
    """`marks` by the letter a and the id."""
    lead = lead_article(one)
    return story_card(
        DigestStory(story=one, points=1.0),
        lead=lead,
        excerpt=lead.excerpt,
        marks={int(name[1:]): value for name, value in marks.items()},
        times=TIMES,
    )


def test_outlets_are_marked_by_what_they_ran() -> None:
    found = card(SPREAD)
    assert [(chip.name, chip.mark, chip.kind) for chip in found.chips] == [
        ("Harbour Post", "first", "first"),
        ("Ledger", "copy", "copy"),
        ("Herald", "rewrite", "rewrite"),
        ("Courier", "", "own"),
    ]
    assert found.counts == ("4 outlets", "2 independent reports", "1 rewrite", "1 with copies only")
    assert found.summary.text == "It opened. People came."


def test_of_many_outlets_some_are_named_and_the_others_counted() -> None:
    many = story(article(1, "A", 0), *(article(n, f"O{n}", n, COPY, 1) for n in range(2, 31)))
    found = card(many)
    assert len(found.chips) == MOST_CHIPS - 1
    assert found.more_chips == 30 - len(found.chips)


def test_a_story_is_read_when_all_of_it_is() -> None:
    assert not card(SPREAD, a1=READ, a2=READ, a3=READ).read
    assert card(SPREAD, a1=READ, a2=READ, a3=READ, a4=READ).read


def test_who_was_first_is_told_with_how_sure_that_is() -> None:
    unsure = story(article(1, "Harbour Post", 0), undated(article(2, "Ledger", 30, REPORT, 1)))
    at_once = story(article(1, "Harbour Post", 0), article(2, "Ledger", 0, REPORT, 1))
    doubts = [first_of(one, first_outlets(one), TIMES).doubt for one in (SPREAD, unsure, at_once)]
    assert doubts == [
        "",
        "as far as can be told; Ledger may have been earlier",
        "in the same minute as Ledger",
    ]
    assert card(unsure).chips[0].mark == "first?"


def test_how_it_spread_is_drawn_by_shape_and_said_in_words() -> None:
    found = spread_view(SPREAD, TIMES, lanes=4, titles=True)
    assert found is not None
    assert [dot.kind for dot in found.dots] == ["first", "copy", "rewrite", "own"]
    places = [dot.x for dot in found.dots]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 100
    assert found.says == (
        "Run by 4 outlets within 3 hours: Harbour Post at 12:00, then Ledger, Herald and Courier."
    )
    assert found.dots[1].title == "Ledger, 12:30, copy"


def test_what_one_outlet_ran_has_not_spread() -> None:
    assert spread_view(story(article(1, "A", 0)), TIMES, lanes=4) is None


def test_stories_are_ranked_by_the_rule_of_digests_and_what_is_of_another_day_is_left_out() -> None:
    small = story(article(11, "A", 0), article(12, "B", 5, COPY, 11), number=11)
    old = story(article(21, "A", -9_000), article(22, "B", -9_000, REPORT, 21), number=21)
    found = ranked(
        [small, old, SPREAD],
        since=NOON - timedelta(hours=1),
        until=TIMES.now,
        caught={12: frozenset({"bridge"})},
        watches={"bridge": "Bridge"},
        outlets=None,
    )
    assert [one.story for one in found] == [SPREAD, small]
    assert found[1].watches == ("Bridge",)
    tagged = ranked(
        [small, SPREAD],
        since=NOON - timedelta(hours=1),
        until=TIMES.now,
        caught={},
        watches={},
        outlets=frozenset({"B"}),
    )
    assert [one.story for one in tagged] == [small]


@pytest.mark.parametrize(
    ("a", "b", "pair"),
    [
        (0, 0, (1, 2)),
        (4, 2, (4, 2)),
        (0, 3, (1, 3)),
        (3, 0, (3, 1)),
        (3, 3, (3, 1)),
        (99, 98, (1, 2)),
    ],
)
def test_two_texts_are_chosen_where_they_are_not_said(
    a: int, b: int, pair: tuple[int, int]
) -> None:
    assert pair_of(SPREAD, a, b) == pair


def test_one_text_cannot_be_compared() -> None:
    assert pair_of(story(article(1, "A", 0)), 0, 0) is None


def test_a_storys_page_says_what_each_article_is_and_why() -> None:
    rows = story_view(SPREAD, {2: READ}, TIMES).rows
    assert [row.relation for row in rows] == [
        "first",
        "copy of Harbour Post",
        "rewrite of Harbour Post",
        "own report",
    ]
    assert [row.read for row in rows] == [False, True, False, False]
    assert rows[1].compare == "/stories/1/compare?a=1&b=2"
    assert rows[3].compare is None
    assert [row.score for row in rows] == ["", "50%", "50%", "50%"]
    assert rows[1].reasons == ("why 2",)


def test_beside_an_article_stand_the_others_of_its_story() -> None:
    found = beside(SPREAD, 2, TIMES)
    assert found is not None
    assert found.relation == "copy of Harbour Post"
    assert [row.article_id for row in found.others] == [1, 3, 4]
    assert beside(SPREAD, 99, TIMES) is None
    assert beside(story(article(1, "A", 0)), 1, TIMES) is None
