"""What becomes of a message of a watch after a try: sent, tried again later, or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from aggregator.core.retries import next_try
from aggregator.errors import DeliveryError
from aggregator.types.watching import Notice, NoticeState

WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    *(timedelta(hours=4),) * 12,
)
"""After the first, second, … failed try: two days in all, then it is given up. Where a server asks
to be left alone each time, it is less than three."""


def after_try(notice: Notice, *, error: DeliveryError | None, now: datetime) -> Notice:
    """The message as it is to be stored after one more try.

    `error` None: it was sent. A permanent error, or a temporary one after the last of `WAITS`,
    gives up (DEAD). Otherwise it stays WAITING with the time of the next try. Key and content stay
    the same.
    """
    attempts = notice.attempts + 1
    if error is None:
        return replace(
            notice,
            state=NoticeState.SENT,
            attempts=attempts,
            error=None,
            due_at=None,
            sent_at=now,
        )
    due_at = next_try(WAITS, attempts=attempts, error=error, now=now)
    return replace(
        notice,
        state=NoticeState.DEAD if due_at is None else NoticeState.WAITING,
        attempts=attempts,
        error=str(error),
        due_at=due_at,
    )
