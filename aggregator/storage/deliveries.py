"""The digest's outbox: messages frozen before the first try, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from aggregator.errors import StorageError
from aggregator.storage.rows import from_us_or_none, storable_or_none, to_us, to_us_or_none
from aggregator.storage.sql import Row, Session, insert
from aggregator.types import Delivery, DeliveryState

_COLUMNS = (
    "recipient", "local_date", "message_id", "state", "attempts", "error", "retry_at",
    "prepared_at", "recorded_at", "message",
)  # fmt: skip


def deliveries(session: Session, local_date: date) -> list[Delivery]:
    rows = session.rows(
        "SELECT * FROM deliveries WHERE local_date = ? ORDER BY recipient",
        (local_date.isoformat(),),
    )
    return [_delivery(row) for row in rows]


def open_deliveries(session: Session, *, now: datetime) -> list[Delivery]:
    """Those frozen and never tried are due at once; a failed one without a time never again."""
    rows = session.rows(
        "SELECT * FROM deliveries WHERE state <> 'sent' "
        "AND (retry_at <= ? OR (retry_at IS NULL AND state = 'sending')) "
        "ORDER BY local_date, recipient",
        (to_us(now),),
    )
    return [_delivery(row) for row in rows]


def prepare_deliveries(session: Session, prepared: Sequence[Delivery], *, now: datetime) -> int:
    """In one order whoever does it, so that two who do it at once do not wait for each other."""
    statement = insert("deliveries", _COLUMNS, "ON CONFLICT (recipient, local_date) DO NOTHING")
    return sum(
        session.run(
            statement,
            (
                item.recipient,
                item.local_date.isoformat(),
                item.message_id,
                item.state.value,
                item.attempts,
                storable_or_none(item.error),
                to_us_or_none(item.retry_at),
                to_us(now),
                to_us(now),
                item.message,
            ),
        )
        for item in sorted(prepared, key=lambda item: (item.local_date, item.recipient))
    )


def record_delivery(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """The message itself stays as it was frozen."""
    changed = session.run(
        "UPDATE deliveries SET state = ?, attempts = ?, error = ?, retry_at = ?, recorded_at = ? "
        "WHERE recipient = ? AND local_date = ?",
        (
            delivery.state.value,
            delivery.attempts,
            storable_or_none(delivery.error),
            to_us_or_none(delivery.retry_at),
            to_us(now),
            delivery.recipient,
            delivery.local_date.isoformat(),
        ),
    )
    if not changed:
        raise StorageError(
            f"no digest of {delivery.local_date.isoformat()} was prepared for "
            f"{delivery.recipient}; prepare it before sending"
        )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        recipient=row["recipient"],
        local_date=date.fromisoformat(row["local_date"]),
        message_id=row["message_id"],
        message=bytes(row["message"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        error=row["error"],
        retry_at=from_us_or_none(row["retry_at"]),
    )
