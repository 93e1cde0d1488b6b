"""Which of the dates that a page gives is the one to believe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from aggregator.core.dates import parse_date, plausible

_FIRST_PAGE = datetime(1990, 1, 1, tzinfo=UTC)
"""What claims to be older than the web is a default that nobody set."""
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_ZONE_NAME = re.compile(r"\[[\w/+-]{1,40}\]\Z")
_ZONED = re.compile(r"\d\s*(?:Z|[+-]\d\d:?\d\d|\(?(?![AP]M\Z)[A-Z]{2,5}\)?)\Z", re.IGNORECASE)
_NEVER_SET = ("0000", "0001")
"""Years of the zero value in databases and in .NET."""
_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?([0-3]\d)(?=[/_-]|\Z)")
_WIDEST_OFFSET = timedelta(hours=15)


def first_date(values: Iterable[str]) -> datetime | None:
    """The first value that is a date, in UTC. Where it names no zone, a later value of about the
    same time that does is believed instead; where none does, it counts as UTC."""
    vague: datetime | None = None
    for value in values:
        when, zoned = _read(value.strip())
        if when is None or (vague and abs(when - vague) > _WIDEST_OFFSET):
            continue
        if zoned:
            return when
        vague = vague or when
    return vague


def date_in_path(url: str) -> datetime | None:
    """The day that an address carries, as in /2024/03/01/; None: it carries none."""
    match = _IN_PATH.search(url)
    return parse_date("-".join(match.groups())) if match else None


def _read(value: str) -> tuple[datetime | None, bool]:
    """The date, and whether the value names a zone."""
    if _EPOCH.match(value):
        seconds = int(value[:10])
        return plausible(datetime.fromtimestamp(seconds, UTC)), True
    if value.startswith(_NEVER_SET):
        return None, False
    value = _ZONE_NAME.sub("", value[-100:])
    when = parse_date(value)
    if when is not None and when < _FIRST_PAGE:
        when = None
    return when, bool(_ZONED.search(value))
