"""The daily digest: built from the store, frozen, sent; once a day, also across restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aggregator.config import Config
from aggregator.core.clockwork import due_digest
from aggregator.core.deliveries import after_try
from aggregator.core.digest import build_digest
from aggregator.errors import DeliveryError
from aggregator.notify.message import compose
from aggregator.notify.render import render
from aggregator.notify.smtp import SmtpSettings, send
from aggregator.storage.protocol import Storage
from aggregator.types import Delivery, DeliveryState, Digest

STORIES_READ = 2_000
"""Stories considered for one digest; the cap of what is shown is far below."""


SETTLING = timedelta(minutes=10)
"""How long a digest waits for pages and stories that are still on their way when its hour strikes;
what came in before the hour would else be in no digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTry:
    """One try to deliver, for the log."""

    delivery: Delivery
    error: DeliveryError | None
    """None: it was sent."""


def digest_of(
    storage: Storage,
    config: Config,
    *,
    local_date: date,
    since_at: datetime,
    until_at: datetime,
) -> Digest:
    """What the digest of that period holds."""
    return build_digest(
        storage.stories(since=since_at, until=until_at, limit=STORIES_READ),
        storage.source_statuses(),
        title=config.digest.title,
        local_date=local_date,
        since_at=since_at,
        until_at=until_at,
        timezone=config.digest.timezone.key,
        max_stories=config.digest.max_stories,
        max_items=config.digest.max_items,
    )


def digest_until_now(storage: Storage, config: Config, *, now: datetime) -> Digest:
    """The last 24 hours, under today's local date."""
    return digest_of(
        storage,
        config,
        local_date=now.astimezone(config.digest.timezone).date(),
        since_at=now - timedelta(days=1),
        until_at=now,
    )


def prepare(storage: Storage, config: Config, digest: Digest, *, now: datetime) -> int:
    """Freeze the digest's message for each recipient; how many are new.

    A recipient who has one for that date keeps it: a digest is never made twice.
    """
    if digest.is_empty and not config.digest.send_empty:
        return 0
    assert config.digest.sender is not None  # noqa: S101 - config: there is one when `to` is set
    rendered = render(digest)
    deliveries = []
    for recipient in config.digest.to:
        message_id, message = compose(
            rendered,
            sender=config.digest.sender,
            recipient=recipient,
            local_date=digest.local_date,
            digest_name=digest.title,
            now=now,
        )
        deliveries.append(
            Delivery(
                recipient=recipient,
                local_date=digest.local_date,
                message_id=message_id,
                message=message,
                state=DeliveryState.SENDING,
                attempts=0,
                error=None,
                retry_at=now,
            )
        )
    return storage.prepare_deliveries(deliveries, now=now)


def prepare_due(storage: Storage, config: Config, *, now: datetime) -> int:
    """Prepare the digest whose hour has struck, unless that date has one; how many are new."""
    if not config.digest.to:
        return 0
    due = due_digest(
        now,
        at=config.digest.at,
        timezone=config.digest.timezone.key,
        last_sent=None,  # the store is asked below, for that very date
        started_at=storage.created_at(),
    )
    if due is None or {item.recipient for item in storage.deliveries(due.local_date)} >= set(
        config.digest.to
    ):
        return 0
    counts = storage.counts()
    if counts.pending_texts + counts.unassigned and now < due.until_at + SETTLING:
        return 0
    digest = digest_of(
        storage,
        config,
        local_date=due.local_date,
        since_at=due.since_at,
        until_at=due.until_at,
    )
    return prepare(storage, config, digest, now=now)


def smtp_settings(config: Config) -> SmtpSettings | None:
    """How the mail server is used; None: there is none."""
    if config.smtp is None:
        return None
    return SmtpSettings(
        host=config.smtp.host,
        port=config.smtp.port,
        security=config.smtp.security.value,
        username=config.smtp.username,
        password=config.smtp.password,
    )


def send_open(
    storage: Storage, config: Config, *, clock: Callable[[], datetime]
) -> list[DigestTry]:
    """Try to deliver what is prepared and due; one recipient's failure does not hold the others."""
    settings = smtp_settings(config)
    if settings is None or config.digest.sender is None:
        return []
    tries = []
    for delivery in storage.open_deliveries(now=clock()):
        error: DeliveryError | None = None
        try:
            send(
                delivery.message,
                sender=config.digest.sender,
                recipient=delivery.recipient,
                settings=settings,
            )
        except DeliveryError as refused:
            error = refused
        after = after_try(delivery, error=error, now=clock())
        storage.record_delivery(after, now=clock())
        tries.append(DigestTry(delivery=after, error=error))
    return tries


async def send_digests(
    storage: Storage, config: Config, *, clock: Callable[[], datetime]
) -> list[DigestTry]:
    """Prepare what is due and send what is prepared."""
    await asyncio.to_thread(prepare_due, storage, config, now=clock())
    return await asyncio.to_thread(send_open, storage, config, clock=clock)
