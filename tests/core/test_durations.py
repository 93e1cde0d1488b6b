"""Durations and sizes: reading, writing, and that they agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.durations import format_duration, format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45),
        ("30m", 1_800),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        (" 2d ", 172_800),
        ("1w", 604_800),
        ("90m", 5_400),
        ("0s", 0),
        ("500ms", 0.5),
        ("1m500ms", 60.5),
        ("1w2d3h4m5s6ms", 788_645.006),
    ],
)
def test_reads_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "as in 45s, 30m"),
        (" ", "as in 45s, 30m"),
        ("30", "needs its unit: 30s, 30m, 30h or 30d"),
        ("1.5", "needs its unit"),
        ("1.5h", "as in 45s, 30m"),
        ("30 minutes", "as in 45s, 30m"),
        ("30M", "as in 45s, 30m"),
        ("-5m", "as in 45s, 30m"),
        ("5m1h", "as in 45s, 30m"),
        ("5m5m", "as in 45s, 30m"),
        ("٣m", "as in 45s, 30m"),
        ("99999999d", "as in 45s, 30m"),
        ("1h\n30m junk", "as in 45s, 30m"),
    ],
)
def test_refuses_what_is_no_duration(text: str, fragment: str) -> None:
    with pytest.raises(ValueError, match=fragment):
        parse_duration(text)


@given(st.text(alphabet="0123456789wdhms. -", max_size=14))
def test_never_raises_anything_but_value_error(text: str) -> None:
    try:
        value = parse_duration(text)
    except ValueError:
        return
    assert value >= timedelta()


@given(st.integers(0, 999_999 * 86_400_000))
def test_a_written_duration_reads_as_itself(milliseconds: int) -> None:
    value = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(days=14), "14d"),
        (timedelta(seconds=1, microseconds=2_500), "1s2ms"),
        (timedelta(microseconds=10), "0s"),
    ],
)
def test_writes_durations(value: timedelta, text: str) -> None:
    assert format_duration(value) == text


def test_refuses_to_write_what_is_negative() -> None:
    with pytest.raises(ValueError, match="never negative"):
        format_duration(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="never negative"):
        format_size(-1)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("512B", 512),
        ("500kB", 500_000),
        ("500KB", 500_000),
        ("10MB", 10_000_000),
        ("10 MiB", 10_485_760),
        ("1GiB", 1_073_741_824),
        ("2GB", 2_000_000_000),
        ("64KiB", 65_536),
    ],
)
def test_reads_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "10", "10M", "1.5MB", "-1MB", "10mb", "MB", "1TB"])
def test_refuses_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="as in 10MB or 32MiB"):
        parse_size(text)


@given(st.integers(0, 10**14))
def test_a_written_size_reads_as_itself(size: int) -> None:
    assert parse_size(format_size(size)) == size


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0B"), (33_554_432, "32MiB"), (10_000, "10kB"), (1_001, "1001B")]
)
def test_writes_sizes(size: int, text: str) -> None:
    assert format_size(size) == text
