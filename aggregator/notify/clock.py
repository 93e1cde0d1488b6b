"""Times as the readers of a digest write them: local, short, and no more exact than known."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.core.moments import Moment, Timing, is_about
from aggregator.notify.words.catalogue import Words
from aggregator.types import Digest

_WEEK = timedelta(days=6)


class Clock:
    """Of one digest."""

    def __init__(self, digest: Digest, words: Words) -> None:
        self._words = words
        self._zone = ZoneInfo(digest.timezone)
        self._until = digest.until_at.astimezone(self._zone)
        self.period = words.say(
            "period",
            since=self._full(digest.since_at.astimezone(self._zone)),
            until=self._full(self._until),
            timezone=digest.timezone,
        )

    @property
    def hour(self) -> str:
        """At which the period ends."""
        return self._hour(self._until)

    def show(self, known: Moment) -> str:
        """06:12 on the digest's own date, "Sun 21:40" within the week before, else "12 Mar".

        Where it is not known so exactly, "about 06:12" or "by 06:12", or the day alone.
        """
        if known.day is not None:
            return self._day(known.day) or self._words.say("today")
        local = known.latest.astimezone(self._zone)
        day, time = self._day(local.date()), self._time(local)
        said = " ".join(filter(None, (day, time)))
        if known.timing is Timing.GIVEN or not time:
            return said
        return self._words.say("about" if is_about(known) else "by", time=said)

    def day(self, at: datetime) -> str:
        """As in "12 Mar"."""
        day = at.astimezone(self._zone).date()
        return self._words.locale.short_date(day, year=day.year != self._until.year)

    def _full(self, local: datetime) -> str:
        day = self._words.locale.short_date(local.date(), weekday=True)
        return f"{day} {self._hour(local)}"

    def _hour(self, local: datetime) -> str:
        return self._words.locale.digits(f"{local:%H:%M}")

    def _day(self, day: date) -> str:
        """Empty for the digest's own date."""
        today = self._until.date()
        if day == today:
            return ""
        if today - _WEEK <= day < today:
            return self._words.locale.weekday(day)
        return self._words.locale.short_date(day, year=day.year != today.year)

    def _time(self, local: datetime) -> str:
        """Empty for what is more than a week ago."""
        today = self._until.date()
        return self._hour(local) if today - _WEEK <= local.date() <= today else ""
