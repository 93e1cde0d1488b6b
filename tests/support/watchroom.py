"""Some sources, the stages behind them, and channels that take what they are given: for tests of
what watches send."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from lines import Publisher, answer, feed_of, line_of

from aggregator.errors import DeliveryError, StorageError
from aggregator.pipeline import (
    Event,
    Pipeline,
    Watching,
    assign_stories,
    enrich_host,
    poll_host,
    run_watches,
    send_notices,
)
from aggregator.storage.protocol import Storage
from aggregator.types import Notice, PagePolicy, Source, Watch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""Two hours after what `feed_of` has was published."""
MINUTE = timedelta(minutes=1)


@dataclass
class Channel:
    """Keeps what it is handed, in order."""

    taken: list[Notice] = field(default_factory=list)
    refuses: DeliveryError | None = None
    tries: int = 0

    async def take(self, notice: Notice) -> None:
        self.tries += 1
        if self.refuses is not None:
            raise self.refuses
        self.taken.append(notice)

    @property
    def headlines(self) -> list[list[str]]:
        """Of each message, in order."""
        return [[item.headline for item in one.content.items] for one in self.taken]

    @property
    def told(self) -> list[str]:
        """The headlines of all, each message once however often it came, sorted."""
        by_key = {one.key: one for one in self.taken}
        return sorted(item.headline for one in by_key.values() for item in one.content.items)


class Room:
    """One process at work on a store, with its own clock."""

    def __init__(self, storage: Storage, watches: Sequence[Watch], *, now: datetime = NOON) -> None:
        self.now = now
        self.storage = storage
        self.publisher = Publisher()
        self.events: list[Event] = []
        self.channels = {name: Channel() for watch in watches for name in watch.to}
        self.line: Pipeline = line_of(
            storage, self.publisher, clock=lambda: self.now, report=self.events.append
        )
        self.watching = self.watched(watches)
        self._read: dict[str, list[tuple[str, str, str]]] = {}

    def watched(self, watches: Sequence[Watch]) -> Watching:
        """The watches of a configuration, set up from now on."""
        self.watching = Watching(
            storage=self.storage,
            watches=watches,
            channels=set(self.channels),
            timezone=UTC,
            clock=lambda: self.now,
            report=self.events.append,
        )
        self.watching.set_up()
        return self.watching

    def follow(self, *names: str, pages: PagePolicy = PagePolicy.NEVER) -> None:
        """These sources, which have been read once and had nothing."""
        sources = [
            Source(name=name, url=f"https://{host_of(name)}/feed", pages=pages, tags=("world",))
            for name in names
        ]
        self.storage.sync_sources(sources, now=self.now)
        for name in names:
            self.publish(name)

    def publish(self, name: str, *items: tuple[str, str]) -> None:
        """New items (headline, text) of a source, read and put into stories."""
        host = host_of(name)
        known = self._read.setdefault(name, [])
        known += [(f"{len(known) + at}", title, text) for at, (title, text) in enumerate(items)]
        self.publisher.answers[f"https://{host}/feed"] = answer(
            f"https://{host}/feed", feed_of(host, *known)
        )
        self.storage.wake(None, now=self.now, force=True)
        asyncio.run(poll_host(self.line, host))
        asyncio.run(assign_stories(self.line))

    def read_pages(self, name: str) -> None:
        asyncio.run(enrich_host(self.line, host_of(name)))
        asyncio.run(assign_stories(self.line))

    def run(self, *, after: timedelta = timedelta()) -> None:
        """Look, make messages, and send all that is due."""
        self.now += after
        asyncio.run(self._run())

    async def _run(self) -> None:
        await run_watches(self.watching)
        for name in self.storage.due_channels(now=self.now):
            await send_notices(
                self.storage,
                name,
                self.channels[name].take,
                clock=lambda: self.now,
                report=self.events.append,
            )


class Crash(StorageError):
    """The process dies here."""


class Dying:
    """A store whose process dies at its n-th commit, just before that or just after it."""

    def __init__(self, storage: Storage, at: int, *, committed: bool) -> None:
        self._storage = storage
        self._left = at
        self._committed = committed

    def __getattr__(self, name: str) -> object:
        verb = getattr(self._storage, name)
        if name not in {"record_hits", "put_notices", "begin_notice", "record_notice"}:
            return verb

        def commit(*args: object, **kwargs: object) -> object:
            self._left -= 1
            if self._left == 0 and not self._committed:
                raise Crash("it died before it had committed")
            result = cast("Callable[..., object]", verb)(*args, **kwargs)
            if self._left == 0:
                raise Crash("it died when it had committed")
            return result

        return commit


def host_of(name: str) -> str:
    return f"{name.lower()}.example.org"
