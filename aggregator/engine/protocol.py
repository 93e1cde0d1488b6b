"""What runs the stages: jobs are plain data, handlers are the coroutines of pipeline.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
class CleanUp:
    """Drop what is no longer needed."""


Job = PollHost | EnrichHost | AssignStories | CleanUp
Handler = Callable[[Job], Awaitable[None]]


class Engine(Protocol):
    """Runs jobs, a bounded number at a time; the same job is never under way twice."""

    @property
    def free(self) -> int:
        """How many more jobs could begin at once."""

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""

    def submit(self, job: Job) -> bool:
        """Start a job soon; False when the same job is under way already, or we are stopping."""

    def every(self, period: timedelta, name: str, action: Callable[[], Awaitable[None]]) -> None:
        """Call `action` now and then every `period`, never twice at once, late rather than not."""

    async def changed(self) -> None:
        """Wait until a job ends; returns at once when none is under way."""

    async def idle(self) -> None:
        """Wait until no job is under way."""

    async def stop(self, *, grace: timedelta) -> bool:
        """Begin nothing more, wait `grace` for what is under way, cancel the rest.

        True: nothing had to be cancelled.
        """
