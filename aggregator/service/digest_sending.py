"""Handing over what is prepared of digests: to several recipients at once, each within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Thread

from aggregator.config import Config
from aggregator.config.replacing import put
from aggregator.core.deliveries import RETRY_AFTER, after_try
from aggregator.errors import DeliveryError
from aggregator.notify.targets import PATIENCE, hand_over
from aggregator.service.editions import names_of
from aggregator.service.mailing import smtp_settings
from aggregator.service.messages import addressed
from aggregator.storage.protocol import Storage
from aggregator.types import Delivery, DeliveryState

AT_ONCE = 8
"""Recipients to whom something is handed over at the same time."""
_MARGIN = timedelta(minutes=1)
"""For what a hand-over takes beyond its patience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTry:
    """One try to deliver."""

    delivery: Delivery
    """As it is after it."""
    error: DeliveryError | None
    """None: it was sent."""


async def send_open(
    storage: Storage,
    config: Config,
    *,
    clock: Callable[[], datetime],
    report: Callable[[DigestTry], None],
    wanted: Callable[[Delivery], bool] = lambda _: True,
) -> None:
    """Try to deliver what is prepared, due and `wanted`: to several recipients at once, so that
    none waits for one who hangs or refuses. Raises StorageError when the others are through."""
    begun = await asyncio.to_thread(_begin, storage, wanted, now=clock())
    places = asyncio.Semaphore(AT_ONCE)

    async def deliver(delivery: Delivery) -> None:
        async with places:
            error = await _try(delivery, config)
            after = after_try(
                replace(delivery, attempts=delivery.attempts - 1), error=error, now=clock()
            )
            await asyncio.to_thread(storage.record_delivery, after, now=clock())
            report(DigestTry(delivery=after, error=error))

    done = await asyncio.gather(*map(deliver, begun), return_exceptions=True)
    for result in done:
        if isinstance(result, BaseException):
            raise result


def _begin(
    storage: Storage, wanted: Callable[[Delivery], bool], *, now: datetime
) -> list[Delivery]:
    """Record that these are being tried. Until that may be over nobody else tries them; whom a try
    has killed comes back to it, as often as to one that failed."""
    found = [one for one in storage.open_deliveries(now=now) if wanted(one)]
    rounds = -(-len(found) // AT_ONCE)
    again_at = now + rounds * (PATIENCE + _MARGIN)
    begun = []
    for one in found:
        tried = replace(one, attempts=one.attempts + 1, retry_at=again_at)
        if tried.attempts > len(RETRY_AFTER) + 1:
            told = one.error or "It was never heard what came of it."
            tried = replace(one, state=DeliveryState.FAILED, retry_at=None, error=told)
        else:
            begun.append(tried)
        storage.record_delivery(tried, now=now)
    return begun


async def _try(delivery: Delivery, config: Config) -> DeliveryError | None:
    """None: it was taken."""
    one = names_of(config.digests).get(delivery.edition.digest)
    target = next((to for to in one.to if to.name == delivery.recipient), None) if one else None
    if one is None or target is None:
        return DeliveryError(
            "It is no longer among the recipients in feeds.yaml.",
            recipient=delivery.recipient,
            permanent=True,
        )
    where = addressed(target, one, delivery.edition)

    def work() -> None:
        hand_over(
            delivery,
            where,
            sender=one.sender,
            settings=smtp_settings(config),
            put=put,
        )

    try:
        await _apart(work)
    except DeliveryError as refused:
        return refused
    return None


async def _apart(work: Callable[[], None]) -> None:
    """In a thread that nobody waits for when the program ends: what was under way then is tried
    again by the next one."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if done.done():  # given up
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:  # noqa: BLE001 - it is raised where it is waited for
            error = raised
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, error)

    Thread(target=run, name="digest", daemon=True).start()
    await done
