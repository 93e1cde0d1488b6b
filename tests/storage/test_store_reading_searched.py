"""Searches for what a person has read or starred find what the marks say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from readermaker import WHOLE
from storemaker import HOUR, NOW, new, source, source_id, store

from aggregator.core.query import parse
from aggregator.storage.protocol import Order, Storage
from aggregator.types import Marks

COAST, INLAND = source("Coast"), source("Inland")
ORDERS: tuple[Order, ...] = ("newest", "relevance")
Test = Callable[[Marks, bool], bool]
"""Of an article's marks, and whether it has the word."""


@pytest.fixture
def twelve(storage: Storage) -> dict[int, bool]:
    """By id, whether it tells of a ferry: every third does. Of Coast all is read up to the seventh,
    but for the first, which was marked unread; of Inland only what was marked."""
    known = {}
    for number in range(12):
        text = "The ferry sails" if number % 3 == 0 else "Rain on the hills"
        article = new(str(number), text=text)
        wanted = INLAND if number % 2 else COAST
        [one] = store(storage, article, wanted=wanted, at=NOW + number * HOUR)
        known[one] = number % 3 == 0
    every = [*known]
    storage.mark_all_read([source_id(storage, "Coast")], until=every[6], now=NOW)
    storage.mark_unread([every[0]], now=NOW)
    storage.mark_read([every[3], every[5], every[10]], now=NOW)
    storage.star([every[0], every[3], every[4], every[9]], now=NOW)
    return known


def found(storage: Storage, text: str, order: Order = "newest") -> list[int]:
    page = storage.search(parse(text, now=NOW), limit=99, order=order)
    return [hit.article.article_id for hit in page.hits]


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("is:unread", lambda marks, _: not marks.read),
        ("is:read", lambda marks, _: marks.read),
        ("ferry is:unread", lambda marks, ferry: ferry and not marks.read),
        ("ferry is:read", lambda marks, ferry: ferry and marks.read),
        ("ferry -is:unread", lambda marks, ferry: ferry and marks.read),
        ("ferry -is:read", lambda marks, ferry: ferry and not marks.read),
        ("is:unread is:starred", lambda marks, _: marks.starred and not marks.read),
        ("is:unread OR is:starred", lambda marks, _: marks.starred or not marks.read),
        ("rain (is:read OR is:starred)", lambda m, ferry: not ferry and (m.read or m.starred)),
        ("is:read -(ferry OR is:starred)", lambda m, ferry: m.read and not (ferry or m.starred)),
        ("is:read is:unread", lambda _, __: False),
    ],
)
def test_what_is_found_is_as_it_is_marked(
    storage: Storage, twelve: dict[int, bool], text: str, test: Test
) -> None:
    marks = storage.marks(twelve)
    expected = [one for one, ferry in twelve.items() if test(marks[one], ferry)]
    query = parse(text, now=NOW)
    for order in ORDERS:
        assert sorted(found(storage, text, order)) == expected
    assert found(storage, text) == expected[::-1]
    assert storage.search_counts(query).articles == len(expected)
    assert [one.summary.article_id for one in storage.matching(query, limit=99)] == expected


def test_where_all_is_read_nothing_is_unread(storage: Storage, twelve: dict[int, bool]) -> None:
    storage.mark_all_read(None, until=WHOLE, now=NOW)
    for text in ("is:unread", "ferry is:unread", "ferry -is:read"):
        for order in ORDERS:
            assert found(storage, text, order) == []
        assert storage.matching(parse(text, now=NOW), limit=9) == []
    assert found(storage, "is:read") == [*twelve][::-1]


def test_an_empty_store_has_nothing_unread(storage: Storage) -> None:
    assert found(storage, "is:unread") == []


def test_what_is_read_between_two_pages_is_on_no_later_one(
    storage: Storage, twelve: dict[int, bool]
) -> None:
    query = parse("is:unread", now=NOW)
    before = found(storage, "is:unread")
    first = storage.search(query, limit=2)
    storage.mark_read([before[0], before[3]], now=NOW)
    rest = storage.search(query, limit=99, after=first.after)
    shown = [hit.article.article_id for hit in (*first.hits, *rest.hits)]
    assert shown == [*before[:3], *before[4:]]


def test_a_digest_asks_when_its_edition_is_made(storage: Storage, twelve: dict[int, bool]) -> None:
    query = parse("is:unread", now=NOW)
    span = {"since": NOW - HOUR, "until": NOW + 99 * HOUR}
    marks = storage.marks(twelve)
    assert storage.digest_matches(query, **span) == {one for one in twelve if not marks[one].read}
    storage.mark_all_read(None, until=WHOLE, now=NOW)
    assert storage.digest_matches(query, **span) == set()
