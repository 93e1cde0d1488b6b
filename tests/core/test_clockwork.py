from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.clockwork import (
    JOINS_WITHIN,
    MADE_UP_WITHIN,
    DuePeriod,
    begins_at,
    due_edition,
    next_strike,
)
from aggregator.types import Schedule

BERLIN = "Europe/Berlin"
DAILY = frozenset(range(7))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = [
    ("Europe/Berlin", 2026),
    ("America/New_York", 2026),
    ("America/St_Johns", 2010),  # 00:01 back to 23:01 of the day before
    ("Australia/Lord_Howe", 2026),  # half an hour
    ("Antarctica/Troll", 2026),  # two hours
    ("Pacific/Chatham", 2026),  # a quarter past the hour
    ("Africa/Casablanca", 2026),  # four changes
    ("America/Nuuk", 2024),  # 23:00 jumps to the next date
    ("Africa/Cairo", 2025),  # 00:00 jumps to 01:00
    ("America/Sao_Paulo", 2018),  # 00:00 jumps to 01:00, and 00:00 back to 23:00
    ("Pacific/Apia", 2011),  # 30 December does not exist
    ("Pacific/Kwajalein", 1993),  # 21 August does not exist
    ("Asia/Kathmandu", 2026),
    ("UTC", 2026),
]
TIMES = (time(0, 0), time(0, 30), time(2, 30), time(7, 0), time(23, 30), time(23, 59))


def daily(*at: time, zone: str = BERLIN, days: frozenset[int] = DAILY) -> Schedule:
    return Schedule(hours=at or (time(7),), days=days, timezone=zone)


def due(
    now: datetime, schedule: Schedule | None = None, *, started_at: datetime | None = None
) -> DuePeriod | None:
    return due_edition(now, schedule=schedule or daily(), started_at=started_at)


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


class Desk:
    """Makes what is due and not made yet, as the service does."""

    def __init__(self, schedule: Schedule, *, started_at: datetime | None = None) -> None:
        self.schedule = schedule
        self.started_at = started_at
        self.made: list[tuple[datetime, DuePeriod]] = []
        """With when each period begins."""
        self.slots: list[tuple[date, int]] = []

    def look(self, now: datetime) -> DuePeriod | None:
        period = due(now, self.schedule, started_at=self.started_at)
        if period is None or (period.local_date, period.slot) in self.slots[-5:]:
            return None
        last = self.made[-1][1].until_at if self.made else None
        since_at = begins_at(period, last_until_at=last)
        if since_at is None:
            return None
        self.made.append((since_at, period))
        self.slots.append((period.local_date, period.slot))
        return period

    def watch(self, start: datetime, end: datetime) -> None:
        """Look at every minute at which something may happen."""
        now = start
        while now < end:
            strike = next_strike(now, self.schedule)
            assert strike is not None
            assert strike > now
            whole = strike.replace(second=0, microsecond=0)
            self.look(whole - MINUTE)
            now = whole if whole == strike else whole + MINUTE
            assert self.look(now) is not None


@cache
def walls(zone: str, year: int) -> dict[tuple[date, time], datetime]:
    """What a clock on the wall shows in that year, every quarter of an hour, the first time."""
    shown: dict[tuple[date, time], datetime] = {}
    now = datetime(year - 1, 12, 30, tzinfo=UTC)
    while now.year <= year or now.day < 3:
        wall = now.astimezone(ZoneInfo(zone))
        shown.setdefault((wall.date(), wall.time()), now)
        now += timedelta(minutes=15)
    return shown


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


@pytest.mark.parametrize(("zone", "year"), ZONES)
def test_in_a_whole_year_each_hour_of_each_date_has_one_digest(zone: str, year: int) -> None:
    hours = (time(0), time(2, 30), time(7), time(23, 30))
    start = datetime(year - 1, 12, 29, tzinfo=UTC)
    desk = Desk(daily(*hours, zone=zone), started_at=start)
    desk.watch(start, datetime(year + 1, 1, 3, tzinfo=UTC))
    shown = walls(zone, year)
    dates = {day for day, _ in shown}
    expected = [
        (day, slot) for day in days_of(year) if day in dates for slot in range(1, len(hours) + 1)
    ]
    assert [found for found in desk.slots if found[0].year == year] == expected
    for _, period in desk.made:
        assert period.until_at.astimezone(ZoneInfo(zone)).date() == period.local_date
        at = shown.get((period.local_date, hours[period.slot - 1]), period.until_at)
        assert period.until_at == at, "an hour that is shown strikes when it is shown first"
    for (_, before), (since_at, after) in pairwise(desk.made):
        assert since_at == after.since_at == before.until_at, "neither gap nor overlap"
        assert timedelta() < after.until_at - since_at <= timedelta(hours=18, minutes=30)


