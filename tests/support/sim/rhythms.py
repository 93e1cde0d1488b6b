"""When something is published: sorted times, drawn from dice of one's own."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Rhythm = Callable[[random.Random, datetime, datetime], list[datetime]]
"""From a time on to another one."""


def poisson(rate: float) -> Rhythm:
    """`rate` an hour, at all hours."""

    def times(dice: random.Random, begin: datetime, end: datetime) -> list[datetime]:
        at, found = begin, []
        while (at := at + HOUR * dice.expovariate(rate)) < end:
            found.append(at)
        return found

    return times


def newsroom(dice: random.Random, begin: datetime, end: datetime) -> list[datetime]:
    """Four an hour from seven to ten in the evening, and one in two hours at night."""
    every = poisson(4.0)(dice, begin, end)
    return [at for at in every if 7 <= at.hour < 22 or dice.random() < 1 / 8]


def daily(dice: random.Random, begin: datetime, end: datetime) -> list[datetime]:
    """Once a day at six or so."""
    days = (end - begin) // DAY
    return sorted(begin + DAY * n + HOUR * dice.gauss(6, 0.2) for n in range(days))


def bursts(dice: random.Random, begin: datetime, end: datetime) -> list[datetime]:
    """Ten items within twenty minutes, every three days or so."""
    starts = poisson(1 / 72)(dice, begin, end)
    return sorted(one + timedelta(minutes=dice.uniform(0, 20)) for one in starts for _ in range(10))


def office(dice: random.Random, begin: datetime, end: datetime) -> list[datetime]:
    """Three an hour from nine to five, Monday to Friday."""
    every = poisson(3.0)(dice, begin, end)
    return [at for at in every if 9 <= at.hour < 17 and at.weekday() < 5]


def silent(dice: random.Random, begin: datetime, end: datetime) -> list[datetime]:
    """Five items in the first days, and nothing since."""
    return sorted(begin + DAY * dice.random() for _ in range(5))


hourly = poisson(1.0)
weekly = poisson(1 / 168)
