"""How often a feed is polled, going by how often it has something new.

The interval is the geometric mean of the shortest one allowed and the mean gap between arrivals:
where a delay costs so much for each item and a request so much for each poll, the cheapest
frequency grows with the square root of the rate (Cho and Garcia-Molina, "Effective page refresh
policies for Web crawlers", 2003, draw the same curve for slow pages). Arrivals are counted with
exponential decay twice over: for what is usual, and for what has just begun.

What counts is when things came, never how often one asked: a hundred answers of "not modified"
leave the same state as one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.durations import format_duration
from aggregator.types import Pace

__all__ = ("Interval", "Pace", "next_interval", "observe", "watched_since")

USUAL = timedelta(days=7)
"""After that time an arrival counts half for what is usual."""
LATELY = timedelta(hours=4)
"""The same for what has just begun."""
TOGETHER = timedelta(minutes=10)
"""Items that come within that time of an arrival's first are of the same arrival."""
MAX_HISTORY = timedelta(days=28)
"""Of the items in a feed's first answer, older ones tell nothing."""
SILENCE = 4
"""A feed that has been silent for that many gaps is in a quiet time."""

_PRIOR_COUNT, _PRIOR_SPAN = 0.25, timedelta(minutes=15)
"""What is taken for granted of a feed that nothing is known of: one arrival an hour, but it takes
little to change that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    value: timedelta
    why: str
    """A sentence."""


def observe(pace: Pace | None, arrivals: Iterable[datetime], *, now: datetime) -> Pace:
    """The pace after a poll at `now` that found items from those times, perhaps none.

    `pace` is that of the poll before; None for the first one, whose items tell of the past.
    """
    if pace is None:
        times = sorted(min(at, now) for at in arrivals if at >= now - MAX_HISTORY)
        start = times[0] if times else now
        pace = Pace(at=start, usual=0.0, observed=timedelta(), lately=0.0, last_at=None)
    else:
        # Whatever date an item bears, it has come since the last poll.
        times = sorted(min(max(at, pace.at), now) for at in arrivals)
    last_at, usual, lately = pace.last_at, 0.0, 0.0
    for at in times:
        if last_at is None or at - last_at > TOGETHER:
            usual += _left(now - at, USUAL)
            lately += _left(now - at, LATELY)
            last_at = at
    passed = max(now - pace.at, timedelta())
    kept = _left(passed, USUAL)
    return Pace(
        at=now,
        usual=pace.usual * kept + usual,
        observed=pace.observed * kept + _full(USUAL) * (1 - kept),
        lately=pace.lately * _left(passed, LATELY) + lately,
        last_at=last_at,
    )


def watched_since(pace: Pace) -> datetime:
    """From when on it is known what has come: since the first poll, or since the oldest item that
    its answer dated. It is worked out from `observed`, so it is good to a second for some months,
    and no longer than a year back."""
    kept = max(1 - pace.observed / _full(USUAL), 2.0**-52)
    return pace.at + USUAL * math.log2(kept)


def next_interval(pace: Pace, *, shortest: timedelta, longest: timedelta) -> Interval:
    """How long to wait after the poll that `pace` was observed at: from `shortest` to `longest`."""
    usual = (pace.usual + _PRIOR_COUNT) / ((pace.observed + _PRIOR_SPAN) / timedelta(hours=1))
    lately = pace.lately / (_full(LATELY) / timedelta(hours=1))
    gap = timedelta(hours=1) / max(usual, lately)
    silent = pace.at - pace.last_at if pace.last_at else pace.observed
    counted = max(gap, silent / SILENCE)
    seconds = math.sqrt(shortest.total_seconds() * counted.total_seconds())
    value = min(max(timedelta(seconds=round(seconds)), shortest), longest)
    if silent > 2 * gap:
        came = f"Nothing new has come for {_span(silent)}"
    else:
        often = "lately" if lately > usual else "usually"
        came = f"Something new comes every {_span(gap)} {often}"
    bound = ""
    if value == longest:
        bound = ", the longest interval"
    elif value == shortest:
        bound = ", the shortest interval"
    return Interval(value=value, why=f"{came}, so it is polled every {_span(value)}{bound}.")


def _span(value: timedelta) -> str:
    """Two units at most: no one needs the seconds of a day."""
    unit = timedelta(hours=1) if value >= timedelta(days=2) else timedelta(minutes=1)
    return format_duration(value // unit * unit) if value >= unit else format_duration(value)


def _left(passed: timedelta, half_life: timedelta) -> float:
    return math.pow(0.5, max(passed, timedelta()) / half_life)


def _full(half_life: timedelta) -> timedelta:
    """What a time without end comes to when it is halved likewise."""
    return half_life / math.log(2)