@pytest.mark.parametrize(("zone", "year"), ZONES)
@pytest.mark.parametrize("days", [frozenset({4}), frozenset({0, 5, 6})], ids=["one", "three"])
def test_days_of_the_week_are_kept_all_year(zone: str, year: int, days: frozenset[int]) -> None:
    start = datetime(year - 1, 12, 1, tzinfo=UTC)
    desk = Desk(daily(time(2, 30), zone=zone, days=days), started_at=start)
    desk.watch(start, datetime(year + 1, 1, 9, tzinfo=UTC))
    dates = {day for day, _ in walls(zone, year)}
    expected = [(day, 1) for day in days_of(year) if day in dates and day.weekday() in days]
    assert [found for found in desk.slots if found[0].year == year] == expected
    for (_, before), (since_at, after) in pairwise(desk.made):
        assert since_at == after.since_at == before.until_at


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (BERLIN, date(2026, 3, 29)),
        (BERLIN, date(2026, 10, 25)),
        ("Australia/Lord_Howe", date(2026, 4, 5)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
        ("America/Nuuk", date(2024, 3, 30)),
        ("America/St_Johns", date(2010, 11, 7)),
    ],
)
def test_a_digest_every_half_hour_is_in_order_over_each_change(zone: str, day: date) -> None:
    hours = tuple(time(half // 2, half % 2 * 30) for half in range(48))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    desk = Desk(daily(*hours, zone=zone))
    for minutes in range(0, 2 * 24 * 60, 5):
        desk.look(noon - DAY + minutes * MINUTE)
    assert desk.slots == sorted(set(desk.slots))
    assert len(desk.slots) >= 90
    for (_, before), (since_at, after) in pairwise(desk.made):
        assert since_at == before.until_at < after.until_at


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_half_past_two_comes_once_at_either_change_looked_at_every_minute(day: date) -> None:
    desk = Desk(daily(time(2, 30)))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=6)
    found = [desk.look(start + minute * MINUTE) for minute in range(12 * 60)]
    # The first look still finds the digest of the day before.
    assert [period.local_date for period in found if period] == [day - DAY, day]


def test_half_past_two_that_is_skipped_is_half_past_three() -> None:
    period = due(local("2026-03-29T12:00"), daily(time(2, 30)))
    assert period is not None
    assert period.until_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert period.until_at.astimezone(ZoneInfo(BERLIN)).time() == time(3, 30)
    assert period.until_at - period.since_at == timedelta(hours=24)


def test_half_past_two_that_comes_twice_is_the_first() -> None:
    schedule = daily(time(2, 30))
    for now in (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ):
        period = due(now, schedule)
        assert period is not None
        assert period.until_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_hours_that_a_change_puts_in_another_order_keep_their_places() -> None:
    desk = Desk(daily(time(2, 30), time(3)))
    for now in ("2026-03-29T03:00", "2026-03-29T03:30"):
        desk.look(local(now))
    assert desk.slots == [(date(2026, 3, 29), 1), (date(2026, 3, 29), 2)]


def test_hours_that_a_change_puts_together_are_one() -> None:
    desk = Desk(daily(time(2, 30), time(3, 30), time(4)))
    for now in ("2026-03-29T03:30", "2026-03-29T03:31", "2026-03-29T04:00"):
        desk.look(local(now))
    assert desk.slots == [(date(2026, 3, 29), 1), (date(2026, 3, 29), 3)]


def test_a_date_that_has_begun_stays_begun_when_the_clock_goes_back_over_midnight() -> None:
    """In St John's it was 00:01 on 7 November 2010, then 23:01 on the 6th."""
    schedule = daily(time(0), time(23, 30), zone="America/St_Johns")
    midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    for minutes in (0, 1, 30, 59, 61):
        now = midnight + minutes * MINUTE
        period = due(now, schedule)
        assert period is not None
        assert (period.local_date, period.slot) == (date(2010, 11, 7), 1)
        assert period.until_at == midnight


def test_the_period_is_a_day_of_the_local_calendar() -> None:
    spring, autumn = due(local("2026-03-29T07:00")), due(local("2026-10-25T07:00"))
    assert spring is not None
    assert autumn is not None
    assert spring.until_at - spring.since_at == timedelta(hours=23)
    assert autumn.until_at - autumn.since_at == timedelta(hours=25)


def test_not_a_second_too_early() -> None:
    before, struck = due(local("2026-05-05T06:59:59.999999")), due(local("2026-05-05T07:00"))
    assert before is None, "that of yesterday is too old"
    assert struck is not None
    assert struck.local_date == date(2026, 5, 5)


def test_a_machine_that_was_off_makes_up_the_day_once() -> None:
    for late in ("2026-05-05T15:00", "2026-05-05T23:59:59"):
        period = due(local(late))
        assert period is not None
        assert period.until_at == local("2026-05-05T07:00")
    assert due(local("2026-05-06T00:00")) is None


def test_of_several_hours_that_were_missed_the_last_is_made_up() -> None:
    desk = Desk(daily(time(7), time(12), time(18)))
    desk.look(local("2026-05-04T18:00"))
    period = desk.look(local("2026-05-05T17:59"))
    assert period is not None
    assert (period.local_date, period.slot) == (date(2026, 5, 5), 2)
    assert desk.made[-1][0] == local("2026-05-04T18:00"), "it has what the first would have had"
    assert desk.look(local("2026-05-05T17:59:30")) is None


def test_three_days_asleep_are_one_digest_that_leaves_nothing_out() -> None:
    desk = Desk(daily())
    desk.look(local("2026-05-04T07:00"))
    woken = local("2026-05-08T09:00")
    period = desk.look(woken)
    assert period is not None
    assert period.local_date == date(2026, 5, 8)
    assert desk.made[-1][0] == local("2026-05-04T07:00")
    assert desk.look(woken + MINUTE) is None


def test_after_more_than_a_week_a_digest_begins_with_the_hour_before_it() -> None:
    period = due(local("2026-05-20T07:00"))
    assert period is not None
    yesterday = local("2026-05-19T07:00")
    assert begins_at(period, last_until_at=None) == yesterday
    assert begins_at(period, last_until_at=period.until_at - JOINS_WITHIN) == yesterday
    near = period.until_at - JOINS_WITHIN + MINUTE
    assert begins_at(period, last_until_at=near) == near


def test_a_period_that_has_been_told_under_another_schedule_is_not_told_again() -> None:
    period = due(local("2026-05-20T08:00"))
    assert period is not None
    assert begins_at(period, last_until_at=period.until_at) is None
    assert begins_at(period, last_until_at=local("2026-05-20T07:30")) is None


def test_a_late_hour_is_made_up_after_midnight_for_a_while() -> None:
    struck, schedule = local("2026-05-05T23:55"), daily(time(23, 55))
    for late in (timedelta(minutes=10), MADE_UP_WITHIN):
        period = due(struck + late, schedule)
        assert period is not None
        assert period.local_date == date(2026, 5, 5)
    assert due(struck + MADE_UP_WITHIN + timedelta(seconds=1), schedule) is None


def test_nothing_is_made_up_from_before_the_installation() -> None:
    noon = local("2026-05-05T12:00")
    assert due(noon + MINUTE, started_at=noon) is None
    tomorrow = due(local("2026-05-06T07:00"), started_at=noon)
    assert tomorrow is not None
    assert tomorrow.local_date == date(2026, 5, 6)


def test_a_weekly_digest_is_not_made_up_on_another_day() -> None:
    friday = daily(days=frozenset({4}))
    assert due(local("2026-05-08T23:00"), friday) is not None
    assert due(local("2026-05-09T08:00"), friday) is None
    period = due(local("2026-05-15T08:00"), friday)
    assert period is not None
    assert period.since_at == local("2026-05-08T07:00")


def test_a_weekly_digest_after_one_that_was_missed_has_both_weeks() -> None:
    desk = Desk(daily(days=frozenset({4})))
    for now in ("2026-10-16T07:00", "2026-10-30T07:00", "2026-11-20T07:00"):
        desk.look(local(now))
    assert [since_at for since_at, _ in desk.made[1:]] == [
        local("2026-10-16T07:00"),
        local("2026-11-13T07:00"),
    ]


def test_a_weekly_digest_joins_the_one_before_a_date_that_does_not_exist() -> None:
    """Samoa had no Friday on 30 December 2011."""
    friday = daily(zone="Pacific/Apia", days=frozenset({4}))
    period = due(local("2012-01-06T08:00", "Pacific/Apia"), friday)
    assert period is not None
    assert period.since_at == local("2011-12-23T07:00", "Pacific/Apia")
    assert next_strike(period.since_at, friday) == period.until_at


def test_the_next_hour_is_after_now_whatever_the_day() -> None:
    schedule = daily(time(7), time(18), days=frozenset({0, 4}))
    assert next_strike(local("2026-05-04T06:59"), schedule) == local("2026-05-04T07:00")
    assert next_strike(local("2026-05-04T07:00"), schedule) == local("2026-05-04T18:00")
    assert next_strike(local("2026-05-04T18:00"), schedule) == local("2026-05-08T07:00")


@given(
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(TIMES), min_size=1, max_size=3),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 365),
    st.lists(st.integers(1, 6000), min_size=1, max_size=40),
)
def test_whenever_the_machine_is_on_nothing_comes_twice_and_no_period_overlaps(
    zone: tuple[str, int], hours: set[time], days: set[int], first: int, pauses: list[int]
) -> None:
    name, year = zone
    now = datetime(year, 1, 1, tzinfo=UTC) + first * DAY
    desk = Desk(daily(*sorted(hours), zone=name, days=frozenset(days)))
    for minutes in pauses:
        now += minutes * MINUTE
        period = desk.look(now)
        if period is not None:
            assert period.since_at < period.until_at <= now
            late = now - period.until_at
            assert (
                late <= MADE_UP_WITHIN or now.astimezone(ZoneInfo(name)).date() == period.local_date
            )
    assert desk.slots == sorted(set(desk.slots))
    for (_, before), (since_at, after) in pairwise(desk.made):
        assert since_at >= before.until_at
        assert since_at in {before.until_at, after.since_at}
        if after.until_at - before.until_at < JOINS_WITHIN:
            assert since_at == before.until_at
