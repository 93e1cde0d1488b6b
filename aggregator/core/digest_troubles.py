"""Which sources need a person, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.core.standing import without_login
from aggregator.types import SourceStatus

SILENT_AFTER = timedelta(days=30)
"""A source that is polled with success and has had nothing new for so long is reported."""


class TroubleKind(StrEnum):
    RETIRED = "retired"
    """It is polled no longer, because it is gone or has become one with another."""
    FAILING = "failing"
    """The last poll failed, and the graded failures in a row have come to 1 or more (one hard
    failure, two HTTP errors, four network errors)."""
    MOVED = "moved"
    """It has moved for good and is polled at its new address, which feeds.yaml does not have."""
    EMPTY = "empty"
    """Polls succeed, and there has never been an article."""
    SILENT = "silent"
    """Polls succeed, and the newest article is more than 30 days old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    kind: TroubleKind
    days: int | None = None
    """Whole days that it has lasted: since the newest article (SILENT), since the last poll that
    succeeded (FAILING), since it retired (RETIRED); None: not known."""
    said: str | None = None
    """The sentence of the last error, in English (FAILING, RETIRED); None: there is none."""
    address: str | None = None
    """Where it is now, without a login (MOVED)."""

    @property
    def sentence(self) -> str:
        """In English."""
        match self.kind:
            case TroubleKind.RETIRED | TroubleKind.FAILING:
                return self.said or "It is polled no longer."
            case TroubleKind.MOVED:
                return f"It has moved for good to {self.address}; put that into feeds.yaml."
            case TroubleKind.EMPTY:
                return "The feed can be read but has had no article yet."
            case TroubleKind.SILENT:
                return f"Nothing new for {self.days} days, although the feed can be read."


def trouble_of(status: SourceStatus, *, now: datetime) -> Trouble | None:
    """The first of `TroubleKind` that it has; None: all is well.

    A source that has not been polled yet, or has failed less than FAILING says, has none.
    """
    state = status.state
    if state.retired_at is not None:
        return Trouble(
            kind=TroubleKind.RETIRED, days=(now - state.retired_at).days, said=state.last_error
        )
    if state.last_error is not None:
        days = None if state.last_ok_at is None else (now - state.last_ok_at).days
        failing = Trouble(kind=TroubleKind.FAILING, days=days, said=state.last_error)
        return failing if state.failures >= 1 else None
    return None if state.last_ok_at is None else _though_read(status, now)


def trouble(status: SourceStatus, *, now: datetime) -> str | None:
    """`trouble_of` as a sentence in English."""
    found = trouble_of(status, now=now)
    return None if found is None else found.sentence


def _though_read(status: SourceStatus, now: datetime) -> Trouble | None:
    """Of a source of which the last poll succeeded."""
    if status.state.address is not None:
        return Trouble(kind=TroubleKind.MOVED, address=without_login(status.state.address))
    if status.newest_at is None:
        return Trouble(kind=TroubleKind.EMPTY)
    silent_for = now - status.newest_at
    if silent_for <= SILENT_AFTER:
        return None
    return Trouble(kind=TroubleKind.SILENT, days=silent_for.days)
