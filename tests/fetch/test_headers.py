"""Header fields, sent and read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.headers import (
    as_mapping,
    basic_authorization,
    declared_length,
    merged,
    retry_after,
    user_agent,
    validator,
    without_secrets,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (None, "aggregator/1.2"),
        ("", "aggregator/1.2"),
        ("desk@example.org", "aggregator/1.2 (desk@example.org)"),
        ("https://example.org/bot", "aggregator/1.2 (+https://example.org/bot)"),
        ("a (b)\\\r\nX: é", "aggregator/1.2 (a bX:)"),
    ],
)
def test_b23_user_agent(contact: str | None, expected: str) -> None:
    assert user_agent("1.2", contact) == expected


def test_b23_the_user_agent_leads_to_the_program_and_to_its_operator() -> None:
    home = "https://example.org/aggregator"
    both = "aggregator/1.2 (+https://example.org/aggregator; desk@example.org)"
    assert user_agent("1.2", "desk@example.org", home=home) == both
    assert user_agent("1.2", None, home=home) == f"aggregator/1.2 (+{home})"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 12:05:00 GMT", 300),
        ("Monday, 02-Mar-26 12:05:00 GMT", 300),
        ("Mon Mar  2 12:05:00 2026", 300),
        ("Mon, 02 Mar 2026 11:59:59 GMT", None),
        ("Mon, 02 Mar 2026 12:05:00 -0000", 300),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("١٢", None),
        ("Mon, 99 Foo 9999 99:99:99 GMT", None),
    ],
)
def test_b15_retry_after(value: str | None, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, now=NOW) == expected


def test_b15_a_retry_after_of_many_digits_is_long_and_no_error() -> None:
    pause = retry_after("9" * 5_000, now=NOW)
    assert pause is not None
    assert pause > timedelta(days=3650)


@given(st.text())
def test_b15_no_retry_after_raises(value: str) -> None:
    pause = retry_after(value, now=NOW)
    assert pause is None or pause >= timedelta()


def test_later_layers_replace_earlier_ones_by_name() -> None:
    sent = merged([("Accept", "*/*"), ("User-Agent", "a")], [("user-agent", "b")])
    assert sent == [(b"Accept", b"*/*"), (b"user-agent", b"b")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-A", "a\r\nX-B: c"), ("X A", "a"), ("", "a"), ("X-A", "日本"), ("X-A", " a"), ("Xé", "a")],
)
def test_a_field_that_cannot_be_sent_is_named_and_its_value_is_not(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent") as caught:
        merged([(name, value)])
    assert repr(name) in str(caught.value)
    assert repr(value) not in str(caught.value)


def test_secrets_are_everything_that_is_not_known_to_be_none() -> None:
    fields = (("Authorization", "x"), ("X-Api-Key", "x"), ("user-agent", "x"), ("Accept", "x"))
    assert without_secrets(fields) == (("user-agent", "x"), ("Accept", "x"))


def test_a_login_is_decoded_before_it_is_encoded() -> None:
    assert basic_authorization("me:p%40ss") == ("Authorization", "Basic bWU6cEBzcw==")
    assert basic_authorization("me") == ("Authorization", "Basic bWU6")


def test_fields_keep_their_bytes_and_repeated_ones_are_joined() -> None:
    raw = [(b"ETag", b'"\xc3\xa9"'), (b"Vary", b"a"), (b"vary", b"b")]
    assert as_mapping(raw) == {"etag": '"\u00c3\u00a9"', "vary": "a, b"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [('W/"a-gzip"', True), ("unquoted", True), ("", False), ("a\x00b", False), ("x" * 9999, False)],
)
def test_a_validator_that_could_not_be_sent_back_is_none(value: str, kept: bool) -> None:
    assert validator({"etag": value}, "etag") == (value if kept else None)


@pytest.mark.parametrize(
    ("value", "length"), [("5", 5), ("-5", None), ("5, 5", None), ("٥", None), ("9" * 50, None)]
)
def test_declared_length(value: str, length: int | None) -> None:
    assert declared_length({"content-length": value}) == length
    assert declared_length({}) is None
