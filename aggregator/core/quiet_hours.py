"""Hours of the local day in which nothing is sent, whatever the clock does at either change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aggregator.core.clockwork import strikes
from aggregator.types.watching import QuietHours

_DAY: Final = timedelta(days=1)
_LONGEST: Final = 3
"""Days that one night can touch, with a date that is skipped among them."""


def quiet_until(quiet: QuietHours, at: datetime) -> datetime | None:
    """When the quiet hours end that `at` is in (UTC); None: it is in none.

    They last from the hour in which they begin to the next in which they end, as
    `clockwork.strikes` has hours: one that comes twice counts the first time, one that is skipped
    as if the clock had not been changed yet. Raises ValueError where they end as they begin.
    """
    if quiet.begin == quiet.end:
        raise ValueError("quiet hours that end as they begin have no length")
    moment = at.astimezone(UTC)
    today = moment.astimezone(ZoneInfo(quiet.timezone)).date()
    ends = [end for begin, end in _nights(quiet, today) if begin <= moment < end]
    return max(ends, default=None)


def _nights(quiet: QuietHours, today: date) -> Iterator[tuple[datetime, datetime]]:
    """Begin and end of those that `today` can be in."""
    for back in range(_LONGEST):
        day = today - back * _DAY
        begin = strikes(day, quiet.begin, ZoneInfo(quiet.timezone))
        if begin is not None:
            yield begin, _end(quiet, day)


def _end(quiet: QuietHours, day: date) -> datetime:
    """Of those that begin on that date."""
    over_midnight = quiet.end < quiet.begin
    for days in range(over_midnight, _LONGEST):
        end = strikes(day + days * _DAY, quiet.end, ZoneInfo(quiet.timezone))
        if end is not None:
            return end
    raise AssertionError(f"{quiet.timezone} skips dates in a row after {day}")
