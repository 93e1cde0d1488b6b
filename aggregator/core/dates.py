"""Dates as feeds and pages write them.

Read here: ISO 8601 and its W3C profile, RFC 822 with its usual liberties, C's asctime, and names
of months in the languages whose feeds are known to translate them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from aggregator.core.text import fold

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""The first of January 1970 is how programs write that they know no date."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
MAX_LENGTH = 80
"""Characters; no date is longer."""
MAX_OFFSET = timedelta(hours=14)
"""Of local time from UTC: that of Kiribati."""

_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
)
_ZONE = r"(?P<zone>[a-z][a-z/_]*|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?(?:\s*\([a-z\s]*\))?)"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_WEEKDAY = r"(?:[^\W\d_]{2,14}(?:-[^\W\d_]{2,8})?\.?,?\s+)?"

_ISO = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/.])(?P<month>\d{1,2})(?:(?P=mark)(?P<day>\d{1,2}))?"
    r"|(?P<month2>\d{2})(?P<day2>\d{2}))"
    r"(?:(?:t|\s+|,\s*)(?:"
    + _TIME
    + r"|(?P<hour2>\d{2})(?P<minute2>\d{2})(?P<second2>\d{2})?))?"
    + rf"\s*{_ZONE}?",
    re.IGNORECASE,
)
_FORMS = (
    re.compile(  # Tue, 03 Mar 2026 09:15:00 +0100
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?[\s-]+(?:de\s+)?{_MONTH},?[\s-]+"
        rf"(?:de\s+)?(?P<year>\d{{4}}|\d{{2}})(?:(?:,|\s|t|at)+{_TIME})?\s*{_ZONE}?",
        re.IGNORECASE,
    ),
    re.compile(  # Tue, Mar 3, 2026 9:15 PM EST
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
        rf"(?:(?:,|\s|at)+{_TIME})?\s*{_ZONE}?",
        re.IGNORECASE,
    ),
    re.compile(  # Tue Mar  3 09:15:00 CET 2026
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}(?:\s+{_ZONE})?\s+(?P<year>\d{{4}})",
        re.IGNORECASE,
    ),
)

_MONTHS = {
    start: number
    for number, starts in enumerate(
        (  # English, then what differs in de, es, fr, it, nl, pl, pt, ru, sv, tr
            "jan ene gen sty янв oca",
            "feb fev lut фев sub",
            "mar mrt мар",
            "apr avr abr kwi апр nis",
            "may mai mag mei maj май мая",
            "jun juin giu cze июн haz",
            "jul juil lug lip июл tem",
            "aug aou ago sie авг agu",
            "sep set wrz сен eyl",
            "oct okt out ott paz окт eki",
            "nov lis ноя kas",
            "dec dez dic gru дек ara",
        ),
        start=1,
    )
    for start in starts.split()
}
# Hours from UTC. Where an abbreviation has several meanings, the one with the most readers.
_ZONES = {
    name: timedelta(hours=hours)
    for hours, names in {
        -10: "hst",
        -9: "akst",
        -8: "pst pt akdt",
        -7: "mst mt pdt",
        -6: "cst ct mdt",
        -5: "est et cdt",
        -4: "edt ast at clt",
        -3.5: "nst",
        -3: "adt art brt",
        -2.5: "ndt",
        0: "z ut utc gmt wet",
        1: "cet met mez wat bst west",
        2: "cest mest mesz eet cat sast",
        3: "eest msk eat trt",
        4: "gst",
        5: "pkt",
        5.5: "ist",
        6: "bdt",
        7: "wib ict",
        8: "hkt sgt awst pht myt",
        9: "jst kst",
        9.5: "acst",
        10: "aest",
        10.5: "acdt",
        11: "aedt",
        12: "nzst",
        13: "nzdt",
    }.items()
    for name in names.split()
}


def parse_date(value: str) -> datetime | None:
    """Aware, in UTC; None for what is no date, or none that an article can have.

    A time without a zone, or with one that nobody knows, counts as UTC.
    """
    parsed = parse_zoned(value)
    return parsed[0] if parsed else None


def parse_zoned(value: str) -> tuple[datetime, timedelta | None] | None:
    """As `parse_date`, with what the value says of its offset from UTC.

    None as offset: it names no zone, or one that nobody knows.
    """
    value = value.strip()
    if not 6 <= len(value) <= MAX_LENGTH:
        return None
    match = _ISO.fullmatch(value)
    forms = iter(_FORMS)
    while match is None and (form := next(forms, None)) is not None:
        match = form.fullmatch(value)
    if match is None:
        return None
    try:
        moment = plausible(_build(match.groupdict()))
    except (ValueError, OverflowError):  # such as the 31st of February
        return None
    return None if moment is None else (moment, zone_offset(match["zone"] or ""))


@lru_cache(maxsize=256)
def zone_offset(zone: str) -> timedelta | None:
    """From UTC, of "+01:00", "Z" or "CET" in any case; None: no zone that is known."""
    zone = zone.lower().removeprefix("etc/").partition("(")[0].strip()
    numbered = zone.endswith(tuple("0123456789:"))
    return _offset(zone) if numbered else _ZONES.get(zone)


def plausible(value: datetime | None) -> datetime | None:
    """The same, or None when no article can be of that date."""
    return value if value is not None and EARLIEST <= value < LATEST else None


def _build(parts: dict[str, str | None]) -> datetime | None:
    def number(name: str, default: int = 0) -> int:
        return int(parts.get(name) or parts.get(name + "2") or default)

    month = _month(parts["month"] or parts.get("month2") or "")
    offset = _offset(parts["zone"])
    if month is None or offset is None:
        return None
    year, hour = number("year"), number("hour")
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    if half := parts["half"]:
        hour = hour % 12 + (12 if half in "pP" else 0)
    if hour > 24:
        return None
    moment = datetime(
        year,
        month,
        number("day", 1),
        minute=number("minute"),
        second=min(number("second"), 59),
        microsecond=int((parts["fraction"] or "")[:6].ljust(6, "0")),
        tzinfo=UTC,
    )
    return moment + (timedelta(hours=hour) - offset)


def _month(value: str) -> int | None:
    if value.isdigit():
        return int(value)
    name = fold(value)
    return _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])


@lru_cache(maxsize=256)
def _offset(zone: str | None) -> timedelta | None:
    """From UTC; None: more than any place on Earth has."""
    zone = (zone or "").lower().removeprefix("etc/").partition("(")[0].strip()
    if not zone.endswith(tuple("0123456789:")):
        return _ZONES.get(zone, timedelta())
    sign = -1 if "-" in zone else 1
    digits = re.sub(r"\D", "", zone)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return sign * offset if offset <= MAX_OFFSET else None
