"""Texts made again from the pages that are kept, for `aggregator extract --again`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator import pipeline
from aggregator.config import Config
from aggregator.pipeline import AgainReport, assign_stories
from aggregator.pipeline.again import Progress
from aggregator.service.leading import leading
from aggregator.service.runtime import open_runtime
from aggregator.service.update import select


async def extract_again(
    config: Config,
    *,
    sources: Sequence[str] = (),
    since: datetime | None = None,
    progress: Progress = lambda _done, _total: None,
) -> AgainReport:
    """Make texts again by the present rules, then find the stories of those that have changed,
    unless a worker leads that does it.

    `sources`: names or addresses, or unambiguous parts of them; none: all. `since`: only articles
    first seen since then; None: all. `progress` is told after each article how many are done, and
    how many there are. Raises UsageError for a source that is unknown, InstanceRunning and the
    other storage errors; what was recorded before stays.
    """
    async with open_runtime(config, report=lambda _event: None) as runtime:
        storage = runtime.storage
        await asyncio.to_thread(storage.sync_sources, config.sources, now=runtime.clock())
        chosen = select(await asyncio.to_thread(storage.source_statuses), sources)
        report = await pipeline.extract_again(
            runtime.pipeline,
            only={status.source_id for status in chosen} if sources else None,
            since=since,
            progress=progress,
        )
        async with leading(storage) as leads:
            if leads:
                await assign_stories(runtime.pipeline)
        return replace(report, left_to_leader=not leads)
