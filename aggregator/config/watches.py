"""How what watches say is read: rates and quiet hours."""

from __future__ import annotations

import re
from datetime import timedelta

from aggregator.config.values import quote, text, time_of_day
from aggregator.core.durations import parse_duration
from aggregator.types import QuietHours, Rate

_RATE = re.compile(r"([0-9]{1,6}) ?/ ?([0-9]{0,6}[a-z][0-9a-z ]*)")
_MOST = range(1, 1001)
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)
_HOURS = re.compile(r"([0-9]{1,2}:[0-9]{2}) ?[-–] ?([0-9]{1,2}:[0-9]{2})")


def rate(value: object) -> Rate:
    """As in 1/h, 5/d or 2/30m."""
    line = text(value)
    match = _RATE.fullmatch(line)
    span = _span(match[2]) if match else None
    if match is None or span is None:
        raise ValueError(f"must be a number and a time, as in 1/h, 5/d or 2/30m, not {quote(line)}")
    most = int(match[1])
    if most not in _MOST or not _SHORTEST <= span <= _LONGEST:
        raise ValueError(f"must be from 1 to 1000 in 1m to 7d, not {quote(line)}")
    return Rate(most=most, span=span)


def quiet_hours(value: object) -> QuietHours:
    """As in 22:00-07:00; the time zone is filled in later."""
    line = text(value)
    match = _HOURS.fullmatch(line)
    if match is None:
        raise ValueError(f"must be two times, as in 22:00-07:00, not {quote(line)}")
    begin, end = time_of_day(match[1]), time_of_day(match[2])
    if begin == end:
        raise ValueError(
            "begins and ends at the same time; to send nothing at all, remove the watch"
        )
    return QuietHours(begin=begin, end=end, timezone="UTC")


def _span(line: str) -> timedelta | None:
    """A unit alone is one of it; None: it is no duration."""
    try:
        return parse_duration(line if line[0].isdigit() else f"1{line}")
    except ValueError:
        return None
