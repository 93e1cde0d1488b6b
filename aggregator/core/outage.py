"""A host that answers nothing: the rest of its due feeds is put off without being asked.

Each would take as long as an exchange may, one after the other, only to learn the same again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.core.next_poll import JITTER, usual_interval
from aggregator.types import FailureGrade, FeedState, FetchFailed, FetchOutcome, Source

ENOUGH = 3
"""Requests in a row that brought no answer, after which no more are made for now."""


@dataclass(slots=True)
class Silence:
    """What one host has not said, to requests that went the same way."""

    in_a_row: int = 0
    reason: str = ""
    """Why the last one brought nothing."""

    def notice(self, outcome: FetchOutcome) -> None:
        """Any answer at all, be it an error, says that the host is there."""
        if isinstance(outcome, FetchFailed) and is_silence(outcome):
            self.in_a_row += 1
            self.reason = outcome.reason
        else:
            self.in_a_row = 0

    @property
    def is_outage(self) -> bool:
        return self.in_a_row >= ENOUGH

    def sentence(self, host: str) -> str:
        return (
            f"not asked, as {host} has answered none of {self.in_a_row} requests just before: "
            f"{self.reason}"
        )


def is_silence(outcome: FetchFailed) -> bool:
    """Whether no answer came, be it that there was no connection."""
    return outcome.status is None and outcome.grade is FailureGrade.PASSING


def put_off(
    state: FeedState, reason: str, *, source: Source, now: datetime, jitter: float
) -> FeedState:
    """The state of a feed that was due and not asked; `jitter` in [0, 1] is drawn by the caller.

    It is no failure of the feed's own, so its failures stay as they are. It comes back after its
    usual interval: sooner than those that were asked in vain, whose interval grows, so that next
    time it is among the first, and no feed waits behind the same dead ones for ever.
    """
    interval = usual_interval(source, state.pace)
    due = now + interval.value * (1 + JITTER * min(max(jitter, 0.0), 1.0))
    return replace(
        state,
        next_poll_at=max(due, state.hold_until or due, state.not_before_at or due),
        last_error=reason,
        last_status=None,
        why=f"Its host did not answer other requests, so it was not asked. {interval.why}",
    )
