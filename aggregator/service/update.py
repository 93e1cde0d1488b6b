"""One pass over the sources, for `aggregator update` and the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.core.choosing import choose
from aggregator.engine.inprocess import InProcessEngine
from aggregator.errors import LibraryMissing, StorageError
from aggregator.pipeline import (
    Event,
    FeedPolled,
    HitsCaught,
    NoticeTried,
    StoriesAssigned,
    TextFetched,
    assign_stories,
)
from aggregator.service.leading import leading
from aggregator.service.pump import Pump
from aggregator.service.runtime import Runtime, local_engine
from aggregator.types import Relation, SourceStatus, SyncReport, TextState

GRACE = timedelta(seconds=3)
"""How long a pass that is interrupted, or whose time is over, waits for what is under way."""
_EVERY = 1_000_000
"""Hosts; more than there are."""


@dataclass(slots=True, kw_only=True)
class UpdateSummary:
    """What one pass did."""

    selected: int = 0
    """Sources the pass was about."""
    polled: int = 0
    unchanged: int = 0
    new: int = 0
    revised: int = 0
    texts: int = 0
    """Pages whose text was extracted."""
    assigned: int = 0
    new_stories: int = 0
    joined: int = 0
    """Articles that joined a story."""
    caught: int = 0
    """By watches."""
    sent: int = 0
    """Messages about that."""
    failed: list[FeedPolled] = field(default_factory=list)
    warned: list[FeedPolled] = field(default_factory=list)
    texts_failed: list[TextFetched] = field(default_factory=list)
    unsent: list[NoticeTried] = field(default_factory=list)
    """Tries to send a message that failed."""
    crashed: list[str] = field(default_factory=list)
    """Errors that nobody expected, a sentence each."""
    left_to_leader: bool = False
    """Stories, watches and cleaning up were left to the worker that leads."""
    not_due: int = 0
    next_due_at: datetime | None = None
    """When the next of those not due is; None: none is held back."""
    held_up: int = 0
    """Sources that were polled in the future: the clock has been set back. They are due now."""
    sources_left: int = 0
    """Due, and not polled as the time was over."""
    pages_left: int = 0
    """The same for article pages."""
    elapsed: timedelta = timedelta()

    def count(self, event: Event) -> None:
        match event:
            case FeedPolled():
                self._count_poll(event)
            case TextFetched():
                if event.state is TextState.READY:
                    self.texts += 1
                else:
                    self.texts_failed.append(event)
            case StoriesAssigned():
                begun = sum(item.relation is Relation.NEW for item in event.assignments)
                self.assigned += len(event.assignments)
                self.new_stories += begun
                self.joined += len(event.assignments) - begun
            case HitsCaught():
                self.caught += event.caught
            case NoticeTried():
                if event.error is None:
                    self.sent += 1
                else:
                    self.unsent.append(event)

    def _count_poll(self, event: FeedPolled) -> None:
        self.polled += 1
        self.new += event.new
        self.revised += event.revised
        if event.error is not None:
            self.failed.append(event)
        elif event.unchanged:
            self.unchanged += 1
        if event.warning is not None:
            self.warned.append(event)


async def update(
    runtime: Runtime,
    *,
    names: Sequence[str] = (),
    force: bool = False,
    polls_only: bool = False,
    within: timedelta | None = None,
    started: Callable[[int, SyncReport], None] = lambda _due, _report: None,
    progress: Callable[[Event], None] = lambda _event: None,
) -> UpdateSummary:
    """Poll what is due, fetch the pages, assign stories and send what watches have caught unless a
    worker leads that does it.

    `names`: only these sources, due or not. `force`: also those that are not due, and those that
    a publisher asked to leave alone. `polls_only`: leave pages and stories to a later pass.
    `within`: ask for nothing more after that time, cut what is still under way GRACE later, and
    count what is left; stories of what was fetched are found all the same. None: until all is done.
    `started` is told how many sources are due. Raises UsageError for a name that is unknown,
    StorageError when the store fails amid the pass, and LibraryMissing; what was recorded before
    stays.
    """
    storage, began_at = runtime.storage, runtime.clock()
    await runtime.alerts.set_up()
    held_up = await asyncio.to_thread(storage.heed_clock, now=began_at)
    synced = await asyncio.to_thread(storage.sync_sources, runtime.config.sources, now=began_at)
    statuses = await asyncio.to_thread(storage.source_statuses)
    chosen = select(statuses, names)
    only = {status.source_id for status in chosen} if names else None
    runtime.pipeline.only = only
    if names or force:
        await asyncio.to_thread(storage.wake, only, now=began_at, force=force)
        chosen = [
            status
            for status in await asyncio.to_thread(storage.source_statuses)
            if only is None or status.source_id in only
        ]
    later = [item.state.next_poll_at for item in chosen if item.state.next_poll_at > began_at]
    summary = UpdateSummary(
        selected=len(chosen),
        not_due=len(later),
        next_due_at=min(later, default=None),
        held_up=held_up,
    )
    started(len(chosen) - len(later), synced)

    def report(event: Event) -> None:
        summary.count(event)
        progress(event)

    runtime.pipeline.report = report
    broken: list[StorageError | LibraryMissing] = []

    def on_error(name: str, error: BaseException) -> None:
        if isinstance(error, StorageError | LibraryMissing):
            # Whatever else was begun would fail the same way, and what is due would stay due.
            broken.append(error)
            pump.halt()
        else:
            summary.crashed.append(f"{name}: {error!r}")

    engine = local_engine(runtime, runtime.handle, on_error=on_error)
    pump = Pump(runtime, engine, pages=not polls_only)
    try:
        await _pump(pump, engine, runtime, within)
        if broken:
            raise broken[0]
        if within is not None:
            await _count_left(summary, runtime, pages=not polls_only)
        if not polls_only:
            async with leading(runtime.storage) as leads:
                summary.left_to_leader = not leads
                if leads:
                    await assign_stories(runtime.pipeline)
                    await runtime.alerts.run()
                    await runtime.alerts.send_all()
                    await asyncio.to_thread(runtime.clean_up)
    finally:
        await engine.stop(grace=GRACE)
        summary.elapsed = runtime.clock() - began_at
    return summary


async def _pump(
    pump: Pump, engine: InProcessEngine, runtime: Runtime, within: timedelta | None
) -> None:
    """Until all is done, or the time is over and nothing is under way."""
    if within is None:
        await pump.drain()
        return
    runtime.pipeline.ends_at = runtime.clock() + within
    try:
        async with asyncio.timeout(within.total_seconds()):
            await pump.drain()
    except TimeoutError:
        pump.halt()
        await engine.stop(grace=GRACE)


async def _count_left(summary: UpdateSummary, runtime: Runtime, *, pages: bool) -> None:
    def count() -> tuple[int, int]:
        storage, now, only = runtime.storage, runtime.clock(), runtime.pipeline.only
        feeds = storage.due_hosts(now=now, limit=_EVERY, only=only)
        texts = storage.due_text_hosts(now=now, limit=_EVERY, only=only) if pages else []
        return sum(work.due for work in feeds), sum(work.due for work in texts)

    summary.sources_left, summary.pages_left = await asyncio.to_thread(count)


def select(statuses: Collection[SourceStatus], names: Sequence[str]) -> list[SourceStatus]:
    """The sources that the user means: by name, by address, or by an unambiguous part of either.

    No names: all. Raises UsageError.
    """
    if not names:
        return list(statuses)
    chosen: dict[int, SourceStatus] = {}
    for name in names:
        unknown = f"no source is called “{name}”; `aggregator sources` lists them"
        status = choose(statuses, name, source=lambda one: one.source, unknown=unknown)
        chosen[status.source_id] = status
    return list(chosen.values())
