"""Stage 3: find the story of every article."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aggregator.core.cluster import Grouper
from aggregator.pipeline.events import StoriesAssigned
from aggregator.pipeline.line import Pipeline
from aggregator.types import GroupInput

STORIES_AT_A_TIME = 500
"""Articles assigned in one commit."""


async def assign_stories(line: Pipeline) -> int:
    """Find the story of every article that is ready and has none; how many there were."""
    total = 0
    while waiting := await asyncio.to_thread(line.storage.unassigned, limit=STORIES_AT_A_TIME):
        prints = await line.sandbox.fingerprints(
            [(item.title, item.text, item.language) for item in waiting]
        )
        items = [
            GroupInput(
                article_id=item.article_id,
                source=item.source,
                title=item.title,
                url=item.url,
                at=item.at,
                fingerprint=fingerprint,
                version=item.version,
            )
            for item, fingerprint in zip(waiting, prints, strict=True)
        ]
        await asyncio.to_thread(_assign, line, items)
        total += len(items)
    return total


def _assign(line: Pipeline, items: Sequence[GroupInput]) -> None:
    """Commit 3. Takes long: run it in a thread."""
    grouper = line.grouper or _rebuild(line)
    # Until the commit has succeeded the grouper knows more than the store does.
    line.grouper = None
    decided = [grouper.add(item) for item in items]
    stored = line.storage.assign(list(zip(items, decided, strict=True)), now=line.clock())
    if stored == decided:
        line.grouper = grouper
    # Else articles changed meanwhile: the next round begins from what the store says.
    line.report(StoriesAssigned(assignments=tuple(stored)))


def _rebuild(line: Pipeline) -> Grouper:
    """What an undisturbed run would know by now."""
    grouper = Grouper(copy_window=line.copy_window, event_window=line.event_window)
    for item, assignment in line.storage.window(span=max(line.copy_window, line.event_window)):
        grouper.restore(item, assignment)
    return grouper
