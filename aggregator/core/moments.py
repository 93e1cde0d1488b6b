"""When an article came out, and how far that is known.

A publication time is what an outlet claims; when we first saw the article, and when we last read
its feed without it, is what we know. Where the claim is precise and nothing speaks against it, it
is believed. Elsewhere there is an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from aggregator.types import StoryArticle

BEHIND = timedelta(hours=1)
"""A feed may be so much behind its outlet's pages, for it is made anew now and then."""
AHEAD = timedelta(hours=1)
"""A publication time may lie so much in the future when the article is seen: it was planned, or a
clock is wrong. More is no publication time."""
_ABOUT = timedelta(minutes=30)
_DAY = timedelta(days=1)


class Timing(StrEnum):
    """What the interval rests on."""

    GIVEN = "given"
    """The publisher gives day and time of day."""
    DAY = "day"
    """The publisher gives a day only."""
    SEEN = "seen"
    """The publisher gives nothing to go by: between two readings of its feed."""
    BACKDATED = "backdated"
    """The publisher gives a time after which its feed was still read without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The interval in which an article came out, both ends included."""

    earliest: datetime | None
    """None: not known."""
    latest: datetime
    """By then it was certainly out, or, if GIVEN, says it was."""
    timing: Timing
    day: date | None = None
    """That the publisher gives, in its own time zone, if DAY; None: it gives more, or less."""


def moment_of(item: StoryArticle) -> Moment:
    """By the first of these that holds:

    - No publication time, or one more than an hour after it was first seen, or a day that had not
      begun then: it came out between the last reading of its feed without it and the first one
      with it. Of a feed that was new only the end is known.
    - Its feed was read without it more than an hour after the time that it gives (of a day: after
      its end). Either it came into the feed late, as in those of an editor's choice, or it is
      dated back; nobody but the outlet knows. The interval is from the time given to when it was
      first seen.
    - Midnight, in the offset from UTC that the article gives, else in UTC: that is how a day
      without a time of day is stored. It came out on this day, not after it was first seen; if
      the feed was read without it in the course of that day, after that.
    - Else the time that it gives, at the latest when it was first seen.
    """
    seen, given, unseen = item.article.first_seen_at, item.article.published_at, item.unseen_at
    if given is None:
        return _between(unseen, seen)
    local = given.astimezone(UTC if item.utc_offset is None else timezone(item.utc_offset))
    by_day = local.time() == time()
    if given > seen + (timedelta() if by_day else AHEAD):
        return _between(unseen, seen)
    end = min(given + _DAY, seen) if by_day else min(given, seen)
    if unseen is not None and end + BEHIND < unseen <= seen:
        return Moment(earliest=given, latest=seen, timing=Timing.BACKDATED)
    if not by_day:
        return Moment(earliest=end, latest=end, timing=Timing.GIVEN)
    start = unseen if unseen is not None and given < unseen < end else given
    return Moment(earliest=start, latest=end, timing=Timing.DAY, day=local.date())


def is_before(one: Moment, other: Moment) -> bool:
    """Whether it was certainly out earlier. By the minute: many publishers give no seconds."""
    return other.earliest is not None and _minute(one.latest) < _minute(other.earliest)


def is_about(known: Moment) -> bool:
    """Whether people may be told its end as the time, with "about": it is half an hour or less."""
    return known.earliest is not None and known.latest - known.earliest <= _ABOUT


def in_one_minute(one: Moment, other: Moment) -> bool:
    """Whether both give a time of day, and the same minute."""
    given = one.timing is other.timing is Timing.GIVEN
    return given and _minute(one.latest) == _minute(other.latest)


def _between(unseen: datetime | None, seen: datetime) -> Moment:
    earliest = None if unseen is None else min(unseen, seen)
    return Moment(earliest=earliest, latest=seen, timing=Timing.SEEN)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
