"""Times as the readers of a digest write them: local, short, and no more exact than known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.core.moments import Moment, Timing, is_about
from aggregator.types import Digest

_WEEK = timedelta(days=6)


class Clock:
    """Of one digest."""

    def __init__(self, digest: Digest) -> None:
        self._zone = ZoneInfo(digest.timezone)
        self._until = digest.until_at.astimezone(self._zone)
        since = digest.since_at.astimezone(self._zone)
        self.period = (
            f"{_short_date(since.date())} {since:%H:%M} to "
            f"{_short_date(self._until.date())} {self._until:%H:%M}, {digest.timezone}"
        )

    def show(self, known: Moment) -> str:
        """06:12 on the digest's own date, "Sun 21:40" within the week before, else "12 Mar".

        Where it is not known so exactly, "about 06:12" or "by 06:12", or the day alone.
        """
        if known.day is not None:
            return self._day(known.day) or "today"
        local = known.latest.astimezone(self._zone)
        day, time = self._day(local.date()), self._time(local)
        said = " ".join(filter(None, (day, time)))
        if known.timing is Timing.GIVEN or not time:
            return said
        return f"{'about' if is_about(known) else 'by'} {said}"

    def _day(self, day: date) -> str:
        """Empty for the digest's own date."""
        today = self._until.date()
        if day == today:
            return ""
        if today - _WEEK <= day < today:
            return f"{day:%a}"
        return f"{day.day} {day:%b}{'' if day.year == today.year else f' {day.year}'}"

    def _time(self, local: datetime) -> str:
        """Empty for what is more than a week ago."""
        today = self._until.date()
        return f"{local:%H:%M}" if today - _WEEK <= local.date() <= today else ""


def _short_date(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
