"""How tasks are brought to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any

AGAIN = timedelta(seconds=1)
"""What a cancelled task has for tidying up until it is cancelled again. Cancellations get lost:
one that meets a broken connection may come out of a library as the error of that."""


async def end_within(tasks: Collection[asyncio.Task[Any]], grace: timedelta) -> bool:
    """Wait for the tasks, cancel what is left; True: nothing was. What they return is not seen."""
    if not tasks:
        return True
    _, pending = await asyncio.wait(tasks, timeout=grace.total_seconds())
    clean = not pending
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN.total_seconds())
    await asyncio.gather(*tasks, return_exceptions=True)
    return clean


class Cancellation:
    """Whether the current task has been cancelled since this was made, even if that got lost."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._before = self._count()

    def check(self) -> None:
        """Raise it again if so."""
        if self._count() > self._before:
            raise asyncio.CancelledError

    def _count(self) -> int:
        return 0 if self._task is None else self._task.cancelling()
