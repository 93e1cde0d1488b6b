"""When a daily digest falls due, by the reader's calendar.

Everything is keyed by the local date, never by the instant: whatever the clock does (skips the
hour, strikes it twice, jumps over a whole day as Samoa did in 2011), a date has one digest. Time
zones are read from the system's or the `tzdata` package's tables; nothing else is consulted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MADE_UP_WITHIN = timedelta(hours=6)
"""How long past its hour a missed digest is still made up when the local date has ended before."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePeriod:
    """A digest that is to be sent now, and what it covers: [since_at, until_at)."""

    local_date: date
    since_at: datetime
    """The scheduled time of the day before: 23 to 25 hours earlier, by the local calendar."""
    until_at: datetime
    """The scheduled time of this date, also when it is made up later; periods never overlap."""


def due_digest(
    now: datetime,
    *,
    at: time,
    timezone: str,
    last_sent: date | None,
    started_at: datetime | None,
) -> DuePeriod | None:
    """The digest that is due at `now` (aware); None: none is.

    At any time there is one candidate, the date whose hour struck last. It is due unless

    - it, or a later one, has been sent: `last_sent` is the latest local date with a digest,
      None if there has been none;
    - its local date is over and its hour struck more than `MADE_UP_WITHIN` ago, so that a
      machine that was off makes up the day's digest once, and none of the days before;
    - its hour struck before `started_at`, when this installation was set up (not when this
      process began), so that one set up at noon does not begin with the digest of that morning.
      None: it has always been there.

    What was first seen after `until_at`, while a digest was late, belongs to the next one.
    """
    zone = ZoneInfo(timezone)
    moment = now.astimezone(UTC)
    latest = _latest(moment, at, zone)
    if latest is None:
        return None
    local_date, struck_at = latest
    if last_sent is not None and local_date <= last_sent:
        return None
    if started_at is not None and struck_at < started_at:
        return None
    if local_date < now.astimezone(zone).date() and moment - struck_at > MADE_UP_WITHIN:
        return None
    since_at = _before(local_date, at, zone)
    return DuePeriod(local_date=local_date, since_at=since_at, until_at=struck_at)


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


def _latest(moment: datetime, at: time, zone: ZoneInfo) -> tuple[date, datetime] | None:
    """The date whose hour struck last at or before `moment`, and when."""
    today = moment.astimezone(zone).date()
    for days in range(3):
        day = today - days * _DAY
        struck_at = strikes(day, at, zone)
        if struck_at is not None and struck_at <= moment:
            return day, struck_at
    return None


def _before(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The scheduled time of the date before, or of the one before that where it was skipped."""
    for days in (1, 2):
        struck_at = strikes(day - days * _DAY, at, zone)
        if struck_at is not None:
            return struck_at
    raise AssertionError(f"{zone.key} skips two dates in a row before {day}")
