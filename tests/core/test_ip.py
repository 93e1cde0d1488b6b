"""Addresses are told from names, and an IPv4 one is the same however it is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from aggregator.core.ip import ip_of


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::1", "::1"),
    ],
)
def test_an_address_that_stands_for_another_is_that_one(text: str, meant: str) -> None:
    assert ip_of(text) == ip_address(meant)


@pytest.mark.parametrize("text", ["", "news.example.org", "[::1]", "192.0.2", "192.0.2.7/32"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert ip_of(text) is None
