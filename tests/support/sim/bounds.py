"""When a feed may be asked again at the earliest, and when at the latest."""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.types import Source
from sim.drive import SWEEP
from sim.feeds import MAX_WISH
from sim.kinds import MINUTE, RELOAD_AT, Member
from sim.rhythms import HOUR
from sim.wire import Poll

SLACK = SWEEP + 2 * MINUTE
"""By which a poll may come late: others are asked first, and the store is asked now and then."""
JITTER = 1.1
CRASH_LEASE = 11 * MINUTE
"""After a crash, a host on a shared database falls free when its lease runs out."""


def shortest(member: Member, poll: Poll, then: datetime) -> timedelta:
    """Between that poll and one at `then`."""
    return min(_source(member, at).interval for at in (poll.at, then))


def _source(member: Member, at: datetime) -> Source:
    return (member.later or member.source) if at >= RELOAD_AT else member.source


def latest(member: Member, poll: Poll) -> datetime:
    """By when the next one should come."""
    longest = member.source.max_interval or member.source.interval
    ended_at = poll.ended_at or poll.at + CRASH_LEASE
    if not poll.good:
        return ended_at + MAX_WISH + longest * (JITTER - 1) + SLACK
    wish = member.feed.wish
    due = max(ended_at + longest, wish.not_before(ended_at)) + longest * (JITTER - 1)
    while wish.skips(due) and due < ended_at + MAX_WISH:
        due = due.replace(minute=0, second=0, microsecond=0) + HOUR
    return due + longest * (JITTER - 1) + SLACK


def allowed(member: Member, last: Poll) -> datetime:
    """From when on the next poll could have come, at the latest."""
    if not last.good:
        return latest(member, last)  # failures put it off, for a day at most
    ended_at = last.ended_at or last.at
    interval = member.source.interval
    due = max(ended_at + interval, member.feed.wish.not_before(ended_at)) + interval * (JITTER - 1)
    while member.feed.wish.skips(due) and due < ended_at + MAX_WISH:
        due += MINUTE
    return due + SLACK
