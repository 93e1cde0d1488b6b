from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.clockwork import MADE_UP_WITHIN, DuePeriod, due_digest

BERLIN = "Europe/Berlin"
ZONES = [
    ("Europe/Berlin", 2026),
    ("America/New_York", 2026),
    ("Australia/Lord_Howe", 2026),  # half an hour
    ("America/Nuuk", 2024),  # 23:00 jumps to the next date
    ("Africa/Cairo", 2025),  # 00:00 jumps to 01:00
    ("America/Sao_Paulo", 2018),  # 00:00 jumps to 01:00, and 00:00 back to 23:00
    ("Pacific/Apia", 2011),  # 30 December does not exist
    ("Asia/Kathmandu", 2026),
    ("UTC", 2026),
]
TIMES = [time(0, 0), time(0, 30), time(2, 30), time(7, 0), time(23, 30), time(23, 59)]


def due(
    now: datetime,
    *,
    at: time = time(7),
    timezone: str = BERLIN,
    last_sent: date | None = None,
    started_at: datetime | None = None,
) -> DuePeriod | None:
    return due_digest(now, at=at, timezone=timezone, last_sent=last_sent, started_at=started_at)


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def run_through(
    zone: str, at: time, start: datetime, end: datetime, step: timedelta
) -> list[tuple[datetime, DuePeriod]]:
    """Ask at every step, note what was sent and when, as the service does."""
    sent: list[tuple[datetime, DuePeriod]] = []
    now = start
    while now < end:
        last = sent[-1][1].local_date if sent else None
        period = due(now, at=at, timezone=zone, last_sent=last, started_at=start)
        if period is not None:
            sent.append((now, period))
        now += step
    return sent


@pytest.mark.parametrize(("zone", "year"), ZONES)
@pytest.mark.parametrize("at", TIMES, ids=str)
def test_a_whole_year_has_one_digest_a_date(zone: str, year: int, at: time) -> None:
    start = datetime(year - 1, 12, 20, tzinfo=UTC)
    step = timedelta(minutes=47)
    sent = run_through(zone, at, start, datetime(year + 1, 1, 10, tzinfo=UTC), step)
    dates = [period.local_date for _, period in sent]
    existing = {
        (start + timedelta(hours=hour)).astimezone(ZoneInfo(zone)).date()
        for hour in range(24 * 390)
    }
    expected = {day for day in existing if date(year, 1, 1) <= day <= date(year, 12, 31)}
    assert max(Counter(dates).values()) == 1
    assert {day for day in dates if day.year == year} == expected
    for now, period in sent:
        assert timedelta() <= now - period.until_at < step
        assert period.until_at.astimezone(ZoneInfo(zone)).date() == period.local_date
    for (_, before), (_, after) in pairwise(sent):
        assert after.since_at == before.until_at, "periods follow each other without a gap"
        assert timedelta(hours=22) <= after.until_at - after.since_at <= timedelta(hours=26)


@pytest.mark.parametrize("at", [time(2, 30), time(2, 0), time(3, 0)], ids=str)
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_every_minute_around_both_clock_changes(at: time, day: date) -> None:
    start = datetime(day.year, day.month, day.day, 12, 1, tzinfo=UTC) - timedelta(days=2)
    sent = run_through(BERLIN, at, start, start + timedelta(days=4), timedelta(minutes=1))
    assert [period.local_date for _, period in sent] == [
        day + timedelta(days=offset) for offset in (-1, 0, 1, 2)
    ]


def test_half_past_two_that_is_skipped_is_half_past_three() -> None:
    period = due(local("2026-03-29T12:00"), at=time(2, 30))
    assert period is not None
    assert period.until_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert period.until_at.astimezone(ZoneInfo(BERLIN)).time() == time(3, 30)
    assert period.until_at - period.since_at == timedelta(hours=24)


