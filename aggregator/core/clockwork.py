"""When a digest falls due, by the reader's calendar.

Everything is keyed by the local date and the place of the hour among the day's hours, never by the
instant: whatever the clock does (skips the hour, strikes it twice, jumps over a whole day as Samoa
did in 2011), each has one digest. Time zones are read from the system's or the `tzdata` package's
tables; nothing else is consulted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.types import Schedule

MADE_UP_WITHIN = timedelta(hours=6)
"""How long past its hour a missed digest is still made up when the local date has ended before."""

JOINS_WITHIN = timedelta(days=8)
"""A period begins where the one before it ended, if that is less than so long ago, or than twice
the time between two digests and a day: one weekly digest may be missed, and a daily one after a
long holiday is no heap of old news."""

_DAY = timedelta(days=1)
_FARTHEST = 15
"""Days between two strikes, at most: a week, twice where the one between is skipped; and one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePeriod:
    """A digest that is to be sent now, and what it covers: [since_at, until_at)."""

    local_date: date
    slot: int
    """1 is that of the first of the day's hours, 2 of the second, …"""
    since_at: datetime
    """When the schedule's hour before it struck; see `begins_at`."""
    until_at: datetime
    """When its own hour struck, also when it is made up later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strike:
    at: datetime
    local_date: date
    slot: int


def due_edition(
    now: datetime, *, schedule: Schedule, started_at: datetime | None
) -> DuePeriod | None:
    """The digest that is due at `now` (aware), whether or not it was sent; None: none is.

    At any time there is one candidate, the date and hour that struck last. It is due unless

    - its local date is over and its hour struck more than `MADE_UP_WITHIN` ago, so that a machine
      that was off makes up one digest, and none of those before;
    - its hour struck before `started_at`, when this installation was set up (not when this
      process began), so that one set up at noon does not begin with the digest of that morning.
      None: it has always been there.

    What was first seen after `until_at`, while a digest was late, belongs to the next one.
    """
    moment = now.astimezone(UTC)
    struck = _before(moment, schedule)
    last, before = next(struck, None), next(struck, None)
    if last is None or before is None or (started_at is not None and last.at < started_at):
        return None
    today = moment.astimezone(ZoneInfo(schedule.timezone)).date()
    if last.local_date < today and moment - last.at > MADE_UP_WITHIN:
        return None
    return DuePeriod(
        local_date=last.local_date,
        slot=last.slot,
        since_at=before.at,
        until_at=last.at,
    )


def begins_at(due: DuePeriod, *, last_until_at: datetime | None) -> datetime | None:
    """When the period of a digest begins; None: there is nothing left to tell.

    `last_until_at`: when that of its last edition ended; None: there has been none. The period
    joins it if it ended not too long (`JOINS_WITHIN`) before this one ends, so that nothing is told
    twice or never, whatever was missed between them; else it begins with the schedule's hour
    before.
    """
    reach = max(JOINS_WITHIN, 2 * (due.until_at - due.since_at) + _DAY)
    if last_until_at is None or due.until_at - last_until_at >= reach:
        return due.since_at
    return last_until_at if last_until_at < due.until_at else None


def next_strike(now: datetime, schedule: Schedule) -> datetime | None:
    """When the next of its hours strikes after `now` (UTC); None: not within two weeks, which no
    known calendar does."""
    moment = now.astimezone(UTC)
    zone = ZoneInfo(schedule.timezone)
    today = moment.astimezone(zone).date()
    for days in range(-1, _FARTHEST + 1):
        for strike in _on(today + days * _DAY, schedule, zone):
            if strike.at > moment:
                return strike.at
    return None


def strikes(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The instant (UTC) at which it is `at` on that date; None: the date does not exist there.

    An hour that comes twice counts the first time. An hour that is skipped counts as if the
    clock had not been changed yet (02:30 becomes 03:30), or, where that is already the next
    date, as if it had been changed before (23:30 becomes 22:30).
    """
    for fold in (0, 1):
        local = datetime.combine(day, at.replace(tzinfo=None, fold=fold), tzinfo=zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(zone).date() == day:
            return instant
    return None


def _on(day: date, schedule: Schedule, zone: ZoneInfo) -> list[_Strike]:
    """The strikes of a date in order; those of one instant are one, of the first such hour.

    A skipped 02:30 strikes at 03:30, after 03:00: the first strike is the first slot's all the
    same, so that slots are in order on every date.
    """
    if day.weekday() not in schedule.days:
        return []
    instants = [strikes(day, at, zone) for at in schedule.hours]
    in_order = sorted(instant for instant in instants if instant is not None)
    return [
        _Strike(at=instant, local_date=day, slot=place + 1)
        for place, instant in enumerate(in_order)
        if place == 0 or instant != in_order[place - 1]
    ]


def _before(moment: datetime, schedule: Schedule) -> Iterator[_Strike]:
    """The strikes at or before `moment`, the latest first; not without end."""
    zone = ZoneInfo(schedule.timezone)
    # Where the clock is put back just after midnight, the next date has begun before.
    latest = moment.astimezone(zone).date() + _DAY
    for days in range(2 * _FARTHEST):
        for strike in reversed(_on(latest - days * _DAY, schedule, zone)):
            if strike.at <= moment:
                yield strike
