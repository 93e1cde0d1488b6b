"""What awaits a story, and what it is compared with."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    assign,
    fetched,
    get,
    group_input,
    joins,
    new,
    revise,
    singles,
    source,
    store,
)

from aggregator.core.fingerprint import fingerprint
from aggregator.storage.protocol import Storage
from aggregator.types import (
    ArticleText,
    Unassigned,
)

A, B = source("A"), source("B")


def test_what_awaits_a_story(storage: Storage) -> None:
    ids = store(
        storage,
        new("early", published_at=NOW - HOUR),
        new("future", published_at=NOW + HOUR, language=None),
        new("pending", page_host="example.com"),
        wanted=A,
    )
    waiting = storage.unassigned(limit=9)
    assert waiting == [
        Unassigned(
            article_id=ids[0],
            source="A",
            title="Headline early",
            url="https://example.com/early",
            at=NOW - HOUR,
            language="en",
            text="Text of early.",
        ),
        Unassigned(
            article_id=ids[1],
            source="A",
            title="Headline future",
            url="https://example.com/future",
            at=NOW,
            language=None,
            text="Text of future.",
        ),
    ]
    assert storage.unassigned(limit=1) == waiting[:1]
    assert storage.counts().unassigned == 2
    assign(storage, joins(ids[0], ids[0]))
    assert [item.article_id for item in storage.unassigned(limit=9)] == [ids[1]]


def test_the_order_of_the_unassigned_does_not_depend_on_their_arrival(
    open_fresh: Callable[[], Storage],
) -> None:
    articles = [
        (B, new("1", url="https://example.com/a", title="A")),
        (A, new("2", url="https://example.com/b", title="B")),
        (A, new("3", url="https://example.com/a", title="B")),
        (A, new("4", url="https://example.com/a", title="A")),
        (A, new("5", url="https://example.com/z", published_at=NOW - HOUR)),
    ]
    orders = set()
    for permuted in itertools.islice(itertools.permutations(articles), 0, 120, 17):
        storage = open_fresh()
        for wanted, article in permuted:
            store(storage, article, wanted=wanted)
        orders.add(
            tuple((item.source, item.url, item.title) for item in storage.unassigned(limit=9))
        )
    assert orders == {
        (
            ("A", "https://example.com/z", "Headline 5"),
            ("A", "https://example.com/a", "A"),
            ("A", "https://example.com/a", "B"),
            ("A", "https://example.com/b", "B"),
            ("B", "https://example.com/a", "A"),
        )
    }


def test_the_window_comes_in_the_order_of_assignment(storage: Storage) -> None:
    ids = store(storage, *(new(str(n), published_at=NOW - n * HOUR) for n in range(5)))
    order = [3, 0, 4, 1]
    singles(storage, [ids[place] for place in order])
    window = list(storage.window(span=3 * HOUR))
    assert [item.article_id for item, _ in window] == [ids[3], ids[0], ids[1]]
    item, assignment = window[0]
    assert (item.source, item.at, item.url) == ("Example", NOW - 3 * HOUR, "https://example.com/3")
    assert item.fingerprint == fingerprint("Headline 3", "Text of 3.", "en")
    assert assignment == joins(ids[3], ids[3])


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(), [2]),
        (HOUR - timedelta(microseconds=1), [2]),
        (HOUR, [1, 2]),
        (50 * HOUR, [0, 1, 2]),
    ],
)
def test_the_window_ends_with_the_newest_that_is_assigned(
    storage: Storage, span: timedelta, expected: list[int]
) -> None:
    """However late it is by the clock, and whatever waits."""
    old = NOW - 1_000 * HOUR
    times = (old - 50 * HOUR, old - HOUR, old, NOW)
    ids = store(storage, *(new(str(n), published_at=at) for n, at in enumerate(times)))
    singles(storage, ids[:3])
    window = [item.article_id for item, _ in storage.window(span=span)]
    assert window == [ids[place] for place in expected]


def test_one_that_left_its_story_is_not_the_newest(storage: Storage) -> None:
    ids = store(storage, new("old", published_at=NOW - 50 * HOUR), new("new"))
    singles(storage, ids)
    assert [item.article_id for item, _ in storage.window(span=HOUR)] == [ids[1]]
    revise(storage, ids[1], new("new", text="Another text altogether."), at=NOW)
    assert [item.article_id for item, _ in storage.window(span=HOUR)] == [ids[0]]


def test_the_window_goes_before_1970(storage: Storage) -> None:
    ids = store(
        storage,
        *(new(str(year), published_at=datetime(year, 1, 1, tzinfo=UTC)) for year in (1960, 1961)),
    )
    singles(storage, ids)
    year = timedelta(days=366)
    assert [item.article_id for item, _ in storage.window(span=year)] == ids


def test_fingerprints_come_with_the_assignment(storage: Storage) -> None:
    [article_id] = store(storage, new("1", text="First text."))
    first = group_input(storage, article_id)
    storage.assign([(first, joins(article_id, article_id))], now=NOW)
    assert list(storage.window(span=HOUR)) == [(first, joins(article_id, article_id))]
    # One that has its assignment keeps its fingerprint too.
    other = replace(first, fingerprint=fingerprint("Other", "Other words altogether.", "en"))
    storage.assign([(other, joins(article_id, article_id))], now=NOW)
    assert [item for item, _ in storage.window(span=HOUR)] == [first]


def test_fingerprints_are_replaced_when_an_article_is_assigned_anew(storage: Storage) -> None:
    ids = store(storage, new("1", text="First text."), new("2"))
    singles(storage, ids)
    revise(storage, ids[0], new("1", text="A second text, longer than the first."), at=NOW)
    [waiting] = storage.unassigned(limit=9)
    assert (waiting.article_id, waiting.text) == (ids[0], "A second text, longer than the first.")
    assert [item.article_id for item, _ in storage.window(span=HOUR)] == [ids[1]]
    anew = group_input(storage, ids[0])
    storage.assign([(anew, joins(ids[0], ids[1]))], now=NOW)
    window = list(storage.window(span=HOUR))
    assert [item.article_id for item, _ in window] == [ids[1], ids[0]]  # in the order of assignment
    assert window[1] == (replace(anew, version=0), joins(ids[0], ids[1]))
    assert anew.fingerprint.length == 7
    assert storage.check() == []


def test_one_that_left_its_story_is_recalled_as_it_was(storage: Storage) -> None:
    ids = store(storage, new("1", text="First text."), new("2"), new("3"))
    singles(storage, ids)
    [before] = storage.recall(ids[:1])
    assert storage.taken_out() == []
    state = storage.grouping_state()
    revise(storage, ids[0], new("1", title="Another", text="A second text."), at=NOW)
    revise(storage, ids[1], new("2", text="Changed.", page_host="example.com"), at=NOW)
    assert sorted(storage.taken_out()) == ids[:2]
    assert storage.recall(ids[:1]) == [before]
    assert [item.article_id for item, _ in storage.window(span=HOUR)] == ids[2:]
    assert storage.check() == []
    singles(storage, ids[:1])
    assert storage.taken_out() == ids[1:2]
    assert [item.title for item in storage.recall(ids[:1])] == ["Another"]
    assert storage.grouping_state() == state


def test_the_window_is_to_be_read_anew_when_the_newest_day_has_no_article_left(
    storage: Storage,
) -> None:
    times = (NOW - 72 * HOUR, NOW - HOUR, NOW)
    ids = store(storage, *(new(str(n), published_at=at) for n, at in enumerate(times)))
    singles(storage, ids)
    state = storage.grouping_state()
    revise(storage, ids[2], new("2", text="Changed.", published_at=NOW), at=NOW)
    assert storage.grouping_state() == state
    revise(storage, ids[1], new("1", text="Changed.", published_at=NOW - HOUR), at=NOW)
    assert storage.grouping_state() > state


def test_an_edited_headline_changes_nothing_of_what_is_compared(storage: Storage) -> None:
    [article_id] = store(storage, new("1"))
    singles(storage, [article_id])
    kept = list(storage.window(span=HOUR))
    revise(storage, article_id, new("1", title="Another headline", text="Text of 1."), at=NOW)
    assert list(storage.window(span=HOUR)) == kept
    assert [item.title for item in storage.recall([article_id])] == ["Headline 1"]


def test_a_headline_alone_does_not_send_it_back(storage: Storage) -> None:
    [article_id] = store(storage, new("1"))
    singles(storage, [article_id])
    revise(storage, article_id, new("1", title="Another headline", text="Text of 1."), at=NOW)
    assert storage.unassigned(limit=9) == []
    assert get(storage, article_id).summary.title == "Another headline"
    assert storage.check() == []


def test_one_whose_text_changes_while_its_page_is_awaited(storage: Storage) -> None:
    [article_id] = store(storage, new("1"))
    singles(storage, [article_id])
    revise(storage, article_id, new("1", text="Changed.", page_host="example.com"), at=NOW)
    assert storage.unassigned(limit=9) == []
    [taken] = storage.claim_texts("example.com", now=NOW, lease=LEASE, limit=1)
    storage.record_text(fetched(taken, ArticleText(title="", text="The changed page.")))
    assert [item.text for item in storage.unassigned(limit=9)] == ["The changed page."]


def test_a_language_of_the_source_overrides_the_article(storage: Storage) -> None:
    store(storage, new("1", language="fr"), wanted=source("A", language="de"))
    assert [item.language for item in storage.unassigned(limit=9)] == ["de"]


def test_a_long_window(storage: Storage) -> None:
    ids = store(storage, *(new(str(number)) for number in range(1_203)))
    first = group_input(storage, ids[0])
    storage.assign(
        [(replace(first, article_id=one), joins(one, ids[0])) for one in ids],
        now=NOW,
    )
    assert [item.article_id for item, _ in storage.window(span=HOUR)] == ids


def test_a_window_left_halfway_holds_nothing_up(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"))
    singles(storage, ids)
    window = storage.window(span=HOUR)
    next(window)
    store(storage, new("3"))  # what is written meanwhile does not show
    assert len(list(window)) == 1
    next(storage.window(span=HOUR))
    storage.close()
