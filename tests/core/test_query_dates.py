from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.core.query import parse
from aggregator.core.query_dates import moment
from aggregator.core.query_tree import After, And, Before, Word
from aggregator.errors import QueryError

NOW = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-2-3", datetime(2026, 2, 3, tzinfo=UTC)),
        ("today", datetime(2026, 5, 31, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 5, 30, tzinfo=UTC)),
        ("30min", NOW - timedelta(minutes=30)),
        ("12h", NOW - timedelta(hours=12)),
        ("3d", NOW - timedelta(days=3)),
        ("2W", NOW - timedelta(weeks=2)),
        ("6mo", datetime(2025, 11, 30, 14, 30, tzinfo=UTC)),
        ("3mo", datetime(2026, 2, 28, 14, 30, tzinfo=UTC)),
        ("1y", datetime(2025, 5, 31, 14, 30, tzinfo=UTC)),
        ('"2026"', datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-05-31T09:05", datetime(2026, 5, 31, 9, 5, tzinfo=UTC)),
        ('"2026-05-31 9:05:06"', datetime(2026, 5, 31, 9, 5, 6, tzinfo=UTC)),
        ("2026-05-31t09:05:06.25z", datetime(2026, 5, 31, 9, 5, 6, 250_000, tzinfo=UTC)),
        ("2026-05-31T01:05+02:00", datetime(2026, 5, 30, 23, 5, tzinfo=UTC)),
        ("2026-05-31T09:05-0330", datetime(2026, 5, 31, 12, 35, tzinfo=UTC)),
    ],
)
def test_times_are_read(value: str, expected: datetime) -> None:
    assert parse(f"after:{value}", now=NOW).root == After(expected)
    assert parse(f"before:{value}", now=NOW).root == Before(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("today", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        # The day of the change to summer time has 23 hours.
        ("2026-03-30", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("2026-03-30T08:00", datetime(2026, 3, 30, 6, tzinfo=UTC)),
        ("2026-03-30T08:00Z", datetime(2026, 3, 30, 8, tzinfo=UTC)),
        # It was summer time then: one o'clock at night is another hour of the world.
        ("6mo", datetime(2025, 9, 28, 23, tzinfo=UTC)),
    ],
)
def test_days_and_hours_are_those_where_the_user_is(value: str, expected: datetime) -> None:
    assert moment(value, datetime(2026, 3, 29, 1, 0, tzinfo=BERLIN)) == expected


@pytest.mark.parametrize(
    "value",
    [
        *("soon", "3", "h", "3 days", "2026-13", "2026-02-30", "0000", "999999999w", "9999y"),
        *("999999999mo", "2026-05-31T25:00", "2026-05-31T09:60", "2026-05-31T09:00+24:00"),
        *(
            "2026-05-31T09:00+01:60",
            "0001-01-01T00:00+01:00",
            "31.05.2026",
            "05/31/2026",
            "２０２６",
        ),
    ],
)
def test_what_is_no_time_is_refused_with_what_would_be(value: str) -> None:
    with pytest.raises(ValueError, match=r"is no date \(write 2026-05-31, .*yesterday\)$"):
        moment(value, NOW)


def test_a_number_of_m_is_not_guessed_at() -> None:
    with pytest.raises(QueryError, match=r"write 3min or 3mo.* at column 13$"):
        parse("flood after:3m", now=NOW)


def test_a_time_of_day_apart_from_its_date_is_refused() -> None:
    with pytest.raises(QueryError, match=r"after:2026-05-31T14:30 .* at column 18$"):
        parse("after:2026-05-31 14:30", now=NOW)
    after = After(datetime(2026, 5, 1, tzinfo=UTC))
    assert parse("after:2026-05 14:30", now=NOW).root == And((after, Word("14:30")))


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse("a", now=datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
