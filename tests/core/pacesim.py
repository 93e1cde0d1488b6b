"""Scripted feeds and a clock: how many requests a way of polling needs, and how late it finds.

The pace alone, without hosts, pipeline or store; tests/support/sim has all of them. For its table:
PYTHONPATH=tests/support python tests/core/pacesim.py
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sim import rhythms
from sim.clock import START
from sim.rhythms import DAY, HOUR, Rhythm

from aggregator.core.pace import Pace, next_interval, observe

__all__ = ("DAY", "HOUR", "START", "Adaptive", "fixed", "kinds", "poisson", "simulate")

Policy = Callable[[datetime, list[datetime]], timedelta]
"""Of the time of a poll and of what it found: how long to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    requests_a_day: float
    median_delay: timedelta
    worst_tenth: timedelta
    """The delay that nine in ten items stay below."""
    delays: tuple[timedelta, ...]


def poisson(rate: float, *, seed: int, days: int, begin: datetime = START) -> list[datetime]:
    """`rate` an hour."""
    return rhythms.poisson(rate)(random.Random(seed), begin, START + DAY * days)


def _times(rhythm: Rhythm, *, seed: int, days: int) -> list[datetime]:
    return rhythm(random.Random(seed), START, START + DAY * days)


def fixed(interval: timedelta) -> Policy:
    return lambda _, __: interval


class Adaptive:
    """As `core.pace` has it."""

    def __init__(self, shortest: timedelta, longest: timedelta) -> None:
        self.shortest, self.longest = shortest, longest
        self.pace: Pace | None = None

    def __call__(self, now: datetime, found: list[datetime]) -> timedelta:
        self.pace = observe(self.pace, found, now=now)
        return next_interval(self.pace, shortest=self.shortest, longest=self.longest).value


def simulate(items: list[datetime], policy: Policy, *, begin: datetime, end: datetime) -> Result:
    """Polls of sorted items from `begin` on; the first finds what came in two weeks before."""
    delays: list[timedelta] = []
    requests = 0
    now, seen = begin, begin - DAY * 14
    while now < end:
        found = items[bisect_right(items, seen) : bisect_right(items, now)]
        if requests:
            delays += [now - at for at in found]
        requests += 1
        seen, now = now, now + policy(now, found)
    delays.sort()
    return Result(
        requests_a_day=requests / ((end - begin) / DAY),
        median_delay=delays[len(delays) // 2] if delays else timedelta(),
        worst_tenth=delays[int(len(delays) * 0.9)] if delays else timedelta(),
        delays=tuple(delays),
    )


def kinds(days: int, *, seed: int = 7) -> Iterator[tuple[str, list[datetime]]]:
    for name, rate in (
        ("every 2 min", 30.0),
        ("every 10 min", 6.0),
        ("hourly", 1.0),
        ("4 a day", 4 / 24),
        ("daily", 1 / 24),
        ("weekly", 1 / 168),
    ):
        yield f"Poisson, {name}", poisson(rate, seed=seed, days=days)
    yield "bursts of 10, every 3 days", _times(rhythms.bursts, seed=seed, days=days)
    yield "office hours, 3 an hour", _times(rhythms.office, seed=seed, days=days)
    yield "daily at six", _times(rhythms.daily, seed=seed, days=days)
    yield "dead", []
    yield "wakes up after 30 days, hourly", poisson(1, seed=seed, days=days, begin=START + DAY * 44)


def main() -> None:
    """The table of docs/fetching.md: sixty days of each kind, after two weeks known already."""
    begin, end = START + DAY * 14, START + DAY * 74
    minute = timedelta(minutes=1)
    for name, items in kinds(74):
        row = [f"{name:32}"]
        for policy in (fixed(minute * 30), Adaptive(minute * 15, HOUR * 6)):
            result = simulate(items, policy, begin=begin, end=end)
            row.append(
                f"{result.requests_a_day:6.1f} a day, late by"
                f" {result.median_delay / minute:4.0f} min"
                f" (nine in ten: {result.worst_tenth / minute:4.0f})"
            )
        print(" | ".join(row))  # noqa: T201 - a table for people


if __name__ == "__main__":
    main()
