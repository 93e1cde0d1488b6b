"""Times as a document has them, which is read long after: with the year, in one time zone."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from aggregator.core.moments import Moment, Timing, is_about

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def day_of(at: datetime, zone: tzinfo) -> date:
    return _local(at, zone).date()


def minute(at: datetime, zone: tzinfo) -> str:
    """As in "2026-03-29 12:00"."""
    return _local(at, zone).isoformat(" ", "minutes")[:16]


def long_date(day: date) -> str:
    """As in "Sunday, 29 March 2026", whatever the locale."""
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def when(known: Moment, zone: tzinfo) -> str:
    """As exact as it is known: "2026-03-29 12:00", "on …", "about …", "by …", "…–12:30"."""
    if known.timing is Timing.GIVEN:
        return minute(known.latest, zone)
    if known.day is not None:
        return f"on {known.day}"
    earliest, latest = known.earliest, known.latest
    if is_about(known):
        return f"about {minute(latest, zone)}"
    if earliest is None or day_of(earliest, zone) != day_of(latest, zone):
        return f"by {minute(latest, zone)}"
    return f"{minute(earliest, zone)}–{minute(latest, zone)[11:]}"


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:  # at either end of the calendar
        return at
