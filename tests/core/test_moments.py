"""When an article came out, and how far that is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storymaker import NOON, article, undated

from aggregator.core.moments import Moment, Timing, in_one_minute, is_before, moment_of
from aggregator.types import StoryArticle

MIDNIGHT = -12 * 60


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def interval(item: StoryArticle) -> tuple[Timing, float | None, float]:
    """What it rests on, and its ends in minutes after noon."""
    known = moment_of(item)
    earliest = None if known.earliest is None else (known.earliest - NOON).total_seconds() / 60
    return known.timing, earliest, (known.latest - NOON).total_seconds() / 60


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (article(1, "A", 5, seen=60), (Timing.GIVEN, 5, 5)),
        (article(1, "A", 5, seen=60, unseen=-30), (Timing.GIVEN, 5, 5)),
        # The feed lags, as feeds do.
        (article(1, "A", 5, seen=80, unseen=65), (Timing.GIVEN, 5, 5)),
        # Planned for a time to come, or a clock that is fast.
        (article(1, "A", 65, seen=5), (Timing.GIVEN, 5, 5)),
    ],
)
def test_a_time_of_day_is_believed(
    item: StoryArticle, expected: tuple[Timing, float | None, float]
) -> None:
    assert interval(item) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (article(1, "A", MIDNIGHT, seen=3000), (Timing.DAY, MIDNIGHT, MIDNIGHT + 1440)),
        (article(1, "A", MIDNIGHT, seen=-60), (Timing.DAY, MIDNIGHT, -60)),
        (article(1, "A", MIDNIGHT, seen=60, unseen=30), (Timing.DAY, 30, 60)),
        (article(1, "A", MIDNIGHT, seen=60, unseen=-2000), (Timing.DAY, MIDNIGHT, 60)),
        # Of a day that ends between two readings, no time after it.
        (article(1, "A", MIDNIGHT, seen=800, unseen=750), (Timing.DAY, MIDNIGHT, 720)),
    ],
)
def test_a_day_is_the_whole_day_as_far_as_it_had_come(
    item: StoryArticle, expected: tuple[Timing, float | None, float]
) -> None:
    assert interval(item) == expected
    assert moment_of(item).day == date(2026, 3, 29)


def test_midnight_is_that_of_the_article_s_own_zone() -> None:
    ahead = article(1, "A", MIDNIGHT - 300, seen=3000, utc_offset=timedelta(hours=5))
    known = moment_of(ahead)
    assert (known.timing, known.day) == (Timing.DAY, date(2026, 3, 29))
    assert known.latest - (known.earliest or NOON) == timedelta(days=1)
    elsewhere = article(1, "A", MIDNIGHT, seen=3000, utc_offset=timedelta(hours=5))
    assert moment_of(elsewhere).timing is Timing.GIVEN


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (undated(article(1, "A", 0, seen=30, unseen=0)), (Timing.SEEN, 0, 30)),
        (undated(article(1, "A", 0, seen=30)), (Timing.SEEN, None, 30)),
        (article(1, "A", 66, seen=5, unseen=-10), (Timing.SEEN, -10, 5)),
        # A day that had not begun.
        (article(1, "A", MIDNIGHT, seen=MIDNIGHT - 9), (Timing.SEEN, None, MIDNIGHT - 9)),
    ],
)
def test_without_a_time_it_came_out_between_two_readings(
    item: StoryArticle, expected: tuple[Timing, float | None, float]
) -> None:
    assert interval(item) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (article(1, "A", 0, seen=80, unseen=61), (Timing.BACKDATED, 0, 80)),
        (article(1, "A", MIDNIGHT, seen=800, unseen=790), (Timing.BACKDATED, MIDNIGHT, 800)),
    ],
)
def test_a_time_that_the_feed_contradicts_is_the_beginning_only(
    item: StoryArticle, expected: tuple[Timing, float | None, float]
) -> None:
    assert interval(item) == expected


@given(
    minutes=st.integers(-3000, 3000),
    seen=st.integers(-3000, 3000),
    unseen=st.none() | st.integers(-3000, 3000),
    dated=st.booleans(),
    hours=st.none() | st.integers(-12, 14),
)
def test_no_interval_is_upside_down_or_ends_after_the_article_was_seen(
    *, minutes: int, seen: int, unseen: int | None, dated: bool, hours: int | None
) -> None:
    offset = None if hours is None else timedelta(hours=hours)
    item = article(1, "A", minutes, seen=seen, unseen=unseen, utc_offset=offset)
    known = moment_of(item if dated else undated(item))
    assert known.latest <= at(seen)
    assert known.earliest is None or known.earliest <= known.latest
    assert not is_before(known, known)


def test_times_are_compared_by_the_minute() -> None:
    early, same, later = (moment_of(article(1, "A", minutes)) for minutes in (0.1, 0.9, 1.0))
    assert not is_before(early, same)
    assert in_one_minute(early, same)
    assert is_before(same, later)
    assert not in_one_minute(same, later)


def test_nothing_is_before_what_may_have_come_out_at_any_time() -> None:
    unknown = Moment(earliest=None, latest=at(900), timing=Timing.SEEN)
    assert not is_before(moment_of(article(1, "A", -900)), unknown)
    assert is_before(unknown, moment_of(article(1, "A", 901)))
