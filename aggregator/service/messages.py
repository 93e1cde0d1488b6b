"""A kept edition of a digest as what one recipient gets."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from aggregator.config import DigestConfig
from aggregator.errors import DeliveryError
from aggregator.notify.inert import inert
from aggregator.notify.mailfile import filled
from aggregator.notify.message import compose
from aggregator.types import DigestTarget, Edition, KeptDigest, TargetKind


def message_for(
    one: DigestConfig, kept: KeptDigest, target: DigestTarget, *, now: datetime
) -> tuple[str, bytes]:
    """(Message-ID, what is handed over). Raises DeliveryError for an address that mail cannot
    carry.

    Who has no mail address, for it is a file or a program, gets a mail to the sender.
    """
    rendered = kept.rendered
    if target.kind is TargetKind.APPRISE:
        text = f"{inert(rendered.subject)}\n{rendered.short}"
        return _id_of(kept.edition, target), text.encode()
    if one.sender is None:
        raise DeliveryError(
            "A digest needs a sender; set “from” under digest in feeds.yaml.",
            recipient=target.name,
            permanent=True,
        )
    return compose(
        rendered,
        edition=kept.edition,
        title=kept.title,
        sender=one.sender,
        recipient=target.address if target.kind is TargetKind.MAIL else one.sender,
        unsubscribe=one.unsubscribe,
        now=now,
    )


def addressed(target: DigestTarget, one: DigestConfig, edition: Edition) -> DigestTarget:
    """With the edition's own values where the path has `{digest}`, `{date}` or `{time}`."""
    if target.kind is not TargetKind.FILE:
        return target
    hours = one.schedule.hours
    values = {
        "digest": one.name,
        "date": edition.local_date.isoformat(),
        "time": f"{hours[min(edition.slot, len(hours)) - 1]:%H%M}",
    }
    return replace(target, address=filled(target.address, values))


def _id_of(edition: Edition, target: DigestTarget) -> str:
    """As stable as a Message-ID; a chat has none."""
    key = "\n".join((edition.digest, str(edition.local_date), str(edition.slot), target.name))
    return f"<{edition.local_date:%Y%m%d}.{hashlib.sha256(key.encode()).hexdigest()[:24]}@chat>"
