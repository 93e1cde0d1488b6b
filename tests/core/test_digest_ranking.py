from __future__ import annotations

from datetime import timedelta
from math import log2

import pytest
from digestroom import SINCE, UNTIL, build, shown
from storymaker import NOON, article, story

from aggregator.core.digest_ranking import SIZE, points_of
from aggregator.types import Relation, StoryArticle

COPY, REPORT, SAME = Relation.COPY, Relation.REPORT, Relation.SAME
REWRITE, TRANSLATION = Relation.REWRITE, Relation.TRANSLATION
NOW = (UNTIL - NOON) / timedelta(minutes=1)
"""The end of the period, where freshness is whole."""


def score(
    *articles: StoryArticle,
    told: tuple[int, ...] = (),
    watches: int = 0,
    period: timedelta = UNTIL - SINCE,
) -> float:
    return points_of(
        story(*articles),
        told=frozenset(told),
        watches=watches,
        since_at=UNTIL - period,
        until_at=UNTIL,
    )


def test_a_report_counts_twice_a_rewrite_and_four_times_a_copy() -> None:
    first = article(1, "A", NOW)
    assert score(first) == pytest.approx(1.0)
    assert score(first, article(2, "B", NOW, COPY, 1)) == pytest.approx(1.25 + SIZE)
    assert score(first, article(2, "B", NOW, REWRITE, 1)) == pytest.approx(1.5 + SIZE)
    assert score(first, article(2, "B", NOW, REPORT, 1)) == pytest.approx(2.0 + SIZE)
    assert score(first, article(2, "B", NOW, TRANSLATION, 1)) == pytest.approx(2.0 + SIZE)


def test_two_that_run_reports_of_one_agency_are_no_two_reports() -> None:
    first = article(1, "A", NOW, credit=("AFP",))
    second = article(2, "B", NOW, REPORT, 1, credit=("AFP",))
    assert score(first, second) == pytest.approx(1.5 + SIZE)


def test_the_weight_of_a_source_counts_once_however_much_it_writes() -> None:
    light = score(article(1, "A", NOW), article(2, "B", NOW, REPORT, 1))
    heavy = score(article(1, "A", NOW, weight=3), article(2, "B", NOW, REPORT, 1))
    chatty = score(article(1, "A", NOW), *(article(n, "B", NOW, REPORT, 1) for n in range(2, 9)))
    assert heavy == pytest.approx(light + 2)
    assert chatty == pytest.approx(2 + SIZE * log2(8))


def test_the_same_again_makes_a_story_neither_larger_nor_fresher() -> None:
    once = score(article(1, "A", 0), article(2, "B", 0, REPORT, 1))
    again = score(article(1, "A", 0), article(2, "B", 0, REPORT, 1), article(3, "A", NOW, SAME, 1))
    assert again == pytest.approx(once)


def test_two_days_halve_but_a_week_does_not_where_the_period_is_one() -> None:
    fresh, old = article(1, "A", NOW), article(1, "A", NOW - 2 * 24 * 60)
    assert score(old) == pytest.approx(score(fresh) / 2)
    week = timedelta(days=7)
    assert score(article(1, "A", NOW - 14 * 24 * 60), period=week) == pytest.approx(0.5)
    assert score(old, period=timedelta(hours=11)) == pytest.approx(0.5)


def test_what_comes_after_the_period_is_no_fresher_than_its_end() -> None:
    assert score(article(1, "A", NOW + 600)) == pytest.approx(score(article(1, "A", NOW)))


def test_what_readers_were_told_counts_half() -> None:
    both = article(1, "A", NOW), article(2, "B", NOW, REPORT, 1)
    assert score(*both, told=(1,)) == pytest.approx(1.5 + SIZE)
    assert score(*both, told=(1, 2)) == pytest.approx(1.0 + SIZE)


def test_a_watch_counts_as_a_report_and_three_at_most_do() -> None:
    old = article(1, "A", NOW - 2 * 24 * 60)
    assert [score(old, watches=number) for number in (0, 1, 3, 9)] == [0.5, 1.5, 3.5, 3.5]


def test_a_story_that_a_watch_caught_stands_before_one_of_three_reports() -> None:
    watched = story(article(1, "A", 0), article(2, "B", 0, COPY, 1), number=1)
    reports = [article(10 + n, name, 0, REPORT, 10) for n, name in enumerate("BC", start=1)]
    large = story(article(10, "A", 0), *reports, number=10)
    assert shown(build(watched, large)) == [10, 1]
    caught = {2: frozenset({"bridge", "gone"})}
    assert shown(build(watched, large, watches=("Bridge", "Road"), caught=caught)) == [10, 1]
    caught = {1: frozenset({"road"}), 2: frozenset({"bridge"})}
    assert shown(build(watched, large, watches=("Bridge", "Road"), caught=caught)) == [1, 10]


def test_equal_stories_go_by_size_then_time_then_id() -> None:
    small = story(article(10, "A", 0), article(11, "B", 5, REPORT, 10), number=10)
    large = story(
        article(20, "A", 0),
        article(21, "B", 5, REPORT, 20),
        article(22, "B", 5, SAME, 21),
        number=20,
    )
    twin = story(article(30, "A", 0), article(31, "B", 5, REPORT, 30), number=30)
    assert shown(build(twin, small, large)) == [20, 10, 30]
    later = story(*twin.articles, article(42, "B", 60, SAME, 31), number=40)
    assert shown(build(large, later)) == [40, 20]
