"""When something that could not be sent is tried again, and when it is given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.errors import DeliveryError


def next_try(
    waits: Sequence[timedelta], *, attempts: int, error: DeliveryError, now: datetime
) -> datetime | None:
    """After `attempts` failed tries, the one at `now` among them; None: it is given up.

    `waits` are those after the first, second, … failed try; after the last of them it is given up,
    and at once where the error is permanent. A server that asks to be left alone for longer is, up
    to the longest of `waits`, so that it takes a bounded time however often it asks.
    """
    if error.permanent or attempts > len(waits):
        return None
    asked = error.retry_after or timedelta()
    return now + max(waits[attempts - 1], min(asked, max(waits)))
