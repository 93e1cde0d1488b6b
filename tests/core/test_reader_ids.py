"""Names that readers' apps have for items, streams, times and groups."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.fever_ids import group_number, numbers_in
from aggregator.core.greader_ids import (
    Stream,
    StreamKind,
    item_number,
    label_of,
    long_id,
    microseconds,
    moment,
    parse_stream,
    seconds,
)

AT = datetime(2026, 3, 30, 12, 30, 15, 250_000, tzinfo=UTC)


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_every_form_of_an_items_name_means_its_number(number: int) -> None:
    assert item_number(long_id(number)) == number
    assert item_number(f"{number:016x}") == number
    if len(str(number)) != 16:  # such a number is read as hexadecimal; none of ours is so large
        assert item_number(str(number)) == number


@pytest.mark.parametrize("name", ["", "0", "-1", "x", "1.5", "tag:google.com,2005:reader/item/z"])
def test_what_is_no_items_name_is_none(name: str) -> None:
    assert item_number(name) is None


def test_a_negative_number_in_hexadecimal_is_none_of_ours() -> None:
    assert item_number("ffffffffffffffff") is None


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("feed/12", Stream(StreamKind.FEED, "12")),
        ("feed/https://a.example/?x=1", Stream(StreamKind.FEED, "https://a.example/?x=1")),
        ("user/-/label/World", Stream(StreamKind.LABEL, "World")),
        ("user/phone/label/a/b", Stream(StreamKind.LABEL, "a/b")),
        ("user/1005921515/state/com.google/read", Stream(StreamKind.STATE, "read")),
        ("feed/", None),
        ("user/-/state/com.google/", None),
        ("splice/1", None),
        ("", None),
    ],
)
def test_a_stream_is_a_feed_a_label_or_a_state(name: str, stream: Stream | None) -> None:
    assert parse_stream(name) == stream


def test_only_a_label_is_a_label() -> None:
    assert label_of("user/-/label/World") == "World"
    assert label_of("user/-/state/com.google/read") is None
    assert label_of("World") is None


def test_a_time_is_read_in_whatever_parts_of_a_second_it_counts() -> None:
    whole = AT.replace(microsecond=0)
    assert moment(str(seconds(AT))) == whole
    assert moment(str(microseconds(AT) // 1_000)) == AT
    assert moment(str(microseconds(AT))) == AT
    assert moment(str(microseconds(AT) * 1_000)) == AT


@pytest.mark.parametrize("written", ["", "0", "-5", "soon", "9" * 40])
def test_what_is_no_time_is_none(written: str) -> None:
    assert moment(written) is None


def test_a_group_keeps_its_number_whatever_the_case_of_its_tag() -> None:
    assert group_number("World") == group_number("world") == 13_193_140
    assert 0 < group_number("регионы") < 2**31


def test_a_list_of_numbers_may_have_anything_else_in_it() -> None:
    assert numbers_in("3, 1,x,,-2,٣,4", most=10) == [3, 1, 4]
    assert numbers_in("1,2,3", most=2) == [1, 2]
    assert numbers_in("", most=2) == []
