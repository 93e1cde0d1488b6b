"""Durations and sizes as people write them: `1h30m`, `10MiB`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_DURATION = re.compile(
    r"(?:(?P<weeks>[0-9]{1,6})w)?\s*"
    r"(?:(?P<days>[0-9]{1,6})d)?\s*"
    r"(?:(?P<hours>[0-9]{1,6})h)?\s*"
    r"(?:(?P<minutes>[0-9]{1,6})m(?!s))?\s*"
    r"(?:(?P<seconds>[0-9]{1,6})s)?\s*"
    r"(?:(?P<milliseconds>[0-9]{1,6})ms)?"
)
_PARTS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "m"),
    (timedelta(seconds=1), "s"),
    (timedelta(milliseconds=1), "ms"),
)
_SIZE = re.compile(r"([0-9]{1,15})\s*(B|[kKMG]B|[KMG]iB)")
_UNITS = {
    "GiB": 1024**3,
    "GB": 1000**3,
    "MiB": 1024**2,
    "MB": 1000**2,
    "KiB": 1024,
    "kB": 1000,
    "KB": 1000,
    "B": 1,
}


def parse_duration(text: str) -> timedelta:
    """Read weeks, days, hours, minutes, seconds and milliseconds, in that order.

    Each unit (`w d h m s ms`) may occur once; whole numbers only. Raises ValueError with a
    sentence that shows what would be right.
    """
    text = text.strip()
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
            raise ValueError(f"a duration needs its unit: {text}s, {text}m, {text}h or {text}d")
        raise ValueError("a duration is written as in 45s, 30m, 1h30m or 2d")
    return timedelta(**{unit: int(number) for unit, number in match.groupdict("0").items()})


def format_duration(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads as `value`, to the millisecond.

    What is below a millisecond is cut off. Raises ValueError for a negative duration.
    """
    if value < timedelta():
        raise ValueError("a duration is never negative")
    parts = []
    for unit, name in _PARTS:
        number, value = divmod(value, unit)
        if number:
            parts.append(f"{number}{name}")
    return "".join(parts) or "0s"


def parse_size(text: str) -> int:
    """Read a number of bytes: `10MB` is 10,000,000, `10MiB` is 10,485,760.

    Raises ValueError with a sentence that shows what would be right.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError("a size is written as a whole number with its unit, as in 10MB or 32MiB")
    return int(match[1]) * _UNITS[match[2]]


def format_size(value: int) -> str:
    """The shortest text that `parse_size` reads as `value`. Raises ValueError when negative."""
    if value < 0:
        raise ValueError("a size is never negative")
    texts = [f"{value // size}{unit}" for unit, size in _UNITS.items() if value % size == 0]
    return min(texts, key=len) if value else "0B"


def offset_of(offset: timedelta) -> str:
    """That of a time zone, as ISO 8601 has it: `+04:00`."""
    return datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[19:]
