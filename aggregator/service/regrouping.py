"""All stories found anew, for `aggregator group --again`. It works beside a running service."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.pipeline.regrouping import Progress, Regrouping, RegroupReport
from aggregator.sandbox import Sandbox
from aggregator.service.placing import open_present


async def regroup(
    config: Config,
    *,
    since: datetime | None = None,
    dry_run: bool = False,
    progress: Progress = lambda _done: None,
) -> RegroupReport:
    """Find all stories anew by the configuration's windows and manners, and store them unless it is
    a `dry_run`.

    `since`: only of articles published since then; None: of all. `progress` is told how many have
    been looked at. Raises DatabaseBusy, as when another process finds them anew too, and the other
    storage errors; stories are then as they were.
    """
    storage = await asyncio.to_thread(open_present, config.storage)
    try:
        async with Sandbox() as sandbox:
            work = Regrouping(
                storage=storage,
                sandbox=sandbox,
                clock=storage.clock,
                copy_window=config.stories.copy_window,
                event_window=config.stories.event_window,
                manners={one.name: one.manners for one in (*config.sources, *config.paused)},
                folder=config.storage.parent if isinstance(config.storage, Path) else None,
            )
            return await work.run(since=since, store=not dry_run, progress=progress)
    finally:
        storage.close()
