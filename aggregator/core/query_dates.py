"""The times that a search may name: `2026-05`, `3d`, `yesterday`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from aggregator.core.text import shorten

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[t ]([0-9]{1,2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:\.([0-9]{1,6}))?)? ?(?:(z)|([+-])([0-9]{2}):?([0-9]{2}))?"
)
_AGO = re.compile(r"([0-9]{1,9})(min|h|d|w|mo|y)")
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_MONTHS = {"mo": 1, "y": 12}
_DAYS_AGO = {"today": 0, "yesterday": 1}
_MINUTES_OR_MONTHS = re.compile(r"([0-9]{1,9})m")

FORMS = (
    "2026-05-31, 2026-05, 2026, 2026-05-31T14:30, 30min, 12h, 3d, 2w, 6mo, 1y, today or yesterday"
)


def moment(text: str, now: datetime) -> datetime:
    """When the named time begins, aware UTC.

    `now` is aware: days, months and times of day without an offset are those of its time zone.
    Raises ValueError with a sentence that shows what would be right.
    """
    folded = " ".join(text.lower().split())
    try:
        found = _moment(folded, now)
    except (ValueError, OverflowError):
        found = None  # month 13, 30 February, a million weeks ago
    if found is not None:
        return found
    if unclear := _MINUTES_OR_MONTHS.fullmatch(folded):
        number = unclear[1]
        raise ValueError(f'"{number}m" may be minutes or months (write {number}min or {number}mo)')
    raise ValueError(f'"{shorten(text, 60)}" is no date (write {FORMS})')


def _moment(text: str, now: datetime) -> datetime | None:
    if ago := _AGO.fullmatch(text):
        number, unit = int(ago[1]), ago[2]
        if unit in _UNITS:
            return now.astimezone(UTC) - number * _UNITS[unit]
        return _months_before(now, number * _MONTHS[unit]).astimezone(UTC)
    if text in _DAYS_AGO:
        return _midnight(now.date() - timedelta(days=_DAYS_AGO[text]), now.tzinfo)
    if day := _DATE.fullmatch(text):
        return _midnight(date(int(day[1]), int(day[2] or 1), int(day[3] or 1)), now.tzinfo)
    if match := _TIME.fullmatch(text):
        return _time_of_day(match, now.tzinfo)
    return None


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _time_of_day(match: re.Match[str], zone: tzinfo | None) -> datetime:
    numbers = [int(number or 0) for number in match.groups()[:6]]
    microseconds = int((match[7] or "").ljust(6, "0"))
    at = datetime(*numbers, microseconds, tzinfo=UTC)  # type: ignore[misc, arg-type]  # six of them
    if match[8]:
        return at
    if match[9]:
        hours, minutes = int(match[10]), int(match[11])
        if hours > 23 or minutes > 59:
            raise ValueError("no offset of a time zone")
        offset = timedelta(hours=hours, minutes=minutes)
        return at - offset if match[9] == "+" else at + offset
    return at.replace(tzinfo=zone).astimezone(UTC)


def _months_before(now: datetime, months: int) -> datetime:
    """The same day of an earlier month, or that month's last day when it is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    if year < 1:
        raise ValueError("before the first year")
    day = min(now.day, monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
