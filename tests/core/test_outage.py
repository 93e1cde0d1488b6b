"""A host that answers nothing, and the feeds of it that are put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.outage import ENOUGH, Silence, put_off
from aggregator.core.schedule import after_poll
from aggregator.types import FailureGrade, FeedState, FetchFailed, FetchOutcome, NotModified, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://example.com/feed"
SOURCE = Source(name="Example", url=URL, interval=timedelta(minutes=30))
STATE = FeedState(next_poll_at=NOW, failures=1.5, etag='"1"')


def failed(*, status: int | None = None, grade: FailureGrade = FailureGrade.PASSING) -> FetchFailed:
    return FetchFailed(url=URL, grade=grade, reason="took longer than 30 s", status=status)


ANSWERS: list[FetchOutcome] = [
    NotModified(url=URL, etag=None, last_modified=None, elapsed=timedelta()),
    failed(status=503, grade=FailureGrade.SOFT),
    failed(status=200),  # it broke off
    failed(grade=FailureGrade.HARD),  # the address cannot be right, which says nothing of the host
]


def test_a_few_requests_in_a_row_without_an_answer_are_enough() -> None:
    silence = Silence()
    outages = []
    for _ in range(ENOUGH):
        silence.notice(failed())
        outages.append(silence.is_outage)
    assert outages == [False, False, True]
    assert silence.sentence("example.com") == (
        "not asked, as example.com has answered none of 3 requests just before: "
        "took longer than 30 s"
    )


@pytest.mark.parametrize("answer", ANSWERS)
def test_any_answer_says_that_the_host_is_there(answer: FetchOutcome) -> None:
    silence = Silence()
    for _ in range(ENOUGH - 1):
        silence.notice(failed())
    silence.notice(answer)
    silence.notice(failed())
    assert not silence.is_outage


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_what_is_put_off_comes_back_before_what_failed(jitter: float) -> None:
    """So that next time other feeds are asked first."""
    later = put_off(STATE, "not asked", source=SOURCE, now=NOW, jitter=jitter)
    assert NOW + SOURCE.interval <= later.next_poll_at
    asked = after_poll(STATE, failed(), source=SOURCE, now=NOW, jitter=0.0)
    assert later.next_poll_at < asked.next_poll_at


def test_what_is_put_off_keeps_all_but_its_time_and_says_why() -> None:
    later = put_off(STATE, "not asked", source=SOURCE, now=NOW, jitter=0.0)
    assert (later.last_error, later.last_status) == ("not asked", None)
    assert (later.failures, later.etag, later.last_poll_at) == (1.5, '"1"', None)
    assert later.why.endswith("so it was not asked. It is polled every 30m.")


@pytest.mark.parametrize("wish", ["hold_until", "not_before_at"])
def test_a_publisher_s_wish_still_counts(wish: str) -> None:
    until = NOW + timedelta(hours=5)
    state = replace(STATE, **{wish: until})  # type: ignore[arg-type]  # names of times
    assert put_off(state, "no", source=SOURCE, now=NOW, jitter=0.0).next_poll_at == until
