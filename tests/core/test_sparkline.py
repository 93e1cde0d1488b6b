"""Small charts as paths."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.sparkline import bars, days_before, heights


def test_the_highest_takes_all_the_height_and_none_takes_none() -> None:
    assert heights([0, 5, 10], height=20) == [0, 10, 20]


def test_what_is_not_nothing_can_be_seen() -> None:
    assert heights([1, 10_000], height=20) == [1, 20]


def test_a_bar_stands_on_the_line_at_the_bottom() -> None:
    assert bars([0, 2], width=20, height=10, gap=2) == "M11 10v-10h8v10z"


def test_nothing_is_drawn_of_nothing() -> None:
    assert bars([], width=20, height=10) == ""
    assert bars([0, 0], width=20, height=10) == ""


def test_the_days_end_with_the_present_one() -> None:
    assert days_before(date(2026, 3, 2), 3) == (
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 2),
    )


@settings(max_examples=30)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_bars_stay_in_their_picture_in_order(counts: list[int]) -> None:
    path = bars(counts, width=84, height=24)
    drawn = re.findall(r"M([\d.]+) 24v-([\d.]+)h([\d.]+)v", path)
    assert len(drawn) == sum(count > 0 for count in counts)
    lefts = [float(left) for left, _, _ in drawn]
    assert lefts == sorted(lefts)
    assert all(float(left) + float(thick) <= 84.2 for left, _, thick in drawn)
    assert all(0 < float(high) <= 24 for _, high, _ in drawn)
