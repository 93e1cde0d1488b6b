"""What was stored under a clock that ran ahead, once it has been set back.

Times that were yet to come would hold everything up until they do: a source that was polled five
years from now is due then. None of them says when anything happened, so they count from now on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.storage.rows import span_to_us, to_us
from aggregator.storage.sql import Session

_MARGIN = timedelta(minutes=10)
"""Clocks are put right by less all the time."""
_LONGEST = timedelta(days=8)
"""Nothing but an interval of polling puts anything off for longer than a week: failures and wishes
of publishers a day, what a watch sends a week at most."""

# One that was never polled is due, unless it was put off, which is by an interval and some more.
_AHEAD = """
    active = 1 AND (last_poll_at > :late
      OR next_poll_at > :far + coalesce(max_interval_us, interval_us)
      OR (last_poll_at IS NULL AND next_poll_at > :late +
        CASE WHEN last_error IS NULL THEN 0 ELSE 2 * coalesce(max_interval_us, interval_us) END))
"""
_FREE_HOSTS = f"""
    UPDATE hosts SET free_at = 0
    WHERE free_at > :far
      OR (free_at > :now AND host IN (SELECT host FROM sources WHERE {_AHEAD}))
"""  # noqa: S608 - the condition is above
# A publisher that asked for a pause gets it, counted from now: nobody knows how much of it is over.
_POLL_NOW = f"""
    UPDATE sources SET
      next_poll_at =
        CASE WHEN hold_until > last_poll_at THEN :now + (hold_until - last_poll_at) ELSE :now END,
      hold_until = CASE WHEN hold_until > last_poll_at THEN :now + (hold_until - last_poll_at) END,
      not_before_at = NULL,
      last_poll_at = CASE WHEN last_poll_at > :now THEN :now ELSE last_poll_at END,
      last_ok_at = CASE WHEN last_ok_at > :now THEN :now ELSE last_ok_at END,
      gone_at = CASE WHEN gone_at > :now THEN :now ELSE gone_at END
    WHERE {_AHEAD}
"""  # noqa: S608 - the same
_REST = (
    "UPDATE hosts SET lease_until = 0 WHERE lease_until > :far",
    "UPDATE articles SET text_due_at = :now WHERE text_due_at > :far",
    "DELETE FROM robots WHERE asked_at > :late",
    "UPDATE notices SET due_at = :now WHERE state = 'waiting' AND due_at > :far",
    "UPDATE notices SET sent_at = :now WHERE sent_at > :late",
    "DELETE FROM held_channels WHERE held_until > :far",
    "UPDATE deliveries SET retry_at = :now WHERE retry_at > :far",
)


def heed(session: Session, *, now: datetime) -> int:
    params = {
        "now": to_us(now),
        "late": to_us(now + _MARGIN),
        "far": to_us(now) + span_to_us(_LONGEST),
    }
    session.run(_FREE_HOSTS, params)
    sources = session.run(_POLL_NOW, params)
    for statement in _REST:
        session.run(statement, params)
    return sources
