"""The web application over what the demo's press has published, served on loopback."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from fastapi import FastAPI
from program import Cli

from aggregator.config import Config, load
from aggregator.demo.press import Press
from aggregator.fetch.http import Fetcher
from aggregator.service.meters import Meters
from aggregator.service.runtime import fetcher_for
from aggregator.storage.backends import open_storage
from aggregator.storage.protocol import Storage
from aggregator.web.app import create_app
from aggregator.web.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A folder with feeds.yaml and a database in which the press's week is."""

    folder: Path
    at: datetime
    """When it was read."""
    config: Config
    """What stands in feeds.yaml: reading it takes longer than a page does."""


def fill(folder: Path) -> Filled:
    """Once a session: it takes some seconds."""
    at = datetime.now(UTC)
    cli = Cli(folder)
    with Press(at) as press:
        cli.write(press.feeds_yaml("aggregator.db"))
        cli("update")
    return Filled(folder=folder, at=at, config=load(folder / "feeds.yaml", environ={}))


@dataclass(slots=True, kw_only=True)
class House:
    """An application with a store of its own."""

    app: FastAPI
    site: Site
    storage: Storage
    client: httpx.Client
    """Follows no redirects."""
    folder: Path
    config: Config
    """May be replaced: the application reads it anew with each request."""
    now: datetime
    """May be moved."""


@contextmanager
def house(filled: Filled, folder: Path) -> Iterator[House]:
    """A copy of what was filled, served to `client`."""
    for path in filled.folder.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    config = replace(filled.config, storage=folder / "aggregator.db")
    storage = open_storage(config.storage)
    made: House | None = None
    fetchers = _Fetchers()

    def current() -> House:
        assert made is not None
        return made

    site = Site(
        storage=storage,
        config=lambda: current().config,
        fetcher=lambda: fetchers.of(current().config),
        clock=lambda: current().now,
        config_path=folder / "feeds.yaml",
        environ={},
        meters=Meters(),
        polls=True,
    )
    app = create_app(site)
    try:
        with (
            served(app, finish=fetchers.close) as base,
            httpx.Client(base_url=base, timeout=30, verify=_NO_TLS) as client,
        ):
            made = House(
                app=app,
                site=site,
                storage=storage,
                client=client,
                folder=folder,
                config=config,
                now=filled.at,
            )
            yield made
    finally:
        storage.close()


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Knows no authorities, which take long to read."""


class _Fetchers:
    """One for each configuration there has been."""

    def __init__(self) -> None:
        self._made: list[tuple[Config, Fetcher]] = []

    def of(self, config: Config) -> Fetcher:
        for known, fetcher in self._made:
            if known is config:
                return fetcher
        self._made.append((config, fetcher_for(config)))
        return self._made[-1][1]

    async def close(self) -> None:
        for _, fetcher in self._made:
            await fetcher.__aexit__(None, None, None)


class _Server(uvicorn.Server):
    """Ends at once when it is told to, where uvicorn itself looks ten times a second."""

    _loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """From another thread, at any time."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._told = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._told.wait()

    async def shutdown(
        self,
        sockets: list[socket.socket] | None = None,  # noqa: ARG002 - uvicorn's signature
    ) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def _nothing() -> None:
    """There is nothing to close."""


@contextmanager
def served(app: FastAPI, *, finish: Callable[[], Awaitable[None]] = _nothing) -> Iterator[str]:
    """On a free port of loopback; its address. `finish` is awaited in its loop at the end."""

    async def serve() -> None:
        try:
            await server.serve(sockets=[listening])
        finally:
            await finish()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = _Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.end()
            thread.join(timeout=10)
