"""What a process does again and again: one asyncio task for each action."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aggregator.engine.cancelling import Cancellation, end_within

Report = Callable[[str, Exception], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    period: timedelta
    name: str
    call: Callable[[], Awaitable[None]]
    everywhere: bool


class Actions:
    """Calls each now and then every period: never twice at once, late rather than not."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._actions: list[_Action] = []
        self._tasks: dict[asyncio.Task[None], _Action] = {}
        self._leading = False
        self._stopping = asyncio.Event()

    def add(
        self,
        period: timedelta,
        name: str,
        call: Callable[[], Awaitable[None]],
        *,
        everywhere: bool,
    ) -> None:
        """Begin at once if it is called everywhere or we lead, else as soon as we do."""
        action = _Action(period=period, name=name, call=call, everywhere=everywhere)
        self._actions.append(action)
        if everywhere or self._leading:
            self._start(action)

    def lead(self) -> None:
        """Begin with those of the leader."""
        self._leading = True
        for action in self._actions:
            if not action.everywhere:
                self._start(action)

    async def follow(self) -> None:
        """Cut those of the leader short: another may do them now."""
        self._leading = False
        tasks = {task for task, action in self._tasks.items() if not action.everywhere}
        await end_within(tasks, timedelta(0))

    async def stop(self, grace: timedelta) -> bool:
        """Call none again; True: those under way ended by themselves in time."""
        self._stopping.set()
        return await end_within(set(self._tasks), grace)

    def _start(self, action: _Action) -> None:
        if self._stopping.is_set():
            return
        task = asyncio.create_task(self._repeat(action), name=action.name)
        self._tasks[task] = action
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _repeat(self, action: _Action) -> None:
        loop, cancellation = asyncio.get_running_loop(), Cancellation()
        while not self._stopping.is_set():
            due = loop.time() + action.period.total_seconds()
            try:
                await action.call()
            except Exception as error:  # noqa: BLE001 - one action must not end the service
                self._report(action.name, error)
            cancellation.check()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._stopping.wait()
