"""Questions to the queue's database, and what the service is told when it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from aggregator.engine.cancelling import Cancellation
from aggregator.engine.protocol import OnError
from aggregator.errors import ClaimLost, StorageError

T = TypeVar("T")

NAME = "engine"
"""Under which a lost database is reported."""
QUIET = timedelta(seconds=10)


class Reports:
    """Knows whether the database answers: a loss is reported once, not once a job.

    While it does not, what fails because of it says nothing new and is not passed on.
    """

    def __init__(
        self,
        on_error: OnError,
        *,
        losses: tuple[type[Exception], ...],
        patience: timedelta,
        quiet: timedelta = QUIET,
    ) -> None:
        """`losses`: what the queue's library raises when the database fails. `patience`: how long
        an answer may take before that counts as a loss, too. `quiet`: a server goes and comes
        connection by connection; a further loss so soon belongs to the one reported."""
        self.up = True
        self._on_error = on_error
        self._losses = losses
        self._patience = patience.total_seconds()
        self._quiet = quiet.total_seconds()
        self._told_at = float("-inf")
        self._lost, self._recovered = 0, 0
        self._said: str | None = None
        self._open: set[asyncio.Timeout] = set()
        self._over = False

    async def ask(self, question: Coroutine[Any, Any, T], *, in_time: bool = True) -> T | None:
        """The answer; None when the database cannot be asked. `in_time`: see `patience`."""
        lost, recovered = self._lost, self._recovered
        cancellation = Cancellation()
        limit = asyncio.timeout(self._patience if in_time else None)
        if in_time:
            self._open.add(limit)
        try:
            async with limit:
                answer = await question
        except TimeoutError:
            self.lost("it does not answer", recovered=recovered)
            return None
        except self._losses as error:
            cancellation.check()
            lines = str(error.__cause__ or error).strip().splitlines()
            self.lost(lines[0] if lines else type(error).__name__, recovered=recovered)
            return None
        finally:
            self._open.discard(limit)
        cancellation.check()
        if lost == self._lost:  # else the answer may be older than the loss, and proves nothing
            self._recovered += not self.up
            self.up, self._said = True, None
        return answer

    def end(self) -> None:
        """Wait for no answer any longer, and report no loss."""
        self._over = True
        for limit in self._open:
            limit.reschedule(asyncio.get_running_loop().time())

    def lost(self, reason: str, *, recovered: int) -> None:
        """The database could not be used; said once until it answers again."""
        self._lost += 1
        if self._over or not self.up or recovered != self._recovered:
            return  # or of an outage that is known, or over
        self.up = False
        now = asyncio.get_running_loop().time()
        if now >= self._told_at + self._quiet:
            self._told_at = now
            error = f"the job queue cannot be used: {reason}; it is tried until it answers"
            self._on_error(NAME, StorageError(error))

    def failed(self, name: str, error: Exception) -> None:
        """A job or an action raised."""
        if isinstance(error, StorageError) and not isinstance(error, ClaimLost):
            if not self.up or str(error) == self._said:
                return
            self._said = str(error)
        self._on_error(name, error)
