"""When articles came out, in words: as exact as it is known, in local time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from aggregator.cli.output import moment
from aggregator.core.moments import Moment, Timing, is_about, moment_of
from aggregator.types import StoryArticle


def when(known: Moment) -> str:
    """Local time for columns, with how much of it is known.

    "07 Feb 09:30", "on 07 Feb", "about 07 Feb 09:30", "07 Feb 09:30–12:00", "by 07 Feb 12:00".
    """
    if known.timing is Timing.GIVEN:
        return minute(known.latest)
    if known.day is not None:
        return f"on {day_of(known.day)}"
    earliest, latest = known.earliest, known.latest
    if is_about(known):
        return f"about {minute(latest)}"
    if earliest is None or local_day(earliest) != local_day(latest):
        return f"by {minute(latest)}"
    return f"{minute(earliest)}–{latest.astimezone():%H:%M}"


def reason_of_time(item: StoryArticle) -> str:
    """Why there is no plain time; empty: there is one."""
    known, given = moment_of(item), item.article.published_at
    seen = f"first seen {minute(item.article.first_seen_at)}"
    unseen = "" if item.unseen_at is None else f"not yet in its feed {minute(item.unseen_at)}, "
    if known.timing is Timing.GIVEN:
        return ""
    if known.timing is Timing.DAY:
        return f"gives a day and no time; {unseen}{seen}"
    if given is None:
        return f"gives no time; {unseen}{seen}"
    if known.timing is Timing.SEEN:
        return f"gives {minute(given)}, which was to come; {unseen}{seen}"
    return f"gives {minute(given)}, but was {unseen}{seen}: dated back, or late in its feed"


def minute(at: datetime) -> str:
    """Local time: `07 Feb 09:30`, or `2024-02-07 09:30` when not of this year."""
    return f"{at.astimezone():%d %b %H:%M}" if _is_of_this_year(local_day(at)) else moment(at)


def day_of(day: date) -> str:
    """`07 Feb`, or `2024-02-07` when not of this year."""
    return day.strftime("%d %b" if _is_of_this_year(day) else "%Y-%m-%d")


def local_day(at: datetime) -> date:
    return at.astimezone().date()


def _is_of_this_year(day: date) -> bool:
    return day.year == datetime.now(UTC).astimezone().year
