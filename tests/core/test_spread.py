from __future__ import annotations

from datetime import timedelta

import pytest
from storymaker import NOON, article, story

from aggregator.core.spread import MOST, spread_of
from aggregator.core.story_texts import Standing
from aggregator.types import Relation

COPY, REPORT, SAME = Relation.COPY, Relation.REPORT, Relation.SAME


def test_articles_stand_on_the_axis_by_time() -> None:
    found = spread_of(
        story(article(1, "A", 0), article(2, "B", 60, COPY, 1), article(3, "C", 240, REPORT, 1)),
        across=20,
        lanes=4,
    )
    assert [mark.x for mark in found.marks] == pytest.approx([0, 0.25, 1])
    assert [mark.lane for mark in found.marks] == [0, 0, 0]
    assert [mark.first for mark in found.marks] == [True, False, False]
    assert [mark.standing for mark in found.marks] == [Standing.OWN, Standing.COPY, Standing.OWN]
    assert (found.starts_at, found.ends_at) == (NOON, NOON + timedelta(hours=4))
    assert found.lanes == 1


def test_those_that_would_touch_take_lanes_of_their_own() -> None:
    items = [article(1, "A", 0), *(article(n, f"O{n}", 1, COPY, 1) for n in range(2, 5))]
    found = spread_of(story(*items, article(9, "Z", 600, REPORT, 1)), across=10, lanes=4)
    assert [mark.lane for mark in found.marks] == [0, 1, 2, 3, 0]
    assert found.lanes == 4


def test_where_there_are_no_more_lanes_they_lie_over_each_other() -> None:
    items = [article(1, "A", 0), *(article(n, f"O{n}", 0, COPY, 1) for n in range(2, 9))]
    found = spread_of(story(*items), across=10, lanes=2)
    assert {mark.lane for mark in found.marks} == {0, 1}
    assert len(found.marks) == 8


def test_minutes_do_not_look_like_days() -> None:
    found = spread_of(story(article(1, "A", 0), article(2, "B", 6, COPY, 1)), across=9, lanes=2)
    assert [mark.x for mark in found.marks] == pytest.approx([0, 0.1])


def test_an_outlets_same_article_again_is_no_mark() -> None:
    found = spread_of(
        story(article(1, "A", 0), article(2, "A", 30, SAME, 1), article(3, "B", 60, COPY, 1)),
        across=9,
        lanes=2,
    )
    assert [mark.item.article.article_id for mark in found.marks] == [1, 3]


def test_of_a_huge_story_the_first_ones_and_the_last_are_placed() -> None:
    items = [
        article(n, f"O{n}", n, COPY if n else Relation.NEW, 0 if n else None) for n in range(300)
    ]
    found = spread_of(story(*items), across=40, lanes=4)
    assert len(found.marks) == MOST
    assert found.left_out == 300 - MOST
    assert found.marks[-1].item.article.article_id == 299
    assert found.marks[-1].x == 1
