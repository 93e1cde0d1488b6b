"""The digests at work: made when their hour strikes, frozen, sent; each once, also across restarts.

Each step can be repeated, so that a crash between any two of them does no harm:

1. an edition is made and kept, with what it tells, in one transaction; where there is one, that
   stays;
2. of the kept edition a message is made for each recipient who has none, and frozen;
3. that a message is about to be sent is recorded, with when it is tried again if nothing more is
   heard of it;
4. it is handed over;
5. what came of that is recorded.

Who dies between 4 and 5 sends once more, the same bytes with the same Message-ID.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.config import Config, DigestConfig
from aggregator.core.clockwork import due_edition
from aggregator.errors import DeliveryError, StorageError
from aggregator.service.digest_sending import DigestTry, send_open
from aggregator.service.editions import (
    content_of,
    digest_key,
    due_span,
    is_empty,
    keep,
    last_edition,
)
from aggregator.service.messages import message_for
from aggregator.storage.protocol import Storage
from aggregator.types import (
    Delivery,
    DeliveryState,
    DigestTarget,
    Edition,
    KeptDigest,
)

SETTLING = timedelta(minutes=10)
"""How long a digest waits for pages and stories that are still on their way when its hour strikes;
what came in before the hour would else be in no digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMade:
    """An edition was made and kept."""

    kept: KeptDigest


Report = Callable[[DigestMade | DigestTry], None]


# --- preparing -----------------------------------------------------------------------------------


def prepare(
    storage: Storage,
    one: DigestConfig,
    kept: KeptDigest,
    *,
    now: datetime,
    only: DigestTarget | None = None,
) -> int:
    """Freeze a message of a kept edition for each recipient who has none; how many are new.

    `only`: for this one alone. An edition in which there is nothing goes to nobody, unless the
    digest says otherwise. Where no message can be made, that is stored as a delivery that failed.
    """
    if is_empty(kept) and not one.send_empty:
        return 0
    wanted = one.to if only is None else (only,)
    if not wanted:
        return 0
    had = {item.recipient for item in storage.deliveries(kept.edition)}
    missing = [target for target in wanted if target.name not in had]
    if not missing:
        return 0
    made = [_delivery(one, kept, target, now=now) for target in missing]
    return storage.prepare_deliveries(made, now=now)


def _delivery(
    one: DigestConfig, kept: KeptDigest, target: DigestTarget, *, now: datetime
) -> Delivery:
    error: DeliveryError | None = None
    try:
        message_id, message = message_for(one, kept, target, now=now)
    except DeliveryError as refused:
        message_id, message, error = "", b"", refused
    return Delivery(
        edition=kept.edition,
        recipient=target.name,
        message_id=message_id,
        message=message,
        state=DeliveryState.FAILED if error else DeliveryState.SENDING,
        attempts=0,
        error=str(error) if error else None,
        retry_at=None if error else now,
    )


# --- at their hours ------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Digests:
    """Made anew with each configuration."""

    config: Config
    storage: Storage
    clock: Callable[[], datetime]
    report: Report
    errors: tuple[str, ...] = ()
    """Who has not had the last edition of a digest, and why, a sentence each; as of the last
    `run`."""
    _seen_to: dict[str, Edition] = field(default_factory=dict)
    """By digest the edition that is made and prepared for all: the store need not be asked."""
    _knows_errors: bool = False

    async def run(self) -> None:
        """Make and prepare what is due, and send what is prepared. What fails with one digest is
        raised when the others have been seen to."""
        failed: list[Exception] = []
        started_at = await asyncio.to_thread(self.storage.created_at)
        for one in self.config.digests:
            try:
                await asyncio.to_thread(self._prepare_due, one, started_at)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 - it must not hold the other digests
                failed.append(error)
        try:
            await send_open(self.storage, self.config, clock=self.clock, report=self._happened)
        finally:
            if not self._knows_errors:
                digests = self.config.digests
                self.errors = await asyncio.to_thread(unsent, self.storage, digests)
                self._knows_errors = True
        if failed:
            raise failed[0]

    def _happened(self, what: DigestMade | DigestTry) -> None:
        self._knows_errors = False
        self.report(what)

    def _prepare_due(self, one: DigestConfig, started_at: datetime | None) -> None:
        """Make the edition whose hour has struck, unless there is one, and prepare it for all who
        have not had it: also for recipients who were added since, as long as it is the latest."""
        now, key = self.clock(), digest_key(one.name)
        due = due_edition(now, schedule=one.schedule, started_at=started_at)
        if due is None:
            return
        edition = Edition(digest=key, local_date=due.local_date, slot=due.slot)
        if self._seen_to.get(key) == edition:
            return
        kept = self.storage.digest(edition)
        if kept is None:
            if now < due.until_at + SETTLING and _is_unsettled(self.storage):
                return
            span = due_span(self.storage, one, due)
            if span is not None:
                digest = content_of(self.storage, self.config, one, span)
                kept = keep(self.storage, digest, now=now)
                self._happened(DigestMade(kept=kept))
        if kept is not None:
            prepare(self.storage, one, kept, now=now)
        self._seen_to[key] = edition


def _is_unsettled(storage: Storage) -> bool:
    counts = storage.counts()
    return bool(counts.pending_texts + counts.unassigned)


# --- what went wrong -----------------------------------------------------------------------------


def unsent(storage: Storage, digests: Sequence[DigestConfig]) -> tuple[str, ...]:
    """A sentence for each recipient who has not had the last edition of a digest since something
    is wrong."""
    last = [(one, last_edition(storage, one)) for one in digests]
    return tuple(
        f"{one.name} to {item.recipient}: {item.error}"
        for one, kept in last
        if kept is not None
        for item in storage.deliveries(kept.edition)
        if item.state is not DeliveryState.SENT and item.error
    )
