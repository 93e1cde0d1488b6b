"""Which process leads: whoever has the role, as long as its connection to the database lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from aggregator.errors import StorageError
from aggregator.storage.protocol import Role

NAME = "leadership"
"""Under which its errors are reported."""
PATIENCE = timedelta(seconds=5)
"""How long the database may keep us waiting before we act as if the role were lost."""


class Leadership:
    """Asks for the role again and again, and says when we begin and cease to have it."""

    def __init__(
        self,
        role: Role,
        *,
        begin: Callable[[], None],
        end: Callable[[], Awaitable[None]],
        report: Callable[[str, Exception], None],
        period: timedelta,
        patience: timedelta = PATIENCE,
    ) -> None:
        """`begin` is called when we have the role and did not lead, `end` when we led and have it
        no more; until that returns we do not ask again."""
        self.leads = False
        self._role = role
        self._begin = begin
        self._end = end
        self._report = report
        self._period = period.total_seconds()
        self._patience = patience.total_seconds()
        self._stopping = asyncio.Event()
        self._question: asyncio.Task[bool] | None = None

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - a leader that asks no more would lead on
                self._report(NAME, error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._period):
                    await self._stopping.wait()

    def stop(self) -> None:
        """Ask no more; the role stays until `drop`."""
        self._stopping.set()

    async def drop(self) -> None:
        """After `run` has returned: let another have it at once."""
        self.leads = False
        if self._question is not None:  # a late yes would outlive us
            await asyncio.wait({self._question}, timeout=self._patience)
        with suppress(StorageError):
            await asyncio.to_thread(self._role.drop)

    async def _look(self) -> None:
        held = await self._held()
        if held and not self.leads:
            self._begin()
            self.leads = True
        elif self.leads and not held:
            self.leads = False
            await self._end()

    async def _held(self) -> bool:
        """A question without an answer in time counts as a no, and is not asked twice at once."""
        if self._question is None:
            self._question = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait({self._question}, timeout=self._patience)
        if not done:
            return False
        held, self._question = self._question.result(), None
        return held

    async def _ask(self) -> bool:
        try:
            return await asyncio.to_thread(self._role.take)
        except StorageError:
            return False  # the queue's own question to the database says that it is lost
        except Exception as error:  # noqa: BLE001 - whatever it is, we do not have the role
            self._report(NAME, error)
            return False
