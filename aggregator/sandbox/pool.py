"""Child processes that share the work: started when needed, reused, replaced when they fail."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from aggregator.codec import decode
from aggregator.core.candidates import Candidate
from aggregator.errors import SandboxError, TaskCrashed
from aggregator.sandbox.child import Child, Reply
from aggregator.sandbox.frames import DONE, raise_described
from aggregator.sandbox.tasks import (
    ExtractTask,
    FindTask,
    FingerprintTask,
    PageTask,
    ParseTask,
    Task,
)
from aggregator.sandbox.worker import Limits
from aggregator.types import Extraction, ExtractRequest, Fingerprint, PageSelectors, ParsedFeed

MEMORY_LIMIT = 3 * 512 * 1024 * 1024
"""Bytes of address space of one child: 1.5 GiB."""
RETIRE_AFTER = 2_000
"""Tasks; libraries leak a little, and Python gives memory back seldom."""
RETIRE_AT = 400 * 1024 * 1024
"""Bytes in use after a task."""
TEXTS_AT_A_TIME = 50
"""Fingerprinted in one task: with a model, half a second."""
_LARGE = 1024 * 1024
"""Bytes of an answer that is decoded in a thread, so that the event loop goes on."""


class Sandbox:
    """Reads documents in up to `workers` child processes (SandboxProtocol).

    A task that passes its deadline raises TaskTimedOut; one whose child dies or passes
    `memory_limit` (bytes of address space) raises TaskCrashed. Either way the child is replaced.
    Cancelling a call kills the child that serves it. Calls wait for a child in the order in which
    they came. Deadlines count from when a child takes the task.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        parse_deadline: timedelta = timedelta(seconds=20),
        extract_deadline: timedelta = timedelta(seconds=10),
        memory_limit: int = MEMORY_LIMIT,
        retire_after: int = RETIRE_AFTER,
    ) -> None:
        """`workers`: None means one for each CPU that this process may use."""
        self._places = asyncio.Semaphore(workers or _cpus())
        self._parse_deadline = parse_deadline
        self._extract_deadline = extract_deadline
        longest = max(parse_deadline, extract_deadline).total_seconds()
        self._limits = Limits(
            address_space=memory_limit,
            resident=min(RETIRE_AT, memory_limit // 2),
            tasks=retire_after,
            seconds=math.ceil(2 * longest) + 30,
        )
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._calls = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the child processes that live, for watching them."""
        return tuple(child.pid for child in (*self._idle, *self._busy) if child.alive)

    async def parse(self, body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
        task = ParseTask(body=body, url=url, content_type=content_type)
        answer: ParsedFeed = await self._run(task, self._parse_deadline)
        return answer

    async def parse_page(
        self, body: bytes, selectors: PageSelectors, *, url: str, content_type: str | None
    ) -> ParsedFeed:
        task = PageTask(body=body, selectors=selectors, url=url, content_type=content_type)
        answer: ParsedFeed = await self._run(task, self._parse_deadline)
        return answer

    async def find_feeds(
        self, body: bytes, *, url: str, content_type: str | None
    ) -> list[Candidate]:
        task = FindTask(body=body, url=url, content_type=content_type)
        answer: list[Candidate] = await self._run(task, self._parse_deadline)
        return answer

    async def extract(self, request: ExtractRequest) -> Extraction:
        task = ExtractTask.of(request)
        answer: Extraction = await self._run(task, self._extract_deadline)
        return answer

    async def fingerprints(self, items: Sequence[tuple[str, str, str | None]]) -> list[Fingerprint]:
        """`TEXTS_AT_A_TIME` in a task, one task after the other; each has the deadline of
        extraction."""
        prints: list[Fingerprint] = []
        for start in range(0, len(items), TEXTS_AT_A_TIME):
            task = FingerprintTask(items=tuple(items[start : start + TEXTS_AT_A_TIME]))
            answer: list[Fingerprint] = await self._run(task, self._extract_deadline)
            prints += answer
        return prints

    async def close(self) -> None:
        self._closed = True
        for child in self._busy:
            child.kill()  # whoever waits for it hears of a crash and lets it go
        for child in self._idle:
            self._let_go(child)
        self._idle.clear()
        await self._quiet.wait()
        while self._ending:
            await asyncio.wait(self._ending)

    async def _run(self, task: Task, deadline: timedelta) -> Any:
        async with self._places:
            self._calls += 1
            self._quiet.clear()
            try:
                code, answer = await self._ask(task, deadline)
            finally:
                self._calls -= 1
                if not self._calls:
                    self._quiet.set()
        if code != DONE:
            raise_described(answer)
        try:
            if len(answer) > _LARGE:
                return await asyncio.to_thread(decode, answer, type(task).answer)
            return decode(answer, type(task).answer)
        except ValueError as error:
            raise TaskCrashed("The process that read the document answered nonsense.") from error

    async def _ask(self, task: Task, deadline: timedelta) -> Reply:
        child = await self._take(task.code)
        try:
            reply = await child.ask(task, deadline)
        except BaseException:  # cancellation too: the child is in the middle of something
            self._busy.discard(child)
            child.kill()
            self._let_go(child)
            raise
        self._busy.discard(child)
        if child.leaving or self._closed:
            self._let_go(child)
        else:
            self._idle.append(child)
        return reply

    async def _take(self, code: bytes) -> Child:
        self._refuse_when_closed()
        child = await self._idle_or_new(code)
        try:
            self._refuse_when_closed()  # it may have been, while the child started
        except SandboxError:
            self._let_go(child)
            raise
        self._busy.add(child)
        return child

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise SandboxError("The sandbox is closed; open another one to read documents.")

    async def _idle_or_new(self, code: bytes) -> Child:
        """Rather one that has loaded what such tasks need, so that few children hold a model; of
        those the one that worked last."""
        while self._idle:
            child = max(reversed(self._idle), key=lambda idle: idle.has_loaded(code))
            self._idle.remove(child)
            if child.alive:
                return child
            self._let_go(child)
        return await Child.start(self._limits)

    def _let_go(self, child: Child) -> None:
        """Wait for its end in the background."""
        task = asyncio.create_task(child.reap())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
