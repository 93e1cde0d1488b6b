from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from aggregator.core.deliveries import RETRY_AFTER, after_try
from aggregator.errors import DeliveryError
from aggregator.types import Delivery, DeliveryState, Edition

NOW = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
PREPARED = Delivery(
    edition=Edition(digest="digest", local_date=date(2026, 3, 30), slot=2),
    recipient="ann@example.org",
    message_id="<1@example.org>",
    message=b"whole",
    state=DeliveryState.SENDING,
    attempts=0,
    error=None,
    retry_at=NOW,
)


def refusal(*, permanent: bool) -> DeliveryError:
    return DeliveryError("The server is busy.", recipient="ann@example.org", permanent=permanent)


def test_sent_is_sent_also_after_failures() -> None:
    once = after_try(PREPARED, error=refusal(permanent=False), now=NOW)
    sent = after_try(once, error=None, now=NOW)
    assert (sent.state, sent.attempts) == (DeliveryState.SENT, 2)
    assert (sent.error, sent.retry_at) == (None, None)
    assert (sent.edition, sent.recipient) == (PREPARED.edition, PREPARED.recipient)


def test_a_permanent_refusal_gives_up_at_once() -> None:
    failed = after_try(PREPARED, error=refusal(permanent=True), now=NOW)
    assert (failed.state, failed.attempts) == (DeliveryState.FAILED, 1)
    assert (failed.error, failed.retry_at) == ("The server is busy.", None)


def test_temporary_trouble_is_retried_for_a_day_at_growing_intervals() -> None:
    delivery, now, waits = PREPARED, NOW, []
    while True:
        delivery = after_try(delivery, error=refusal(permanent=False), now=now)
        if delivery.retry_at is None:
            break
        assert delivery.state is DeliveryState.SENDING
        assert delivery.message_id == PREPARED.message_id
        assert delivery.message == PREPARED.message
        waits.append(delivery.retry_at - now)
        now = delivery.retry_at
    assert delivery.state is DeliveryState.FAILED
    assert delivery.error == "The server is busy."
    assert tuple(waits) == RETRY_AFTER
    assert waits == sorted(waits)
    assert timedelta(hours=20) < now - NOW <= timedelta(days=1)
