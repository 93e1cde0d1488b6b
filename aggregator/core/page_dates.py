"""Which of the dates that a page gives is the one to believe, and in what time zone it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.core.dates import parse_date, parse_zoned, plausible, zone_offset

_FIRST_PAGE = datetime(1990, 1, 1, tzinfo=UTC)
"""What claims to be older than the web is a default that nobody set."""
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_ZONE_NAME = re.compile(r"\[[\w/+-]{1,40}\]\Z")
_NEVER_SET = ("0000", "0001")
"""Years of the zero value in databases and in .NET."""
_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?([0-3]\d)(?=[/_-]|\Z)")
_WIDEST_OFFSET = timedelta(hours=15)
_SAID_ZONE = re.compile(
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s{0,3}(?:[ap]\.?m\.?)?\s{0,3}\(?"
    r"((?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?|(?-i:[A-Z]{2,5}))\b",
    re.IGNORECASE,
)
"""08:30 CET, 8:30 a.m. (EST)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    at: datetime
    """Aware, in UTC."""
    offset: timedelta | None
    """From UTC, of the zone that the page gives it in, or that is usual for such pages; None:
    neither is known."""


def first_date(
    values: Iterable[str], others: Iterable[str] = (), *, usual: timedelta | None = None
) -> PageDate | None:
    """The first value that is a date.

    Where it names no zone, a later value of about the same time that does is believed instead;
    where none does, it is in the zone of the first of `others`, dates and texts of the same page,
    that names one. Where none of these does, it is as far from UTC as is `usual` for such pages;
    None: not known, it counts as UTC.
    """
    vague: datetime | None = None
    for value in values:
        read = _read(value.strip())
        if read is None or (vague and abs(read[0] - vague) > _WIDEST_OFFSET):
            continue
        if read[1] is not None:
            return PageDate(at=read[0], offset=read[1])
        vague = vague or read[0]
    if vague is None:
        return None
    offset = next(_offsets(others), usual)
    at = plausible(vague - (offset or timedelta()))
    return PageDate(at=at or vague, offset=offset)


def date_in_path(url: str) -> datetime | None:
    """The day that an address carries, as in /2024/03/01/; None: it carries none."""
    match = _IN_PATH.search(url)
    return parse_date("-".join(match.groups())) if match else None


def _offsets(values: Iterable[str]) -> Iterator[timedelta]:
    for value in values:
        read = _read(value.strip())
        if read is not None and not _EPOCH.match(value.strip()):
            offset = read[1]
        else:
            said = _SAID_ZONE.search(value[:300])
            offset = zone_offset(said[1]) if said else None
        if offset is not None:
            yield offset


def _read(value: str) -> tuple[datetime, timedelta | None] | None:
    """The date, and its offset from UTC if it names one."""
    if _EPOCH.match(value):
        at = plausible(datetime.fromtimestamp(int(value[:10]), UTC))
        return None if at is None else (at, timedelta())
    if value.startswith(_NEVER_SET):
        return None
    read = parse_zoned(_ZONE_NAME.sub("", value[-100:]))
    return None if read is None or read[0] < _FIRST_PAGE else read