def test_half_past_two_that_comes_twice_is_the_first() -> None:
    period = due(local("2026-10-25T12:00"), at=time(2, 30))
    assert period is not None
    assert period.until_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert due(second, at=time(2, 30), last_sent=date(2026, 10, 25)) is None


def test_the_period_is_a_day_of_the_local_calendar() -> None:
    spring, autumn = due(local("2026-03-29T07:00")), due(local("2026-10-25T07:00"))
    assert spring is not None
    assert autumn is not None
    assert spring.until_at - spring.since_at == timedelta(hours=23)
    assert autumn.until_at - autumn.since_at == timedelta(hours=25)


def test_not_a_second_too_early() -> None:
    yesterday = date(2026, 5, 4)
    assert due(local("2026-05-05T06:59:59.999999"), last_sent=yesterday) is None
    period = due(local("2026-05-05T07:00"), last_sent=yesterday)
    assert period is not None
    assert period.local_date == date(2026, 5, 5)


def test_a_machine_that_was_off_makes_up_the_day_once() -> None:
    before = date(2026, 5, 4)
    for late in ("2026-05-05T15:00", "2026-05-05T23:59:59"):
        period = due(local(late), last_sent=before)
        assert period is not None
        assert period.until_at == local("2026-05-05T07:00")
        assert due(local(late), last_sent=period.local_date) is None
    assert due(local("2026-05-06T00:00"), last_sent=before) is None


def test_three_days_asleep_are_one_digest() -> None:
    woken = local("2026-05-08T09:00")
    period = due(woken, last_sent=date(2026, 5, 4))
    assert period is not None
    assert period.local_date == date(2026, 5, 8)
    assert due(woken + timedelta(minutes=1), last_sent=period.local_date) is None


def test_a_late_hour_is_made_up_after_midnight_for_a_while() -> None:
    last = date(2026, 5, 4)
    struck = local("2026-05-05T23:55")
    for late, expected in [(timedelta(minutes=10), True), (MADE_UP_WITHIN, True)]:
        period = due(struck + late, at=time(23, 55), last_sent=last)
        assert (period is not None and period.local_date == date(2026, 5, 5)) is expected
    too_late = struck + MADE_UP_WITHIN + timedelta(seconds=1)
    assert due(too_late, at=time(23, 55), last_sent=last) is None


def test_nothing_is_made_up_from_before_the_installation() -> None:
    noon = local("2026-05-05T12:00")
    assert due(noon + timedelta(minutes=1), started_at=noon) is None
    tomorrow = due(local("2026-05-06T07:00"), started_at=noon)
    assert tomorrow is not None
    assert tomorrow.local_date == date(2026, 5, 6)


def test_moving_to_another_zone_never_repeats_a_date() -> None:
    """Sent in Auckland, then the reader moves to Los Angeles, where the date comes again."""
    sent = date(2026, 5, 6)
    assert due(local("2026-05-06T08:00", "America/Los_Angeles"), last_sent=sent) is None
    zone = "America/Los_Angeles"
    period = due(local("2026-05-07T08:00", zone), timezone=zone, last_sent=sent)
    assert period is not None
    assert period.local_date == date(2026, 5, 7)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(TIMES),
    st.lists(st.integers(1, 6000), min_size=1, max_size=60),
)
def test_whenever_the_machine_is_on_no_date_comes_twice_and_no_period_overlaps(
    zone: tuple[str, int], at: time, pauses: list[int]
) -> None:
    name, year = zone
    now = datetime(year, 1, 1, tzinfo=UTC)
    sent: list[DuePeriod] = []
    for minutes in pauses:
        now += timedelta(minutes=minutes)
        last = sent[-1].local_date if sent else None
        period = due(now, at=at, timezone=name, last_sent=last)
        if period is not None:
            assert period.since_at < period.until_at <= now
            assert not sent or period.local_date > sent[-1].local_date
            assert not sent or period.since_at >= sent[-1].until_at
            sent.append(period)
