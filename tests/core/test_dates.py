"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.dates import EARLIEST, LATEST, parse_date, parse_zoned, zone_offset

MOMENTS = st.datetimes(
    min_value=EARLIEST.replace(tzinfo=None) + timedelta(days=1),
    max_value=LATEST.replace(tzinfo=None) - timedelta(days=1),
)
ZONES = st.integers(min_value=-14 * 60, max_value=14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tue, 03 Mar 2026 09:15:00 +0100", "2026-03-03T08:15:00"),
        ("Tue, 3 Mar 2026 09:15 GMT", "2026-03-03T09:15:00"),
        ("3 Mar 26 09:15:00 EST", "2026-03-03T14:15:00"),
        ("Tue, 03 Mar 98 09:15:00 Z", "1998-03-03T09:15:00"),
        ("Tue, 03 Mar 2026 09:15:00 GMT+01:00", "2026-03-03T08:15:00"),
        ("Tue, 03 Mar 2026 09:15:00 +0100 (CET)", "2026-03-03T08:15:00"),
        ("Tue, 03 Mar 2026 09:15:00 CEST", "2026-03-03T07:15:00"),
        ("Tue, 03 Mar 2026 09:15:00 IST", "2026-03-03T03:45:00"),
        ("Tue, 03 Mar 2026 09:15:00 XYZ", "2026-03-03T09:15:00"),
        ("Tue, 03 Mar 2026 09:15:60 GMT", "2026-03-03T09:15:59"),
        ("Tuesday, March 3, 2026 9:15 PM", "2026-03-03T21:15:00"),
        ("Mar 3 2026 12:05:00 AM", "2026-03-03T00:05:00"),
        ("Tue Mar  3 09:15:00 2026", "2026-03-03T09:15:00"),
        ("Tue Mar  3 09:15:00 CET 2026", "2026-03-03T08:15:00"),
        ("Ter, 03 Mar 2026 09:15:00 -0300", "2026-03-03T12:15:00"),
        ("mar, 03 févr. 2026 09:15:00 +0100", "2026-02-03T08:15:00"),
        ("Di, 03 März 2026 09:15:00 +0100", "2026-03-03T08:15:00"),
        ("3 de agosto de 2026", "2026-08-03T00:00:00"),
        ("Вт, 03 мар 2026 09:15:00 +0300", "2026-03-03T06:15:00"),
        ("2026-03-03T09:15:00Z", "2026-03-03T09:15:00"),
        ("2026-03-03T09:15:00.1234567+05:30", "2026-03-03T03:45:00.123456"),
        ("2026-03-03 09:15:00", "2026-03-03T09:15:00"),
        ("2026-03-03T24:00:00Z", "2026-03-04T00:00:00"),
        ("2026-03-03", "2026-03-03T00:00:00"),
        ("2026-03", "2026-03-01T00:00:00"),
        ("20260303T091500Z", "2026-03-03T09:15:00"),
        ("2026/03/03 09:15", "2026-03-03T09:15:00"),
    ],
)
def test_reads(written: str, read: str) -> None:
    assert parse_date(f" {written}\n") == datetime.fromisoformat(read).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "now",
        "2026",
        "0001-01-01T00:00:00Z",
        "-0001-11-30T00:00:00+00:00",
        "0000-00-00 00:00:00",
        "9999-12-31T23:59:59Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2026-02-30T00:00:00Z",
        "2026-03-03T25:00:00Z",
        "2026-03-03T10:00:00+99:00",
        "Tue, 03 Mar 2026 10:00:00 +9900",
        "Tue, 03 Foo 2026 10:00:00 GMT",
        "Tue, 03 Mar 2026 10:99:00 GMT",
        "1" * 10_000,
        "yesterday at noon",
    ],
)
def test_is_no_date(written: str) -> None:
    assert parse_date(written) is None


@given(MOMENTS, ZONES)
def test_reads_what_others_write(moment: datetime, zone: timezone) -> None:
    there = moment.replace(tzinfo=UTC).astimezone(zone)
    assert parse_date(there.isoformat()) == there
    assert parse_date(format_datetime(there)) == there.replace(microsecond=0)


@given(st.one_of(st.text(max_size=90), st.text("0123456789-:+TZ.,/ aeJMunprPAM", max_size=40)))
def test_never_raises(written: str) -> None:
    found = parse_date(written)
    assert found is None or (EARLIEST <= found < LATEST and found.tzinfo is UTC)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("Tue, 03 Mar 2026 09:15:00 +0100", 60),
        ("2026-03-03T09:15:00-03:30", -210),
        ("2026-03-03T09:15:00Z", 0),
        ("3 Mar 26 09:15:00 EST", -300),
        ("Tue, 03 Mar 2026 09:15:00 Etc/UTC", 0),
        ("Tue Mar  3 09:15:00 CET 2026", 60),
        ("2026-03-03T09:15:00", None),
        ("2026-03-03", None),
        ("Tue, 03 Mar 2026 09:15:00 XYZT", None),
    ],
)
def test_the_zone_that_is_named(written: str, minutes: int | None) -> None:
    parsed = parse_zoned(written)
    assert parsed is not None
    assert parsed[0] == parse_date(written)
    assert parsed[1] == (None if minutes is None else timedelta(minutes=minutes))


def test_zones() -> None:
    assert zone_offset("cet") == zone_offset("+01:00") == zone_offset("GMT+1") == timedelta(hours=1)
    assert zone_offset("") is zone_offset("nowhere") is zone_offset("+99:00") is None
    assert parse_zoned("soon") is None
