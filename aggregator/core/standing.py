"""How a source stands: in a word, and in sentences for whoever asks about the next poll."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.core.durations import format_duration
from aggregator.types import FeedState, Source, SourceStatus

_MOMENT = timedelta(minutes=1)


class Standing(StrEnum):
    NEW = "new"
    """It has not been polled yet."""
    OK = "ok"
    HELD = "held"
    """Its publisher asked to be left alone for a while."""
    FAILING = "failing"
    RETIRED = "retired"
    """It is gone for good, or has become one with another; it is polled no longer."""
    PAUSED = "paused"
    """Its user wants it left alone."""


def standing(status: SourceStatus, *, now: datetime) -> Standing:
    state = status.state
    if state.retired_at is not None:
        return Standing.RETIRED
    if held_until(status, now=now) is not None:
        return Standing.HELD
    if state.last_poll_at is None and state.last_error is None:
        return Standing.NEW
    return Standing.OK if state.last_error is None else Standing.FAILING


def held_until(status: SourceStatus, *, now: datetime) -> datetime | None:
    """Until when its publisher wants it left alone; None: not at all."""
    wishes = [status.state.hold_until]
    if status.host_free_at is not None and status.host_free_at - now > _MOMENT:
        wishes.append(status.host_free_at)  # what is nearer is the usual pause between requests
    return max((at for at in wishes if at is not None and at > now), default=None)


def next_poll_at(status: SourceStatus, *, now: datetime) -> datetime | None:
    """When it is polled next, `now` at the earliest; None: never."""
    if status.state.retired_at is not None:
        return None
    held = held_until(status, now=now)
    return max(filter(None, (status.state.next_poll_at, held, now)))


def reasons(status: SourceStatus, *, now: datetime) -> Iterator[str]:
    """Why the next poll is when it is, and what else there is to know of it, in sentences."""
    state = status.state
    if state.retired_at is not None:
        yield state.last_error or "It is polled no longer."
        return
    if state.why:
        yield state.why
    elif state.last_poll_at is None:
        yield "It has not been polled yet, so it is due at once."
    if state.next_poll_at <= now:
        yield "It is due: whoever works on the database polls it next."
    yield from _of_the_host(status, now)
    yield from _of_the_address(state)
    if state.gone_at is not None:
        yield (
            f"It has answered 410 Gone since {state.gone_at:%Y-%m-%d %H:%M} UTC; when it still "
            "does a day later, it retires."
        )


def _of_the_host(status: SourceStatus, now: datetime) -> Iterator[str]:
    free_at = status.host_free_at
    if free_at is not None and free_at - now > _MOMENT:
        yield (
            f"Its host wants to be left alone until {free_at:%Y-%m-%d %H:%M} UTC, whatever is due "
            "there; `aggregator refresh --force` does not wait."
        )


def _of_the_address(state: FeedState) -> Iterator[str]:
    if state.address is not None:
        yield (
            f"It has moved for good to {without_login(state.address)} and is polled there; "
            "put that address into feeds.yaml."
        )
    if state.moved_to is not None:
        times = "once" if state.moved_times == 1 else f"{state.moved_times} times in a row"
        yield (
            f"It has said {times} that it is at {without_login(state.moved_to)} for good; after "
            "three times it is polled there."
        )


def interval_words(source: Source) -> str:
    """Such as "from 30m to 4h"."""
    shortest, longest = source.interval, source.max_interval
    if longest is None or longest <= shortest:
        return f"every {format_duration(shortest)}"
    return f"from every {format_duration(shortest)} to every {format_duration(longest)}"


def without_login(url: str) -> str:
    """The address without user and password, to be shown."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"
