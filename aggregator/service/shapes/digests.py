"""Digests, their editions, and who has had them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aggregator.config import DigestConfig
from aggregator.config.digests import written_days
from aggregator.core.clockwork import next_strike
from aggregator.service.editions import last_edition
from aggregator.service.shapes import widened
from aggregator.storage.protocol import Storage
from aggregator.types import Delivery, DeliveryState, KeptDigest

Day = date
"""Fields are called `date`, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFields:
    """An edition on its way to one recipient."""

    recipient: str
    state: DeliveryState
    tries: int
    error: str | None
    """A sentence; null: no failure so far."""
    retry_at: datetime | None
    """Null: no further try."""
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEditionFields:
    """The last edition of a digest."""

    date: Day
    """By the digest's own time zone."""
    slot: int
    """Which of that day's, from 1."""
    since_at: datetime
    until_at: datetime
    subject: str
    stories: int
    items: int
    left_out: int
    deliveries: tuple[DeliveryFields, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFields:
    """A digest of feeds.yaml."""

    name: str
    title: str
    when: str
    """As in `daily 07:00, 18:00 Asia/Baku`."""
    next_at: datetime | None
    to: tuple[str, ...]
    """Names of its recipients."""
    last: LastEditionFields | None
    """Null: none has been made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """An edition, without what it says."""

    digest: str
    date: Day
    """By the digest's own time zone."""
    slot: int
    """Which of that day's, from 1."""
    title: str
    since_at: datetime
    until_at: datetime
    made_at: datetime
    stories: int
    items: int
    left_out: int
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFields(EditionLine):
    """An edition as it was made."""

    text: str
    html: str
    short: str
    """For a chat: a few lines."""
    deliveries: tuple[DeliveryFields, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFared:
    """A digest, and what has become of it."""

    one: DigestConfig
    next_at: datetime | None
    last: KeptDigest | None
    deliveries: tuple[Delivery, ...]
    """Of the last edition."""


def digest_fared(one: DigestConfig, storage: Storage | None, *, now: datetime) -> DigestFared:
    """`storage`: None where nothing has been stored yet."""
    last = None if storage is None else last_edition(storage, one)
    return DigestFared(
        one=one,
        next_at=next_strike(now, one.schedule),
        last=last,
        deliveries=tuple(storage.deliveries(last.edition)) if storage and last else (),
    )


def when(one: DigestConfig) -> str:
    """As in feeds.yaml: daily 07:00, 18:00 Asia/Baku."""
    hours = ", ".join(f"{hour:%H:%M}" for hour in one.schedule.hours)
    return f"{written_days(one.schedule.days)} {hours} {one.timezone.key}"


def digest_fields(item: DigestFared) -> DigestFields:
    one, last = item.one, item.last
    return DigestFields(
        name=one.name,
        title=one.title,
        when=when(one),
        next_at=item.next_at,
        to=tuple(target.name for target in one.to),
        last=None
        if last is None
        else LastEditionFields(
            date=last.edition.local_date,
            slot=last.edition.slot,
            since_at=last.since_at,
            until_at=last.until_at,
            subject=last.rendered.subject,
            stories=last.stories,
            items=last.singles,
            left_out=last.left_out,
            deliveries=tuple(map(delivery_fields, item.deliveries)),
        ),
    )


def edition_line(kept: KeptDigest) -> EditionLine:
    return EditionLine(
        digest=kept.edition.digest,
        date=kept.edition.local_date,
        slot=kept.edition.slot,
        title=kept.title,
        since_at=kept.since_at,
        until_at=kept.until_at,
        made_at=kept.made_at,
        stories=kept.stories,
        items=kept.singles,
        left_out=kept.left_out,
        subject=kept.rendered.subject,
    )


def edition_fields(kept: KeptDigest, deliveries: Sequence[Delivery]) -> EditionFields:
    return widened(
        EditionFields,
        edition_line(kept),
        text=kept.rendered.text,
        html=kept.rendered.html,
        short=kept.rendered.short,
        deliveries=tuple(map(delivery_fields, deliveries)),
    )


def delivery_fields(one: Delivery) -> DeliveryFields:
    return DeliveryFields(
        recipient=one.recipient,
        state=one.state,
        tries=one.attempts,
        error=one.error,
        retry_at=one.retry_at,
        message_id=one.message_id,
    )
