"""When a feed is polled again, and what is remembered of a poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.next_poll import plan_next
from aggregator.core.schedule import (
    after_failed_parse,
    after_poll,
    host_hold,
    page_hold,
    text_retry,
)
from aggregator.errors import NotAFeed, TaskTimedOut
from aggregator.types import (
    FailureGrade,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    Source,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(name="Example News", url="http://example.com/feed.xml", interval=HOUR)
STATE = FeedState(
    next_poll_at=NOW,
    etag='"old"',
    last_modified="Sun, 01 Mar 2026 08:00:00 GMT",
    body_hash="hash",
    last_ok_at=NOW - HOUR,
    title="Example",
)


def fetched(**changes: object) -> Fetched:
    outcome = Fetched(
        url=SOURCE.url,
        status=200,
        headers={},
        body=b"<rss/>",
        etag=None,
        last_modified=None,
        elapsed=timedelta(),
    )
    return replace(outcome, **changes)  # type: ignore[arg-type]  # the caller names fields


def not_modified(*, etag: str | None = None, last_modified: str | None = None) -> NotModified:
    return NotModified(url=SOURCE.url, etag=etag, last_modified=last_modified, elapsed=timedelta())


def failed(
    status: int | None = 500,
    grade: FailureGrade = FailureGrade.SOFT,
    retry_after: timedelta | None = None,
) -> FetchFailed:
    return FetchFailed(
        url=SOURCE.url, grade=grade, reason="it failed", status=status, retry_after=retry_after
    )


def poll(outcome: FetchOutcome, state: FeedState = STATE, *, jitter: float = 0.0) -> FeedState:
    return after_poll(state, outcome, source=SOURCE, now=NOW, jitter=jitter)


def waits(outcome: FetchOutcome, state: FeedState = STATE) -> timedelta:
    return poll(outcome, state).next_poll_at - NOW


# --- validators


def test_b05_a_200_replaces_both_validators() -> None:
    after = poll(fetched(etag='W/"new"', last_modified="Mon, 02 Mar 2026 11:00:00 GMT"))
    assert after.etag == 'W/"new"'
    assert after.last_modified == "Mon, 02 Mar 2026 11:00:00 GMT"


@pytest.mark.parametrize(
    ("sent", "etag", "last_modified"),
    [
        (not_modified(), STATE.etag, STATE.last_modified),
        (not_modified(etag='"new"'), '"new"', STATE.last_modified),
        (not_modified(last_modified="later"), STATE.etag, "later"),
    ],
)
def test_b06_a_304_replaces_what_it_names_and_keeps_the_rest(
    sent: NotModified, etag: str, last_modified: str
) -> None:
    after = poll(sent)
    assert (after.etag, after.last_modified) == (etag, last_modified)


def test_b07_a_200_without_a_validator_drops_it() -> None:
    assert poll(fetched(etag='"new"')).last_modified is None
    assert poll(fetched(last_modified="later")).etag is None


def test_b08_an_error_leaves_the_validators_alone() -> None:
    after = poll(failed())
    assert (after.etag, after.last_modified) == (STATE.etag, STATE.last_modified)


def test_b08_another_server_gives_no_validators_but_the_same_one_over_https_does() -> None:
    elsewhere = fetched(url="http://example.org/feed.xml", etag='"theirs"', last_modified="x")
    assert (poll(elsewhere).etag, poll(elsewhere).last_modified) == (None, None)
    assert poll(fetched(url="https://example.com/feed.xml", etag='"ours"')).etag == '"ours"'


@pytest.mark.parametrize("error", [NotAFeed("no feed"), TaskTimedOut("too slow")])
def test_b09_a_body_that_did_not_parse_commits_nothing(error: NotAFeed | TaskTimedOut) -> None:
    after = after_failed_parse(
        STATE, fetched(etag='"new"'), error=error, source=SOURCE, now=NOW, jitter=0.0
    )
    assert (after.etag, after.last_modified) == (STATE.etag, STATE.last_modified)
    assert after.body_hash == STATE.body_hash
    assert (after.last_error, after.last_status) == (str(error), 200)
    assert after.failures == (1.0 if isinstance(error, NotAFeed) else 0.5)


# --- success and failure


@pytest.mark.parametrize("outcome", [fetched(), not_modified()])
def test_b30_success_resets_failures_and_a_304_is_one(outcome: FetchOutcome) -> None:
    troubled = replace(STATE, failures=3.5, last_error="x", hold_until=NOW + HOUR)
    after = poll(outcome, troubled)
    assert (after.failures, after.last_error, after.hold_until) == (0.0, None, None)
    assert (after.last_ok_at, after.last_poll_at) == (NOW, NOW)
    assert after.last_status == (200 if isinstance(outcome, Fetched) else 304)
    assert after.next_poll_at == NOW + HOUR


def test_a_failure_is_remembered_and_forgets_nothing() -> None:
    after = poll(failed(status=None, grade=FailureGrade.PASSING))
    assert (after.last_error, after.last_status, after.failures) == ("it failed", None, 0.25)
    assert (after.last_ok_at, after.last_poll_at) == (STATE.last_ok_at, NOW)
    assert (after.title, after.body_hash) == (STATE.title, STATE.body_hash)


def test_failures_count_by_their_grade_and_double_the_interval() -> None:
    state = replace(STATE, failures=1.0)
    assert waits(failed(grade=FailureGrade.HARD, status=400), state) == 4 * HOUR
    assert waits(failed(grade=FailureGrade.SOFT, status=404), state) == HOUR * 2**1.5
    assert waits(failed(grade=FailureGrade.PASSING, status=None), state) == HOUR * 2**1.25


def test_b20_back_off_ends_at_twelve_intervals_then_at_a_day_and_never_retires() -> None:
    troubled = replace(STATE, failures=50_000.0)
    assert waits(failed(), troubled) == 12 * HOUR
    assert waits(failed(), replace(troubled, last_ok_at=NOW - timedelta(days=8))) == 24 * HOUR
    assert waits(failed(), replace(troubled, last_ok_at=None)) == 24 * HOUR


def test_b20_a_hurried_feed_still_backs_off_to_four_hours() -> None:
    hurried = replace(SOURCE, interval=timedelta(minutes=1))
    after = after_poll(replace(STATE, failures=99.0), failed(), source=hurried, now=NOW, jitter=0.0)
    assert after.next_poll_at == NOW + 4 * HOUR


def test_an_interval_longer_than_a_day_is_kept() -> None:
    source = replace(SOURCE, interval=timedelta(days=7))
    after = after_poll(STATE, failed(), source=source, now=NOW, jitter=0.0)
    assert after.next_poll_at == NOW + timedelta(days=7)


# --- the server's wishes


@pytest.mark.parametrize("status", [429, 503, 500, 403])
def test_b15_retry_after_is_kept_to(status: int) -> None:
    after = poll(failed(status=status, retry_after=5 * HOUR))
    assert after.next_poll_at == after.hold_until == NOW + 5 * HOUR


def test_b15_a_huge_pause_is_cut_to_a_day() -> None:
    after = poll(failed(status=503, retry_after=timedelta(days=10_000)))
    assert after.hold_until == NOW + timedelta(days=1)


def test_b15_a_short_pause_does_not_shorten_the_interval() -> None:
    after = poll(failed(status=429, retry_after=timedelta(seconds=5)))
    assert after.next_poll_at == NOW + HOUR
    assert after.hold_until == NOW + timedelta(seconds=5)


def test_b15_a_pause_outlives_a_later_failure() -> None:
    held = replace(STATE, hold_until=NOW + 20 * HOUR)
    after = poll(failed(), held)
    assert after.hold_until == after.next_poll_at == NOW + 20 * HOUR
    assert poll(failed(), replace(STATE, hold_until=NOW - HOUR)).hold_until is None


@pytest.mark.parametrize("status", [429, 503])
def test_b16_without_retry_after_each_answer_doubles_the_interval(status: int) -> None:
    state, seen = STATE, []
    for _ in range(6):
        state = poll(failed(status=status), state)
        seen.append((state.next_poll_at - NOW) / HOUR)
    assert seen == [2, 4, 8, 16, 24, 24]


def test_b16_a_429_holds_back_manual_refreshes_too() -> None:
    assert poll(failed(status=429)).hold_until == NOW + 2 * HOUR
    assert poll(failed(status=503)).hold_until is None


# --- jitter and reasons

OUTCOMES: list[FetchOutcome] = [
    fetched(),
    not_modified(),
    failed(),
    failed(status=429),
    failed(status=503, retry_after=3 * HOUR),
]


@given(
    outcome=st.sampled_from(OUTCOMES),
    jitter=st.floats(0, 1),
    failures=st.floats(0, 1e6),
    interval=st.integers(1, 2_592_000).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_b12_jitter_only_delays_by_a_tenth_at_most(
    outcome: FetchOutcome, jitter: float, failures: float, interval: timedelta
) -> None:
    source = replace(SOURCE, interval=interval)
    state = replace(STATE, failures=failures)
    exact = after_poll(state, outcome, source=source, now=NOW, jitter=0.0).next_poll_at
    shaken = after_poll(state, outcome, source=source, now=NOW, jitter=jitter).next_poll_at
    assert exact >= NOW + interval
    assert timedelta() <= shaken - exact <= interval / 10


def test_the_state_says_why() -> None:
    assert poll(fetched()).why == "It is polled every 1h."
    assert "weigh 0.5: next try after 1h24m" in poll(failed()).why
    after = poll(not_modified())
    assert (
        after.why
        == plan_next(
            STATE, not_modified(), source=SOURCE, pace=after.pace, hints=None, now=NOW, jitter=0.0
        ).why
    )


# --- whom a 429 concerns


@pytest.mark.parametrize(
    ("outcome", "held"),
    [
        (failed(status=429), True),
        (replace(failed(status=429), private=True), False),
        (failed(status=503, retry_after=HOUR), False),
        (failed(status=403, retry_after=HOUR), False),
        (fetched(), False),
        (not_modified(), False),
    ],
)
def test_b17_only_a_429_of_a_public_host_holds_it(outcome: FetchOutcome, *, held: bool) -> None:
    until = NOW + 3 * HOUR
    assert host_hold(outcome, until) == (until if held else None)
    assert (page_hold(outcome, now=NOW) is not None) is held


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        (None, timedelta(minutes=10)),
        (5 * HOUR, 5 * HOUR),
        (timedelta(days=900), timedelta(days=1)),
    ],
)
def test_b17_a_page_holds_for_as_long_as_it_asks(
    retry_after: timedelta | None, pause: timedelta
) -> None:
    assert page_hold(failed(status=429, retry_after=retry_after), now=NOW) == NOW + pause


# --- pages


def test_a_page_is_tried_five_times_over_most_of_a_day() -> None:
    at, tries = NOW, 1
    while (again := text_retry(tries, at, permanent=False)) is not None:
        at, tries = again, tries + 1
    assert tries == 5
    assert at - NOW == timedelta(hours=17, minutes=10)


def test_a_page_that_does_not_exist_is_tried_once_more() -> None:
    assert text_retry(1, NOW, permanent=True) == NOW + 4 * HOUR
    assert text_retry(2, NOW, permanent=True) is None
