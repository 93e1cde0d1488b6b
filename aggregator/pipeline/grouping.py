"""Stage 3: find the story of every article."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from aggregator.core.cluster import Grouper
from aggregator.pipeline.events import StoriesAssigned
from aggregator.pipeline.line import Pipeline
from aggregator.pipeline.uncollected import uncollected
from aggregator.sandbox import SandboxProtocol
from aggregator.storage.protocol import Storage
from aggregator.types import GroupInput, Unassigned

DAY = timedelta(days=1)
"""A grouper's window begins with a day, as long before the day of the newest article as it is long:
up to a day more is needed of what is kept than its length says."""
STORIES_AT_A_TIME = 500
"""Articles assigned in one commit."""


async def assign_stories(line: Pipeline) -> int:
    """Find the story of every article that is ready and has none; how many have one now."""
    total = 0
    stuck: object = None
    while True:
        state, gone, waiting = await asyncio.to_thread(_waiting, line.storage)
        round_ = state, [(item.article_id, item.version) for item in waiting]
        # The same again although nothing has happened meanwhile would go on for ever.
        if not waiting or round_ == stuck:
            return total
        items = await fingerprinted(line.sandbox, waiting)
        stored = await asyncio.to_thread(_assign, line, items, state, gone)
        total += stored
        stuck = None if stored else round_


async def fingerprinted(sandbox: SandboxProtocol, items: Sequence[Unassigned]) -> list[GroupInput]:
    """As grouping sees them. Raises SandboxError."""
    prints = await sandbox.fingerprints([(one.title, one.text, one.language) for one in items])
    return [item.printed(made) for item, made in zip(items, prints, strict=True)]


def recalling(
    recall: Callable[[Sequence[int]], Iterable[GroupInput]],
) -> Callable[[Sequence[int | str]], Mapping[int | str, GroupInput]]:
    """What a grouper asks for fingerprints, of a store's articles."""

    def by_key(keys: Sequence[int | str]) -> Mapping[int | str, GroupInput]:
        return {item.article_id: item for item in recall([int(key) for key in keys])}

    return by_key


def _waiting(storage: Storage) -> tuple[int, list[int], list[Unassigned]]:
    """The state first: whatever changes from then on is noticed when it is stored. Then which
    articles have left their stories, and those that await one."""
    state = storage.grouping_state()
    return state, storage.taken_out(), storage.unassigned(limit=STORIES_AT_A_TIME)


def _assign(line: Pipeline, items: Sequence[GroupInput], state: int, gone: Sequence[int]) -> int:
    """Commit 3; how many have a story now. Takes long: run it in a thread."""
    began = time.monotonic()
    # Until the commit has succeeded the grouper knows more than the store does.
    grouper, line.grouper = line.grouper, None
    if grouper is None or line.grouping_state != state:
        grouper = None  # there is no room for two
        grouper = rebuilt(line)
    for article_id in gone:
        grouper.forget(article_id)
    with uncollected():
        grouper.expect(items)
        decided = [grouper.add(item) for item in items]
    stored = line.storage.assign(
        list(zip(items, decided, strict=True)), now=line.clock(), state=state
    )
    if stored == decided:
        grouper.settle()
        line.grouper, line.grouping_state = grouper, state
    # Else articles changed meanwhile: the next round begins from what the store says.
    if stored:
        elapsed = timedelta(seconds=time.monotonic() - began)
        line.report(StoriesAssigned(assignments=tuple(stored), elapsed=elapsed))
    return len(stored)


def rebuilt(line: Pipeline) -> Grouper:
    """What an undisturbed run would know by now."""
    storage = line.storage
    grouper = Grouper(
        recall=recalling(storage.recall),
        copy_window=line.copy_window,
        event_window=line.event_window,
    )
    grouper.restore_all(storage.window(span=max(line.copy_window, line.event_window) + DAY))
    return grouper
