"""When a feed is polled again, and what is remembered of the poll that was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.core.urls import same_server
from aggregator.errors import ParseError, SandboxError
from aggregator.types import (
    FailureGrade,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    Source,
)

MAX_BACK_OFF = timedelta(days=1)
"""Neither failures nor a publisher's wish keep a feed away for longer."""

JITTER = 0.1
"""Greatest delay added to an interval, as a part of it."""

TEXT_DELAYS = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
"""Before the second to the fifth try for the page of an article."""

PERMANENT_TEXT_DELAYS = (timedelta(hours=4),)
"""The same for a page that seems not to exist; feeds run ahead of their own sites at times."""

_THROTTLED = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When the next poll is due, and why then."""

    next_poll_at: datetime
    hold_until: datetime | None
    """The publisher asked to be left alone until then; None: not asked."""
    failures: float
    why: str
    """A sentence for the log."""


def after_poll(
    state: FeedState, outcome: FetchOutcome, *, source: Source, now: datetime, jitter: float
) -> FeedState:
    """The state to store after a poll; `jitter` in [0, 1] is drawn by the caller.

    A `Fetched` must have parsed, else `after_failed_parse` is the one to ask: validators come from
    what was read and from nothing else, so that the rest is asked for again. The hash of the body
    is left to the caller.
    """
    plan = plan_next(state, outcome, source=source, now=now, jitter=jitter)
    state = _planned(state, plan, now)
    if isinstance(outcome, FetchFailed):
        return replace(state, last_error=outcome.reason, last_status=outcome.status)
    return replace(
        _with_validators(state, outcome, source),
        last_status=outcome.status if isinstance(outcome, Fetched) else 304,
        last_ok_at=now,
        last_error=None,
    )


def after_failed_parse(
    state: FeedState,
    fetched: Fetched,
    *,
    error: ParseError | SandboxError,
    source: Source,
    now: datetime,
    jitter: float,
) -> FeedState:
    """The state to store after a body that came whole and could not be read as a feed."""
    grade = FailureGrade.HARD if isinstance(error, ParseError) else FailureGrade.SOFT
    failure = FetchFailed(url=fetched.url, grade=grade, reason=str(error), status=fetched.status)
    return after_poll(state, failure, source=source, now=now, jitter=jitter)


def plan_next(
    state: FeedState, outcome: FetchOutcome, *, source: Source, now: datetime, jitter: float
) -> Plan:
    """When to poll next: after the interval, or later where failures or the server say so.

    After a failure the interval doubles with each whole failure in a row, counted by grade, up to
    a day. A server that asks for a pause (Retry-After) is left alone for as long as it asks, up to
    a day; one that answers 429 or 503 and names no pause, for an interval doubled with each such
    answer. Jitter comes on top of everything.
    """
    delay_by_jitter = source.interval * (JITTER * min(max(jitter, 0.0), 1.0))
    if isinstance(outcome, Fetched | NotModified):
        why = f"it went well, so after the interval of {_span(source.interval)}"
        due = now + source.interval + delay_by_jitter
        return Plan(next_poll_at=due, hold_until=None, failures=0.0, why=why)
    failures = state.failures + outcome.grade.weight
    pause, hold, why = _pause_after_failure(outcome, failures, source.interval)
    held_until = max(filter(None, (state.hold_until, now + hold if hold else None)), default=None)
    if held_until is not None and held_until <= now:
        held_until = None
    due = now + pause
    if held_until is not None and held_until > due:
        due, why = held_until, f"the server asked for a pause until {held_until:%Y-%m-%d %H:%M} UTC"
    return Plan(
        next_poll_at=due + delay_by_jitter, hold_until=held_until, failures=failures, why=why
    )


def _pause_after_failure(
    outcome: FetchFailed, failures: float, interval: timedelta
) -> tuple[timedelta, timedelta | None, str]:
    """(How long to wait, for how long the server asked, why)."""
    overloaded = outcome.status in _THROTTLED
    if outcome.retry_after is not None:
        hold = min(outcome.retry_after, MAX_BACK_OFF)
        least = interval if overloaded else _back_off(interval, failures)
        return max(least, hold), hold, f"the server asked for a pause of {_span(hold)}"
    if overloaded:
        pause = _back_off(interval, failures / outcome.grade.weight)
        why = f"the server is overloaded and names no pause, so after {_span(pause)}"
        # 429 means us, and so holds against a manual refresh too; 503 means everybody.
        return pause, pause if outcome.status == 429 else None, why
    pause = _back_off(interval, failures)
    return pause, None, f"failures in a row weigh {failures:g}, so after {_span(pause)}"


def _back_off(interval: timedelta, failures: float) -> timedelta:
    longest = max(interval, MAX_BACK_OFF)
    factor: float = 2.0 ** min(failures, 16.0)  # more would overflow, and is cut below anyway
    return min(interval * factor, longest)


def _planned(state: FeedState, plan: Plan, now: datetime) -> FeedState:
    return replace(
        state,
        next_poll_at=plan.next_poll_at,
        hold_until=plan.hold_until,
        failures=plan.failures,
        last_poll_at=now,
    )


def _with_validators(state: FeedState, outcome: Fetched | NotModified, source: Source) -> FeedState:
    """A 200 replaces both validators, or drops what it lacks; a 304 replaces what it names.

    Only the origin that is asked next may have given them: one that redirects elsewhere would
    else be asked with another server's validators.
    """
    if isinstance(outcome, NotModified):
        return replace(
            state,
            etag=outcome.etag or state.etag,
            last_modified=outcome.last_modified or state.last_modified,
        )
    if not same_server(source.url, outcome.url):
        return replace(state, etag=None, last_modified=None)
    return replace(state, etag=outcome.etag, last_modified=outcome.last_modified)


def text_retry(attempts: int, now: datetime, *, permanent: bool) -> datetime | None:
    """When the page of an article is tried again; None: no more.

    `attempts` counts the failed tries, the one just made among them. `permanent` says that the
    failure is one that time seldom heals (404, 410, not HTML).
    """
    delays = PERMANENT_TEXT_DELAYS if permanent else TEXT_DELAYS
    return now + delays[attempts - 1] if 1 <= attempts <= len(delays) else None


def _span(value: timedelta) -> str:
    """Such as "90 s", "45 min" or "6.5 h"."""
    seconds = value.total_seconds()
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
