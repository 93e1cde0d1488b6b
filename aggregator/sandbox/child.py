"""One child process, as the parent sees it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from aggregator.codec import encode
from aggregator.errors import SandboxError, TaskCrashed, TaskTimedOut
from aggregator.sandbox.frames import HEAD, LOADED, MAX_FRAME, REPLIES, pieces
from aggregator.sandbox.tasks import Task
from aggregator.sandbox.worker import Limits

_ROOT = Path(__file__).resolve().parents[2]
"""Where the package `aggregator` lies."""
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of the environment; the rest may hold secrets."""
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_BUFFER = 1024 * 1024
"""Bytes of an answer that are read ahead."""
_START = timedelta(seconds=60)
"""For starting and for loading libraries; a busy machine may take long."""
_FAREWELL = timedelta(seconds=2)


Reply = tuple[bytes, bytearray]
"""Code and document of an answer."""


class Child:
    """Serves one task at a time. After an exception from `ask` it is dead and must be dropped."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._loaded: set[bytes] = set()
        self.leaving = False
        """It has asked to be replaced."""

    @classmethod
    async def start(cls, limits: Limits) -> Child:
        """Raises SandboxError when the system gives no process."""
        command = (sys.executable, "-P", "-m", "aggregator.sandbox.worker", limits.dump())
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_BUFFER,
                env=_environment(),
                start_new_session=True,  # a Ctrl+C in the terminal is for the parent
            )
        except OSError as error:
            raise SandboxError(
                f"No process could be started to read a document in ({error.strerror}); "
                "see that the system allows more processes and memory."
            ) from error
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    def has_loaded(self, code: bytes) -> bool:
        """Whether it is ready for tasks of this kind."""
        return code in self._loaded

    async def ask(self, task: Task, deadline: timedelta) -> Reply:
        """Code and document of the answer. Raises TaskTimedOut and TaskCrashed, and what
        `codec.encode` raises.

        Loading what such tasks need does not count against the deadline.
        """
        if task.code not in self._loaded:
            reply = await self._exchange(task.code, None, _START)
            if reply[0] != LOADED:
                return reply
            self._loaded.add(task.code)
        return await self._exchange(task.code, task, deadline)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def reap(self) -> None:
        """Wait until it has ended, and free its pipes; kill it when it does not end by itself."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_FAREWELL.total_seconds()):
                await self._process.communicate()
        except TimeoutError:
            self.kill()
            await self._process.communicate()

    async def _exchange(self, code: bytes, task: Task | None, deadline: timedelta) -> Reply:
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                await self._send(code, task)
                return await self._receive()
        except TimeoutError:
            raise TaskTimedOut(
                f"Reading the document took longer than {deadline.total_seconds():g} s "
                "and was given up."
            ) from None
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise TaskCrashed(
                "The process that read the document died; the document may need more memory "
                "than one may have."
            ) from error

    async def _send(self, code: bytes, task: Task | None) -> None:
        """The encoded task is as large as a document, and needed no longer than this takes."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it was asked for
        for piece in pieces(code, b"" if task is None else encode(task)):
            stdin.write(piece)
            await stdin.drain()

    async def _receive(self) -> Reply:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it was asked for
        length, code = HEAD.unpack(await stdout.readexactly(HEAD.size))
        if length > MAX_FRAME or code.lower() not in REPLIES:
            raise TaskCrashed("The process that read the document answered with nonsense.")
        document = bytearray()
        while len(document) < length:  # `readexactly` would hold it twice
            piece = await stdout.read(min(length - len(document), _BUFFER))
            if not piece:
                raise asyncio.IncompleteReadError(b"", length)
            document += piece
        self.leaving = code.isupper()
        return code.lower(), document


_ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": "67108864", "MALLOC_MMAP_THRESHOLD_": "67108864"}
"""glibc keeps a document's memory for the next one, which spares a tenth of a parse."""


def _environment() -> dict[str, str]:
    kept = {name: value for name in _KEPT if (value := os.environ.get(name)) is not None}
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    settings = dict.fromkeys(_ONE_THREAD, "1") | _ALLOCATOR
    return kept | settings | {"PYTHONPATH": os.pathsep.join(paths)}
