from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from storemaker import DAY, HOUR, NOW, OpenStore, delivery

from aggregator.errors import StorageError
from aggregator.storage.protocol import Storage
from aggregator.types import DeliveryState


def test_a_message_is_frozen_once(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    ann, bo = delivery(), delivery("bo@example.com")
    assert one.prepare_deliveries([ann], now=NOW) == 1
    again = replace(ann, message=b"another", message_id="<another>")
    assert two.prepare_deliveries([again, bo], now=NOW) == 1
    assert one.deliveries(DAY) == [ann, bo]
    assert one.deliveries(date(2026, 6, 1)) == []
    tomorrow = replace(ann, local_date=date(2026, 6, 1))
    assert one.prepare_deliveries([tomorrow], now=NOW) == 1
    assert one.deliveries(date(2026, 6, 1)) == [tomorrow]


def test_what_is_open(storage: Storage) -> None:
    fresh = delivery("a@example.com")
    waiting = delivery("b@example.com", state=DeliveryState.FAILED, retry_at=NOW + HOUR)
    hopeless = delivery("c@example.com", state=DeliveryState.FAILED)
    sent = delivery("d@example.com", state=DeliveryState.SENT)
    delayed = delivery("e@example.com", retry_at=NOW + 2 * HOUR)
    storage.prepare_deliveries([sent, hopeless, waiting, fresh, delayed], now=NOW)
    assert storage.open_deliveries(now=NOW) == [fresh]
    assert storage.open_deliveries(now=NOW + HOUR) == [fresh, waiting]
    assert storage.open_deliveries(now=NOW + 2 * HOUR) == [fresh, waiting, delayed]


def test_what_became_of_a_try(storage: Storage) -> None:
    storage.prepare_deliveries([delivery()], now=NOW)
    failed = delivery(
        state=DeliveryState.FAILED, attempts=1, error="It was refused.", retry_at=NOW + HOUR
    )
    storage.record_delivery(replace(failed, message=b"changed"), now=NOW)
    assert storage.deliveries(DAY) == [failed]
    sent = delivery(state=DeliveryState.SENT, attempts=2)
    storage.record_delivery(sent, now=NOW)
    assert storage.deliveries(DAY) == [sent]
    assert storage.open_deliveries(now=NOW + 9 * HOUR) == []


def test_a_try_of_what_was_never_prepared_is_refused(storage: Storage) -> None:
    with pytest.raises(StorageError, match=r"2026-05-31 was prepared for ann@example\.com"):
        storage.record_delivery(delivery(), now=NOW)
