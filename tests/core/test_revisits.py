"""When the page of a live blog is visited again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.revisits import (
    ENDED_AFTER,
    LONGEST,
    SHORTEST,
    WATCHED_FOR,
    next_visit,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def wait(quiet: timedelta, *, age: timedelta | None = None) -> timedelta | None:
    """After a visit when nothing has changed for so long, and it was first seen so long ago."""
    now = START + (quiet if age is None else age)
    at = next_visit(first_seen_at=START, changed_at=now - quiet, now=now)
    return None if at is None else at - now


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (timedelta(), 15 * MINUTE),
        (15 * MINUTE, 15 * MINUTE),
        (30 * MINUTE, 30 * MINUTE),
        (HOUR, HOUR),
        (5 * HOUR, 2 * HOUR),
        (12 * HOUR - MINUTE, 2 * HOUR),
        (12 * HOUR, None),
        (-HOUR, 15 * MINUTE),  # clocks of two machines
    ],
)
def test_it_is_visited_the_less_the_longer_it_rests(
    quiet: timedelta, expected: timedelta | None
) -> None:
    assert wait(quiet) == expected


def test_one_that_never_rests_is_left_alone_after_three_days() -> None:
    assert wait(timedelta(), age=WATCHED_FOR - MINUTE) == LONGEST
    assert wait(timedelta(), age=WATCHED_FOR) is None


def visits(changes: set[int]) -> list[datetime]:
    """All times at which it is asked for, if the visits with these numbers find a change."""
    made = [START]
    changed_at = START
    while at := next_visit(first_seen_at=START, changed_at=changed_at, now=made[-1]):
        made.append(at)
        if len(made) - 1 in changes:
            changed_at = at
    return made


def test_one_that_has_ended_is_asked_for_a_few_times_more() -> None:
    assert len(visits(set())) == 10


def test_one_that_grows_without_end_has_few_revisions() -> None:
    assert wait(timedelta(), age=3 * HOUR) == SHORTEST
    assert wait(timedelta(), age=12 * HOUR) == HOUR
    assert len(visits(set(range(1_000)))) < 80


@given(st.sets(st.integers(1, 300)))
def test_it_ends_and_is_never_asked_too_often(changes: set[int]) -> None:
    made = visits(changes)
    gaps = [later - one for one, later in pairwise(made)]
    assert all(SHORTEST <= gap <= LONGEST for gap in gaps)
    assert made[-1] - START <= WATCHED_FOR + LONGEST
    assert made[-1] - START >= ENDED_AFTER
