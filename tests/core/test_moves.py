"""Where a feed is, when its publisher moves it or takes it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.moves import MOVED_AFTER, after_gone, relocated, with_login
from aggregator.core.next_poll import GONE_CONFIRMED_AFTER
from aggregator.types import (
    FailureGrade,
    FeedState,
    Fetched,
    FetchFailed,
    NotModified,
    Source,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(name="Example", url="https://example.com/feed.xml")
STATE = FeedState(next_poll_at=NOW, etag='"old"', last_modified="then")
NEW, OTHER = "https://feeds.example.org/new.xml", "https://example.com/other.xml"


def answered(moved_to: str | None, etag: str | None = '"new"') -> Fetched:
    return Fetched(
        url=moved_to or SOURCE.url,
        status=200,
        headers={},
        body=b"",
        etag=etag,
        last_modified=None,
        elapsed=timedelta(),
        moved_to=moved_to,
    )


def same(moved_to: str | None) -> NotModified:
    return NotModified(
        url=SOURCE.url, etag=None, last_modified=None, elapsed=timedelta(), moved_to=moved_to
    )


def failed(status: int | None) -> FetchFailed:
    return FetchFailed(url=SOURCE.url, grade=FailureGrade.SOFT, reason="no", status=status)


def follow(*targets: str | None, state: FeedState = STATE, source: Source = SOURCE) -> FeedState:
    for target in targets:
        state = relocated(state, answered(target), source=source)
    return state


def test_b21_three_answers_in_a_row_are_believed() -> None:
    assert MOVED_AFTER == 3
    twice = follow(NEW, NEW)
    assert (twice.address, twice.moved_to, twice.moved_times) == (None, NEW, 2)
    moved = follow(NEW, state=twice)
    assert (moved.address, moved.moved_to, moved.moved_times) == (NEW, None, 0)


def test_b08_the_new_address_has_its_own_validators() -> None:
    moved = follow(NEW, NEW, NEW)
    assert (moved.etag, moved.last_modified) == ('"new"', None)
    twice = follow(NEW, NEW)
    unchanged = relocated(replace(twice, etag='"new"'), same(NEW), source=SOURCE)
    assert (unchanged.address, unchanged.etag) == (NEW, '"new"')


@given(st.lists(st.sampled_from([NEW, OTHER, None]), max_size=12))
def test_b21_only_a_run_of_the_same_target_moves_a_feed(targets: list[str | None]) -> None:
    state, run, last = STATE, 0, None
    for target in targets:
        run = run + 1 if target == last else 1
        last = target
        before = state.address
        state = follow(target, state=state)
        if target is not None and run % MOVED_AFTER == 0:
            assert state.address == target
        else:
            assert state.address == before


def test_b21_a_feed_that_moves_back_has_no_other_address() -> None:
    away = follow(NEW, NEW, NEW)
    back = follow(*[SOURCE.url] * 3, state=away)
    assert back.address is None


@pytest.mark.parametrize("status", [None, 404, 503, 410])
def test_b21_a_failure_ends_the_run(status: int | None) -> None:
    twice = follow(NEW, NEW)
    broken = after_gone(twice, failed(status), now=NOW)
    assert (broken.moved_to, broken.moved_times) == (None, 0)
    assert follow(NEW, NEW, state=broken).address is None


@pytest.mark.parametrize(
    ("url", "target", "wanted"),
    [
        ("https://me:secret@example.com/a", "https://example.com/b", "https://me:secret@example.com/b"),
        ("http://me:secret@example.com/a", "https://example.com/b", "https://me:secret@example.com/b"),
        ("https://me:secret@example.com/a", "http://example.com/b", "http://example.com/b"),
        ("https://me:secret@example.com/a", "https://www.example.com/b", "https://www.example.com/b"),
        ("https://me:secret@example.com/a", "https://example.com:8443/b", "https://example.com:8443/b"),
        ("https://example.com/a", "https://example.com/b", "https://example.com/b"),
        ("https://example.com/a@b", "https://example.com/c", "https://example.com/c"),
        ("https://me:p@ss@example.com/a", "https://example.com/b", "https://me:p@ss@example.com/b"),
    ],
)  # fmt: skip
def test_b21_a_login_stays_on_its_origin(url: str, target: str, wanted: str) -> None:
    assert with_login(target, url) == wanted


def test_b19_a_410_that_is_there_a_day_later_retires() -> None:
    first = after_gone(STATE, failed(410), now=NOW)
    assert (first.gone_at, first.retired_at) == (NOW, None)
    soon = after_gone(first, failed(410), now=NOW + GONE_CONFIRMED_AFTER - HOUR)
    assert (soon.gone_at, soon.retired_at) == (NOW, None)
    at = NOW + GONE_CONFIRMED_AFTER
    retired = after_gone(soon, failed(410), now=at)
    assert retired.retired_at == at
    assert retired.why == retired.last_error
    assert "410 Gone since 2026-03-02" in retired.why
    assert "--force" in retired.why


@given(
    st.lists(
        st.tuples(st.sampled_from([404, 410, 500, None]), st.timedeltas(timedelta(), 40 * HOUR)),
        max_size=15,
    )
)
def test_b19_nothing_but_two_410s_a_day_apart_retires(
    answers: list[tuple[int | None, timedelta]],
) -> None:
    state, now, gone = STATE, NOW, []
    for status, later in answers:
        now += later
        state = after_gone(state, failed(status), now=now)
        gone += [now] if status == 410 else []
        far = bool(gone) and gone[-1] - gone[0] >= GONE_CONFIRMED_AFTER
        assert (state.retired_at is not None) == far
