"""When a page that grows is visited again: often while it does, and no more once it has ended.

The wait is as long as nothing has changed so far, so that a live blog that rests is asked for half
as often every time; and never shorter than a twelfth of its age, so that one that runs for days
does not fill the store with its revisions.
"""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=15)
"""Between two visits."""
LONGEST = timedelta(hours=2)
SHARE_OF_AGE = 12
ENDED_AFTER = timedelta(hours=12)
"""Without a change; then it has come to its end."""
WATCHED_FOR = timedelta(days=3)
"""At most, from when it was first seen."""


def next_visit(*, first_seen_at: datetime, changed_at: datetime, now: datetime) -> datetime | None:
    """When the page of a live blog is asked for again after a visit at `now`; None: never.

    `changed_at`: when its present text was first seen.
    """
    quiet = max(now - changed_at, timedelta())
    age = now - first_seen_at
    if quiet >= ENDED_AFTER or age >= WATCHED_FOR:
        return None
    return now + min(max(quiet, age / SHARE_OF_AGE, SHORTEST), LONGEST)
