"""What is remembered of the poll that was, and when a page is tried again.

When the next poll is due is decided in `next_poll`, where the feed is in `moves`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.core.moves import after_gone, relocated
from aggregator.core.next_poll import MAX_BACK_OFF, Plan, plan_next
from aggregator.core.pace import observe
from aggregator.core.urls import same_server
from aggregator.errors import ParseError, SandboxError
from aggregator.types import (
    FailureGrade,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    PageKind,
    ParsedFeed,
    PollDecision,
    Source,
)

TEXT_DELAYS = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
"""Before the second to the fifth try for the page of an article."""

PERMANENT_TEXT_DELAYS = (timedelta(hours=4),)
"""The same for a page that seems not to exist; feeds run ahead of their own sites at times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a body that could be read had to say."""

    parsed: ParsedFeed
    body_hash: str
    decision: PollDecision


def after_poll(
    state: FeedState,
    outcome: FetchOutcome,
    *,
    source: Source,
    now: datetime,
    jitter: float,
    reading: Reading | None = None,
) -> FeedState:
    """The state to store after a poll; `jitter` in [0, 1] is drawn by the caller.

    `reading`: None says that the body is the one that was read last time. Of a body that could
    not be read `after_failed_parse` is the one to ask: validators come from what was read as a
    whole and from nothing else, so that the rest is asked for again.
    """
    if isinstance(outcome, FetchFailed):
        plan = plan_next(
            state, outcome, source=source, pace=state.pace, hints=state.hints, now=now,
            jitter=jitter,
        )  # fmt: skip
        failed = replace(
            _planned(state, plan, now), last_error=outcome.reason, last_status=outcome.status
        )
        return after_gone(failed, outcome, now=now)
    arrivals = _arrivals(state, reading, now) if reading else ()
    pace = observe(state.pace, arrivals, now=now)
    hints = reading.parsed.hints if reading else state.hints
    plan = plan_next(state, outcome, source=source, pace=pace, hints=hints, now=now, jitter=jitter)
    state = replace(
        _planned(state, plan, now),
        last_status=outcome.status,
        last_ok_at=now,
        last_error=None,
        pace=pace,
        hints=hints,
        gone_at=None,
    )
    if reading is not None:
        state = _with_reading(state, outcome, reading)
    if reading is None or reading.parsed.complete:
        state = _with_validators(state, outcome, source)
        state = relocated(state, outcome, source=source)
    return state


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


def host_hold(outcome: FetchOutcome, until: datetime | None) -> datetime | None:
    """Until when the whole host is left alone; None: it is not.

    Whoever answers 429 counts what comes from us, not which feed it is about. A server in one's
    own network, opened by name, is no public host, and holds the feed alone. `until`: how long
    that feed or page is left alone.
    """
    throttled = isinstance(outcome, FetchFailed) and outcome.status == 429 and not outcome.private
    return until if throttled else None


def page_hold(outcome: FetchOutcome, *, now: datetime) -> datetime | None:
    """The same for an answer to a request for a page."""
    if not isinstance(outcome, FetchFailed):
        return None
    pause = min(outcome.retry_after or TEXT_DELAYS[0], MAX_BACK_OFF)
    return host_hold(outcome, now + pause)


def _arrivals(state: FeedState, reading: Reading, now: datetime) -> Iterable[datetime]:
    """The first answer tells of the past; later ones of what has come since."""
    if state.pace is None:
        return [entry.published_at or now for entry in reading.parsed.entries]
    return [article.published_at or now for article in reading.decision.new]


def _planned(state: FeedState, plan: Plan, now: datetime) -> FeedState:
    return replace(
        state,
        next_poll_at=plan.next_poll_at,
        hold_until=plan.hold_until,
        failures=plan.failures,
        last_poll_at=now,
        why=plan.why,
        not_before_at=plan.not_before_at,
    )


def _with_reading(state: FeedState, outcome: Fetched | NotModified, reading: Reading) -> FeedState:
    """The hash of a part, or of half a document, is not that of the feed."""
    parsed = reading.parsed
    whole = parsed.complete and not (isinstance(outcome, Fetched) and outcome.delta)
    return replace(
        state,
        body_hash=reading.body_hash if whole else state.body_hash,
        title=parsed.title or state.title,
        site_url=parsed.site_url or state.site_url,
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
    if not same_server(state.address or source.url, outcome.url):
        return replace(state, etag=None, last_modified=None)
    return replace(state, etag=outcome.etag, last_modified=outcome.last_modified)


def text_retry(attempts: int, now: datetime, *, permanent: bool) -> datetime | None:
    """When the page of an article is tried again; None: no more.

    `attempts` counts the failed tries, the one just made among them. `permanent` says that the
    failure is one that time seldom heals (404, 410, not HTML).
    """
    delays = PERMANENT_TEXT_DELAYS if permanent else TEXT_DELAYS
    return now + delays[attempts - 1] if 1 <= attempts <= len(delays) else None


def kind_retry(kind: PageKind, attempts: int, now: datetime) -> datetime | None:
    """The same for a page that was had and is no article.

    A list of links stays one; a page that says there is nothing here is as one that the server
    answers with 404; whoever asks for consent, or for a human, may not do so next time.
    """
    if kind is PageKind.LINKS:
        return None
    return text_retry(attempts, now, permanent=kind is PageKind.ERROR)
