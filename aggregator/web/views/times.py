"""Times as pages show them: short, in one zone, as exact as they are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from aggregator.config import Config
from aggregator.core.moments import Moment, Timing, is_about

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHOLE_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WHOLE_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = timedelta(days=1)
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeView:
    text: str
    """As in "06:12", "yesterday 06:12", "Mon 06:12", "30 Mar", "by 06:12"."""
    iso: str
    """For `datetime=`."""
    title: str
    """In full, with the zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What is shown at one moment."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def starts(self, day: date) -> datetime:
        """The moment, in UTC, at which a day begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def at(self, at: datetime) -> TimeView:
        local = self.local(at)
        return self._view(self._short(local), local)

    def hour(self, at: datetime) -> str:
        """As in "06:12"."""
        return _hour(self.local(at))

    def moment(self, known: Moment) -> TimeView:
        """As exact as it is known: "06:12", "on Mon", "about 06:12", "by 06:12", "04:30–06:12"."""
        latest = self.local(known.latest)
        short = self._short(latest)
        if known.timing is Timing.GIVEN:
            return self._view(short, latest)
        if known.day is not None:
            day = self.day(known.day)
            return TimeView(
                text=day if known.day >= self.today - _DAY else f"on {day}",
                iso=known.day.isoformat(),
                title=f"{long_day(known.day)}; no time of day is given",
            )
        if is_about(known):
            return self._view(f"about {short}", latest)
        earliest = None if known.earliest is None else self.local(known.earliest)
        if earliest is None or earliest.date() != latest.date():
            return self._view(f"by {short}", latest)
        return self._view(f"{self._short(earliest)}–{_hour(latest)}", latest)

    def day(self, day: date) -> str:
        """As in "today", "yesterday", "Mon", "30 Mar", "30 Mar 2025"."""
        ago = (self.today - day).days
        if ago in {0, 1}:
            return ("today", "yesterday")[ago]
        if 1 < ago < _WEEK:
            return _DAYS[day.weekday()]
        return short_day(day, year=day.year != self.today.year)

    def _short(self, local: datetime) -> str:
        hour = _hour(local)
        if local.date() == self.today:
            return hour
        return f"{self.day(local.date())} {hour}"

    def _view(self, text: str, local: datetime) -> TimeView:
        return TimeView(
            text=text,
            iso=local.isoformat(timespec="seconds"),
            title=f"{long_day(local.date())}, {_hour(local)} {local.tzname() or ''}".rstrip(),
        )


def times_of(config: Config, now: datetime) -> Times:
    """In the zone of the digest: the one place where feeds.yaml has one."""
    return Times(now=now, zone=config.digest.timezone)


def _hour(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def short_day(day: date, *, year: bool = False) -> str:
    """As in "30 Mar", "30 Mar 2025"."""
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def long_day(day: date) -> str:
    """As in "Monday, 30 March 2026"."""
    return f"{_WHOLE_DAYS[day.weekday()]}, {day.day} {_WHOLE_MONTHS[day.month - 1]} {day.year}"


def span_in_words(span: timedelta) -> str:
    """A duration in one unit: "40 minutes", "3 hours", "2 days"."""
    minutes = round(span.total_seconds() / 60)
    for length, what in ((24 * 60 * 2, "day"), (90, "hour")):
        if minutes >= length:
            number = round(minutes / (24 * 60 if what == "day" else 60))
            return f"{number} {what}{'' if number == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
