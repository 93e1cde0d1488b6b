"""A digest made and sent when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aggregator.config import Config, DigestConfig
from aggregator.errors import UsageError
from aggregator.service.digest_sending import DigestTry, send_open
from aggregator.service.digests import prepare
from aggregator.service.editions import content_of, keep, last_edition, present_span
from aggregator.storage.protocol import Storage
from aggregator.types import Delivery, DeliveryState, DigestTarget, KeptDigest


def recipient_of(one: DigestConfig, name: str) -> DigestTarget:
    """Whatever its case. Raises UsageError."""
    for target in one.to:
        if target.name.casefold() == name.casefold():
            return target
    listed = ", ".join(target.name for target in one.to)
    raise UsageError(f"“{name}” is no recipient of the digest “{one.name}”; it has {listed}")


def edition_now(storage: Storage, config: Config, one: DigestConfig) -> KeptDigest | None:
    """Today's next edition, made now; when today has had all of its editions, the last one. None:
    there is nothing new, and nothing is kept."""
    now = storage.clock()
    span = present_span(storage, one, now=now)
    if span is None:
        return last_edition(storage, one)
    digest = content_of(storage, config, one, span)
    if digest.is_empty and not one.send_empty:
        return None
    return keep(storage, digest, now=now)


async def send_now(
    storage: Storage,
    config: Config,
    one: DigestConfig,
    kept: KeptDigest,
    only: DigestTarget | None,
    *,
    report: Callable[[DigestTry], None],
) -> list[Delivery]:
    """Send an edition to those who have not had it (`only` to this one, at once also where it was
    refused before); what has become of its deliveries."""
    now = storage.clock()
    for delivery in _deliveries(storage, kept, only) if only is not None else ():
        if delivery.state is not DeliveryState.SENT and delivery.message:
            again = replace(delivery, state=DeliveryState.SENDING, attempts=0, retry_at=now)
            storage.record_delivery(again, now=now)
    prepare(storage, one, kept, now=now, only=only)
    await send_open(
        storage,
        config,
        clock=storage.clock,
        report=report,
        wanted=lambda item: (
            item.edition == kept.edition and (only is None or item.recipient == only.name)
        ),
    )
    return _deliveries(storage, kept, only)


def _deliveries(storage: Storage, kept: KeptDigest, only: DigestTarget | None) -> list[Delivery]:
    found = storage.deliveries(kept.edition)
    return [item for item in found if only is None or item.recipient == only.name]
