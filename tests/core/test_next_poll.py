"""When the next poll is due, and what the reasons name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.next_poll import JITTER, MAX_BACK_OFF, Plan, plan_next, usual_interval
from aggregator.core.pace import observe
from aggregator.types import (
    FailureGrade,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    Pace,
    PollHints,
    Source,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(name="Example News", url="http://example.com/feed.xml", interval=HOUR)
STATE = FeedState(next_poll_at=NOW)


def fetched(**headers: str) -> Fetched:
    return Fetched(
        url=SOURCE.url,
        status=200,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=b"",
        etag=None,
        last_modified=None,
        elapsed=timedelta(),
    )


def failed(
    status: int | None = 500,
    grade: FailureGrade = FailureGrade.SOFT,
    retry_after: timedelta | None = None,
) -> FetchFailed:
    return FetchFailed(
        url=SOURCE.url, grade=grade, reason="it failed", status=status, retry_after=retry_after
    )


def plan(
    outcome: FetchOutcome,
    *,
    state: FeedState = STATE,
    source: Source = SOURCE,
    pace: Pace | None = None,
    hints: PollHints | None = None,
    jitter: float = 0.0,
) -> Plan:
    return plan_next(state, outcome, source=source, pace=pace, hints=hints, now=NOW, jitter=jitter)


# --- properties

spans = st.timedeltas(timedelta(), timedelta(days=5000))
moments = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(lambda gap: NOW + gap)
headers: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.just({}),
    st.integers(0, 10**10).map(lambda seconds: {"cache-control": f"max-age={seconds}"}),
    moments.map(lambda at: {"expires": format_datetime(at, usegmt=True)}),
    st.sampled_from(["no-cache", "no-store, max-age=9999", "max-age=x", "private"]).map(
        lambda value: {"cache-control": value, "age": "77"}
    ),
)
outcomes: st.SearchStrategy[FetchOutcome] = st.one_of(
    headers.map(lambda fields: replace(fetched(), headers=fields)),
    headers.map(
        lambda fields: NotModified(
            url=SOURCE.url, etag=None, last_modified=None, elapsed=timedelta(), headers=fields
        )
    ),
    st.builds(
        failed,
        st.sampled_from([None, 200, 403, 404, 410, 429, 500, 503]),
        st.sampled_from(FailureGrade),
        st.none() | spans,
    ),
)
every_hint = st.builds(
    PollHints,
    ttl=st.none() | st.timedeltas(MINUTE, 365 * DAY),
    update_every=st.none() | st.timedeltas(MINUTE, 365 * DAY),
    update_base=st.none() | moments,
    skip_hours=st.sets(st.integers(0, 23), max_size=23).map(lambda some: tuple(sorted(some))),
    skip_days=st.sets(st.integers(0, 6), max_size=6).map(lambda some: tuple(sorted(some))),
)
paces = st.lists(st.timedeltas(timedelta(), 40 * DAY), max_size=9).map(
    lambda ages: observe(None, [NOW - age for age in ages], now=NOW)
)
sources = st.builds(
    lambda interval, more: replace(SOURCE, interval=interval, max_interval=more),
    st.timedeltas(MINUTE, 30 * DAY),
    st.none() | st.timedeltas(MINUTE, 30 * DAY),
)
states = st.builds(
    lambda failures, held: replace(
        STATE, failures=failures, hold_until=None if held is None else NOW + held
    ),
    st.floats(0, 1e6),
    st.none() | st.timedeltas(-DAY, DAY),
)
situations = st.fixed_dictionaries(
    {
        "outcome": outcomes,
        "state": states,
        "source": sources,
        "pace": st.none() | paces,
        "hints": st.none() | every_hint,
    }
)
"""The parameters of `plan`."""


@given(situations, st.floats(0, 1))
def test_never_before_the_interval_and_never_beyond_a_day_unless_it_is_longer(
    situation: dict[str, Any], jitter: float
) -> None:
    source = situation["source"]
    made = plan(**situation, jitter=jitter)
    interval = usual_interval(source, situation["pace"]).value
    assert source.interval <= interval <= max(source.interval, source.max_interval or HOUR)
    least, most = NOW + interval, NOW + max(interval, MAX_BACK_OFF) + 2 * JITTER * interval
    assert least <= made.next_poll_at <= most
    assert made.why.endswith(".")
    assert made.hold_until is None or NOW < made.hold_until <= NOW + max(interval, DAY)


@given(situations, st.floats(0, 1))
def test_b12_jitter_only_delays(situation: dict[str, Any], jitter: float) -> None:
    exact, shaken = plan(**situation), plan(**situation, jitter=jitter)
    assert shaken.next_poll_at >= exact.next_poll_at
    assert (shaken.failures, shaken.hold_until) == (exact.failures, exact.hold_until)


@given(outcome=outcomes, state=states)
def test_success_forgets_failures_and_a_failure_adds_its_weight(
    outcome: FetchOutcome, state: FeedState
) -> None:
    made = plan(outcome, state=state)
    if isinstance(outcome, FetchFailed):
        assert made.failures == state.failures + outcome.grade.weight
    else:
        assert (made.failures, made.hold_until) == (0.0, None)


@given(st.integers(1, 30), st.sampled_from(FailureGrade))
def test_failures_in_a_row_never_shorten_the_wait(count: int, grade: FailureGrade) -> None:
    state, waits = STATE, []
    for _ in range(count):
        made = plan(failed(grade=grade), state=state)
        waits.append(made.next_poll_at - NOW)
        state = replace(state, failures=made.failures, hold_until=made.hold_until)
    assert waits == sorted(waits)


# --- reasons

TEN_A_DAY = observe(None, [NOW - 2.4 * HOUR * n for n in range(1, 100)], now=NOW)


@pytest.mark.parametrize(
    ("outcome", "fields", "wait", "words"),
    [
        (fetched(), {}, HOUR, "It is polled every 1h."),
        (
            fetched(cache_control="max-age=7200"),
            {},
            2 * HOUR,
            "It is polled every 1h. Cache-Control allows 2h: not before 2026-03-02 14:00 UTC.",
        ),
        (
            fetched(cache_control="max-age=7200"),
            {"hints": PollHints(ttl=3 * HOUR)},
            3 * HOUR,
            (
                "It is polled every 1h. Cache-Control allows 2h: not before 2026-03-02 14:00 UTC. "
                "The feed's ttl is 3h: not before 2026-03-02 15:00 UTC."
            ),
        ),
        (
            fetched(),
            {"hints": PollHints(skip_hours=(13, 14))},
            3 * HOUR,
            (
                "It is polled every 1h. "
                "The feed brings nothing at 13 h UTC on Mondays: not before 2026-03-02 15:00 UTC."
            ),
        ),
        (failed(), {}, HOUR * 2**0.5, "Failures in a row weigh 0.5: next try after 1h24m51s."),
        (
            failed(status=429),
            {},
            2 * HOUR,
            "The server is overloaded, so it is left alone for 2h.",
        ),
        (
            failed(status=503, retry_after=timedelta(seconds=90)),
            {},
            HOUR,
            "The server asked for a pause of 1m30s. It is polled after 1h anyway.",
        ),
        (
            failed(status=503, retry_after=3 * DAY),
            {},
            DAY,
            "The server asked for a pause of 3d, counted as 1d.",
        ),
        (
            failed(),
            {"state": replace(STATE, hold_until=NOW + 20 * HOUR)},
            20 * HOUR,
            "The server asked for a pause until 2026-03-03 08:00 UTC.",
        ),
        (
            failed(status=410, grade=FailureGrade.HARD),
            {},
            DAY,
            "It says that it is gone for good; it is asked once more a day later.",
        ),
    ],
)
def test_why_names_what_decided(
    outcome: FetchOutcome, fields: dict[str, Any], wait: timedelta, words: str
) -> None:
    made = plan(outcome, **fields)
    assert made.why == words
    assert abs(made.next_poll_at - NOW - wait) < timedelta(seconds=1)


def test_a_wish_that_asks_for_nothing_more_is_not_named() -> None:
    made = plan(fetched(cache_control="no-cache"), hints=PollHints(ttl=10 * MINUTE))
    assert made.next_poll_at == NOW + HOUR
    assert "no-cache" not in made.why


def test_the_pace_decides_between_interval_and_max_interval() -> None:
    source = replace(SOURCE, interval=15 * MINUTE, max_interval=6 * HOUR)
    made = plan(fetched(), source=source, pace=TEN_A_DAY)
    assert 40 * MINUTE < made.next_poll_at - NOW < HOUR
    assert made.why.startswith("Something new comes every 2h")
    without = plan(fetched(), source=replace(source, max_interval=None), pace=TEN_A_DAY)
    assert without.next_poll_at == NOW + 15 * MINUTE


def test_a_max_interval_below_the_interval_means_the_interval() -> None:
    source = replace(SOURCE, max_interval=MINUTE)
    assert plan(fetched(), source=source, pace=TEN_A_DAY).next_poll_at == NOW + HOUR
