"""The outbox of the digests: messages frozen before the first try, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.errors import StorageError
from aggregator.storage.edition_rows import edition_key, edition_of
from aggregator.storage.rows import (
    from_us_or_none,
    span_to_us,
    storable_or_none,
    to_us,
    to_us_or_none,
)
from aggregator.storage.sql import Row, Session, insert
from aggregator.types import Delivery, DeliveryState, Edition

KEPT = timedelta(days=90)
"""How long messages stay that were delivered, or are tried no more."""

_COLUMNS = (
    "digest", "local_date", "slot", "recipient", "message_id", "state", "attempts", "error",
    "retry_at", "prepared_at", "recorded_at", "message",
)  # fmt: skip
_OLD = """
    DELETE FROM deliveries
    WHERE recorded_at < (SELECT max(l.recorded_at) FROM deliveries l) - ?
      AND (state = 'sent' OR (state = 'failed' AND retry_at IS NULL))
"""


def deliveries(session: Session, edition: Edition) -> list[Delivery]:
    rows = session.rows(
        "SELECT * FROM deliveries WHERE digest = ? AND local_date = ? AND slot = ? "
        "ORDER BY recipient",
        edition_key(edition),
    )
    return [_delivery(row) for row in rows]


def open_deliveries(session: Session, *, now: datetime) -> list[Delivery]:
    """Those frozen and never tried are due at once; a failed one without a time never again."""
    rows = session.rows(
        "SELECT * FROM deliveries WHERE state <> 'sent' "
        "AND (retry_at <= ? OR (retry_at IS NULL AND state = 'sending')) "
        "ORDER BY local_date, digest, slot, recipient",
        (to_us(now),),
    )
    return [_delivery(row) for row in rows]


def prepare_deliveries(session: Session, prepared: Sequence[Delivery], *, now: datetime) -> int:
    """In one order whoever does it, so that two who do it at once do not wait for each other."""
    statement = insert(
        "deliveries",
        _COLUMNS,
        "ON CONFLICT (digest, local_date, slot, recipient) DO NOTHING",
    )
    return sum(
        session.run(
            statement,
            (
                *edition_key(item.edition),
                item.recipient,
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
        for item in sorted(prepared, key=lambda item: (edition_key(item.edition), item.recipient))
    )


def record_delivery(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """The message itself stays as it was frozen."""
    changed = session.run(
        "UPDATE deliveries SET state = ?, attempts = ?, error = ?, retry_at = ?, recorded_at = ? "
        "WHERE digest = ? AND local_date = ? AND slot = ? AND recipient = ?",
        (
            delivery.state.value,
            delivery.attempts,
            storable_or_none(delivery.error),
            to_us_or_none(delivery.retry_at),
            to_us(now),
            *edition_key(delivery.edition),
            delivery.recipient,
        ),
    )
    if not changed:
        raise StorageError(
            f"the digest {delivery.edition.digest} of {delivery.edition.local_date.isoformat()} "
            f"was not prepared for {delivery.recipient}; prepare it before sending"
        )


def drop_old(session: Session) -> None:
    """Those that are not open any more; times count from the latest."""
    session.run(_OLD, (span_to_us(KEPT),))


def _delivery(row: Row) -> Delivery:
    return Delivery(
        edition=edition_of(row),
        recipient=row["recipient"],
        message_id=row["message_id"],
        message=bytes(row["message"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        error=row["error"],
        retry_at=from_us_or_none(row["retry_at"]),
    )
