"""Publishers' pictures, fetched once and kept in memory for a while."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.core.picture_types import media_type
from aggregator.pipeline import Fetching
from aggregator.types import Fetched, FetchRequest

_ACCEPT = "image/avif, image/webp, image/png, image/jpeg, image/gif"
_OVERHEAD = 512
"""Bytes of memory beside a picture's own, for its address and its place."""


class Busy(Exception):
    """Too many are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    largest: int = 5 * 1024 * 1024
    """Bytes of a picture."""
    memory: int = 64 * 1024 * 1024
    """Bytes of all that are kept."""
    at_once: int = 8
    """Fetched at a time: feeds need the connections, too."""
    at_once_from_host: int = 2
    waiting: int = 200
    """Fetched, or waiting for their turn."""
    seconds: float = 20.0
    """From being asked for to being there, waiting included."""
    missed_seconds: float = 600.0
    """For which one that was not to be had is not asked for again."""


class Pictures:
    """Fetches pictures. Used from one event loop."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        counted: Callable[[str], None] = lambda _: None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """`counted` hears of each that is asked for: kept, shared, fetched, missed or busy."""
        self._limits = limits or Limits()
        self._counted = counted
        self._timer = timer
        self._kept: OrderedDict[str, tuple[Picture | None, float]] = OrderedDict()
        """By address, the one that was asked for last at the end; with when it was fetched."""
        self._bytes = 0
        self._coming: dict[str, asyncio.Task[Picture | None]] = {}
        self._turn = asyncio.Semaphore(self._limits.at_once)
        self._hosts: dict[str, tuple[asyncio.Semaphore, int]] = {}
        """Of each host, its turns and how many use or want one."""

    async def get(self, fetcher: Fetching, url: str) -> Picture | None:
        """None: it cannot be had, or is no picture. Raises Busy."""
        if url in self._kept:
            found, at = self._kept[url]
            if found is not None or self._timer() - at < self._limits.missed_seconds:
                self._kept.move_to_end(url)
                self._counted("kept")
                return found
            self._drop(url)
        task = self._coming.get(url)
        if task is not None:
            self._counted("shared")
        elif len(self._coming) >= self._limits.waiting:
            self._counted("busy")
            raise Busy
        else:
            task = self._coming[url] = asyncio.create_task(self._fetched(fetcher, url))
            task.add_done_callback(lambda _: self._coming.pop(url, None))
        # Whoever asked first may go away; the others still want it.
        return await asyncio.shield(task)

    async def _fetched(self, fetcher: Fetching, url: str) -> Picture | None:
        found = None
        try:
            async with asyncio.timeout(self._limits.seconds), self._turn_at(url), self._turn:
                found = await self._asked(fetcher, url)
        except TimeoutError:
            pass
        self._counted("fetched" if found else "missed")
        self._keep(url, found)
        return found

    async def _asked(self, fetcher: Fetching, url: str) -> Picture | None:
        request = FetchRequest(url=url, accept=_ACCEPT, max_bytes=self._limits.largest)
        outcome = await fetcher.fetch(request)
        if not isinstance(outcome, Fetched):
            return None
        kind = media_type(outcome.body)
        return None if kind is None else Picture(content=outcome.body, media_type=kind)

    @asynccontextmanager
    async def _turn_at(self, url: str) -> AsyncIterator[None]:
        host = urlsplit(url).netloc.lower()
        turn, users = self._hosts.get(host) or (
            asyncio.Semaphore(self._limits.at_once_from_host),
            0,
        )
        self._hosts[host] = (turn, users + 1)
        try:
            async with turn:
                yield
        finally:
            _, users = self._hosts.pop(host)
            if users > 1:
                self._hosts[host] = (turn, users - 1)

    def _keep(self, url: str, found: Picture | None) -> None:
        self._kept[url] = (found, self._timer())
        self._bytes += _size(url, found)
        while self._bytes > self._limits.memory:
            self._drop(next(iter(self._kept)))

    def _drop(self, url: str) -> None:
        found, _ = self._kept.pop(url)
        self._bytes -= _size(url, found)


def _size(url: str, found: Picture | None) -> int:
    return _OVERHEAD + len(url) + (0 if found is None else len(found.content))
