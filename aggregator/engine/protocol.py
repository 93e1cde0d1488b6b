"""What runs the stages: jobs are plain data, handlers are the coroutines of pipeline.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PollHost:
    """Poll the due feeds of one host, one after the other."""

    host: str


@dataclass(frozen=True, slots=True)
class EnrichHost:
    """Fetch the due article pages of one host, one after the other."""

    host: str


@dataclass(frozen=True, slots=True)
class AssignStories:
    """Find the story of every article that has none."""


@dataclass(frozen=True, slots=True)
class SendDigests:
    """Prepare the digests that are due, and send what is prepared."""


@dataclass(frozen=True, slots=True)
class RunWatches:
    """Hold what has come against the watches, and make messages of what they caught."""


@dataclass(frozen=True, slots=True)
class SendNotices:
    """Send the messages of watches that are due to one channel, one after the other."""

    channel: str


@dataclass(frozen=True, slots=True)
class CleanUp:
    """Drop what is no longer needed."""


Job = PollHost | EnrichHost | AssignStories | SendDigests | RunWatches | SendNotices | CleanUp
Handler = Callable[[Job], Awaitable[None]]
OnError = Callable[[str, BaseException], None]
"""Told the name of a job or action and what it raised; the rest goes on."""


class Engine(Protocol):
    """Runs jobs, a bounded number at a time; the same job is never under way twice.

    Those that take long are counted apart (`places`), so that they do not keep others waiting.

    Of the processes that share a database one leads. Jobs about a host may run in any of them,
    the others in the leading one only.
    """

    @property
    def running(self) -> int:
        """Jobs under way in this process."""

    @property
    def leads(self) -> bool:
        """Whether this is the process that leads."""

    async def room(self) -> int:
        """How many more jobs are wanted now; 0: enough are waiting, or we are stopping."""

    async def submit(self, jobs: Sequence[Job]) -> None:
        """Start jobs soon; one that is waiting or under way already is no error.

        Jobs only wake: what cannot be submitted, since a database is away, is lost without harm.
        """

    def every(
        self,
        period: timedelta,
        name: str,
        action: Callable[[], Awaitable[None]],
        *,
        everywhere: bool = False,
    ) -> None:
        """Call `action` now and then every `period`, never twice at once, late rather than not.

        Only while this process leads, unless `everywhere`.
        """

    async def changed(self) -> None:
        """Wait until a job of this process ends or has taken so long that it counts no more
        (`places`), or it is time to look again what others did.

        Where there are no others, returns at once when none is under way.
        """

    async def idle(self) -> None:
        """Wait until no job is under way in this process."""

    async def stop(self, *, grace: timedelta) -> bool:
        """Begin nothing more, wait `grace` for what is under way, cancel the rest.

        True: nothing had to be cancelled.
        """
