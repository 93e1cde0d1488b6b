"""What becomes of a delivery after a try: sent, tried again later, or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.core.retries import next_try
from aggregator.errors import DeliveryError
from aggregator.types import Delivery, DeliveryState

RETRY_AFTER = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    *(timedelta(hours=4),) * 5,
)
"""Waits after the first, second, … failed try: just under a day in all, then it is given up."""


def after_try(delivery: Delivery, *, error: DeliveryError | None, now: datetime) -> Delivery:
    """The delivery as it is to be stored after one more try.

    `error` None: it was sent. A permanent error, or a temporary one after the last of
    `RETRY_AFTER`, gives up (FAILED). Otherwise it stays SENDING with the time of the next try;
    the message, and with it the Message-ID, stays the same.
    """
    attempts = delivery.attempts + 1
    if error is None:
        return replace(
            delivery, state=DeliveryState.SENT, attempts=attempts, error=None, retry_at=None
        )
    retry_at = next_try(RETRY_AFTER, attempts=attempts, error=error, now=now)
    return replace(
        delivery,
        state=DeliveryState.FAILED if retry_at is None else DeliveryState.SENDING,
        attempts=attempts,
        error=str(error),
        retry_at=retry_at,
    )
