from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from storemaker import DAY, EDITION, HOUR, NOW, OpenStore, delivery

from aggregator.errors import StorageError
from aggregator.storage import deliveries
from aggregator.storage.protocol import Storage
from aggregator.types import DeliveryState


def test_a_message_is_frozen_once(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    ann, bo = delivery(), delivery("bo@example.com")
    assert one.prepare_deliveries([ann], now=NOW) == 1
    again = replace(ann, message=b"another", message_id="<another>")
    assert two.prepare_deliveries([again, bo], now=NOW) == 1
    assert one.deliveries(EDITION) == [ann, bo]
    assert two.prepare_deliveries([again, bo], now=NOW) == 0


@pytest.mark.parametrize(
    "other",
    [
        replace(EDITION, digest="caucasus"),
        replace(EDITION, local_date=DAY + timedelta(days=1)),
        replace(EDITION, slot=2),
    ],
)
def test_another_edition_has_its_own(storage: Storage, other: object) -> None:
    ann = delivery()
    bos = replace(ann, edition=other, message=b"another")  # type: ignore[arg-type]
    storage.prepare_deliveries([ann], now=NOW)
    assert storage.deliveries(bos.edition) == []
    assert storage.prepare_deliveries([bos], now=NOW) == 1
    sent = replace(bos, state=DeliveryState.SENT)
    storage.record_delivery(sent, now=NOW)
    assert storage.deliveries(EDITION) == [ann]
    assert storage.deliveries(bos.edition) == [sent]
    assert storage.open_deliveries(now=NOW) == [ann]


def test_what_is_open(storage: Storage) -> None:
    fresh = delivery("a@example.com")
    waiting = delivery("b@example.com", state=DeliveryState.FAILED, retry_at=NOW + HOUR)
    hopeless = delivery("c@example.com", state=DeliveryState.FAILED)
    sent = delivery("d@example.com", state=DeliveryState.SENT)
    delayed = delivery("e@example.com", retry_at=NOW + 2 * HOUR)
    second = replace(fresh, edition=replace(EDITION, slot=2))
    earlier = replace(fresh, edition=replace(EDITION, digest="z", local_date=date(2026, 5, 30)))
    several = [second, sent, hopeless, waiting, fresh, delayed, earlier]
    storage.prepare_deliveries(several, now=NOW)
    assert storage.open_deliveries(now=NOW) == [earlier, fresh, second]
    assert storage.open_deliveries(now=NOW + HOUR) == [earlier, fresh, waiting, second]
    assert storage.open_deliveries(now=NOW + 2 * HOUR) == [
        earlier, fresh, waiting, delayed, second,
    ]  # fmt: skip


def test_what_became_of_a_try(storage: Storage) -> None:
    storage.prepare_deliveries([delivery()], now=NOW)
    failed = delivery(
        state=DeliveryState.FAILED, attempts=1, error="It was refused.", retry_at=NOW + HOUR
    )
    storage.record_delivery(replace(failed, message=b"changed"), now=NOW)
    assert storage.deliveries(EDITION) == [failed]
    sent = delivery(state=DeliveryState.SENT, attempts=2)
    storage.record_delivery(sent, now=NOW)
    assert storage.deliveries(EDITION) == [sent]
    assert storage.open_deliveries(now=NOW + 9 * HOUR) == []


def test_a_try_of_what_was_never_prepared_is_refused(storage: Storage) -> None:
    sentence = r"the digest digest of 2026-05-31 was not prepared for ann@example\.com; prepare"
    with pytest.raises(StorageError, match=sentence):
        storage.record_delivery(delivery(), now=NOW)


def test_what_is_done_goes_after_some_months(storage: Storage) -> None:
    sent = delivery("sent@example.com", state=DeliveryState.SENT)
    hopeless = delivery("hopeless@example.com", state=DeliveryState.FAILED)
    waiting = delivery("waiting@example.com", state=DeliveryState.FAILED, retry_at=NOW)
    fresh = delivery("fresh@example.com")
    newer = delivery("newer@example.com", state=DeliveryState.SENT)
    storage.prepare_deliveries([sent, hopeless, waiting, fresh], now=NOW)
    later = NOW + deliveries.KEPT
    storage.prepare_deliveries([newer], now=later)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert len(storage.deliveries(EDITION)) == 5
    storage.record_delivery(newer, now=later + HOUR)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert storage.deliveries(EDITION) == [fresh, newer, waiting]
