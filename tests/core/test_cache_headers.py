"""B13: what an answer's caching headers ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.cache_headers import MAX_WAIT, not_before

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
DATE = "Tue, 03 Mar 2026 12:00:00 GMT"


def minutes(**headers: str) -> float | None:
    """From the fetch to the next poll; underscores in names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    at = not_before(named, now=AT, fetched_at=AT).at
    return (at - AT).total_seconds() / 60 if at else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("max-age=1800", 30),
        ("public, max-age=1800, must-revalidate", 30),
        ('private,MAX-AGE = "1800"', 30),
        ("max-age=1800 public", 30),
        ("max-age=1800, max-age=600", 10),
        ("s-maxage=9000, max-age=600", 10),
        ("s-maxage=9000", None),
        ("max-age=0", None),
        ("max-age=-1", None),
        ("max-age=", None),
        ("max-age", None),
        ("max-age=soon", None),
        ("max-age=86401", 1440),
        ("max-age=31536000, immutable", 1440),
        ("max-age=" + "9" * 5_000, 1440),
        ("public", None),
        ("", None),
    ],
)
def test_b13_max_age(value: str, expected: float | None) -> None:
    assert minutes(cache_control=value) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [("0", 60), ("600", 50), ("3600", None), ("9999999999", None), ("-5", 60), ("x", 60), ("", 60)],
)
def test_b13_less_age(age: str, expected: float | None) -> None:
    assert minutes(cache_control="max-age=3600", age=age) == expected


@pytest.mark.parametrize("directive", ["no-cache", "no-store", "No-Cache", 'no-cache="set-cookie"'])
def test_b13_no_cache_and_no_store_say_nothing_about_when(directive: str) -> None:
    for value in (directive, f"{directive}, max-age=3600", f"max-age=3600, {directive}"):
        assert minutes(cache_control=value, expires="Tue, 03 Mar 2026 13:00:00 GMT") is None


@pytest.mark.parametrize(
    ("expires", "date", "expected"),
    [
        ("Tue, 03 Mar 2026 12:30:00 GMT", DATE, 30),
        ("Tuesday, 03-Mar-26 12:30:00 GMT", DATE, 30),
        ("Tue Mar  3 12:30:00 2026", DATE, 30),
        # The server's clock is wrong by an hour; what counts is the difference.
        ("Tue, 03 Mar 2026 13:30:00 GMT", "Tue, 03 Mar 2026 13:00:00 GMT", 30),
        ("Tue, 03 Mar 2026 12:30:00 GMT", "", 30),
        ("Tue, 03 Mar 2026 12:00:00 GMT", DATE, None),
        ("Mon, 02 Mar 2026 12:00:00 GMT", DATE, None),
        ("Fri, 06 Mar 2026 12:00:00 GMT", DATE, 1440),
        ("0", DATE, None),
        ("-1", DATE, None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", DATE, None),
    ],
)
def test_b13_else_expires_relative_to_date(expires: str, date: str, expected: float | None) -> None:
    assert minutes(expires=expires, date=date) == expected


def test_b13_max_age_counts_before_expires() -> None:
    later = "Tue, 03 Mar 2026 18:00:00 GMT"
    assert minutes(cache_control="max-age=600", expires=later, date=DATE) == 10
    assert minutes(cache_control="max-age=0", expires=later, date=DATE) is None
    assert minutes(cache_control="public", expires=later, date=DATE) == 360


def test_b13_it_is_counted_from_the_fetch_and_may_be_over() -> None:
    headers = {"cache-control": "max-age=600"}
    later = AT + timedelta(minutes=7)
    assert not_before(headers, now=later, fetched_at=AT).at == AT + timedelta(minutes=10)
    assert not_before(headers, now=AT + timedelta(minutes=10), fetched_at=AT).at is None


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "No header says when to come back."),
        (
            {"cache-control": "no-store, no-cache"},
            "Cache-Control is no-cache and no-store, which says nothing about when to come back.",
        ),
        (
            {"cache-control": "max-age=5400", "age": "600"},
            "Cache-Control allows 1h30m, of which 1h20m are left: not before 2026-03-03 13:20 UTC.",
        ),
        (
            {"cache-control": "max-age=604800"},
            "Cache-Control allows 7d, counted as 1d: not before 2026-03-04 12:00 UTC.",
        ),
        (
            {"expires": "Tue, 03 Mar 2026 12:30:00 GMT", "date": DATE},
            "Expires is 30m after Date: not before 2026-03-03 12:30 UTC.",
        ),
        ({"cache-control": "max-age=0"}, "Cache-Control allows 0s, which is over."),
        (
            {"cache-control": "max-age=x"},
            "Cache-Control has a max-age that is no number of seconds.",
        ),
        ({"expires": "0"}, "Expires is no date, so it is over."),
    ],
)
def test_b13_it_is_told_in_words(headers: dict[str, str], why: str) -> None:
    assert not_before(headers, now=AT, fetched_at=AT).why == why


@given(
    st.dictionaries(
        st.sampled_from(["cache-control", "age", "expires", "date"]), st.text(max_size=40)
    ),
    st.integers(0, 10**12),
)
def test_b13_nothing_keeps_a_feed_away_for_more_than_a_day(
    headers: dict[str, str], seconds: int
) -> None:
    for one in (headers, headers | {"cache-control": f"max-age={seconds}"}):
        found = not_before(one, now=AT, fetched_at=AT)
        assert found.at is None or AT < found.at <= AT + MAX_WAIT
