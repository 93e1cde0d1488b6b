"""The page by itself, for a database that others work on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path

from aggregator.config import Config, fingerprint_of, load
from aggregator.errors import ConfigError, UsageError
from aggregator.logs import configure, get_logger
from aggregator.service.beside import Served
from aggregator.service.journal import configuration_refused
from aggregator.service.meters import Meters
from aggregator.service.runtime import fetcher_for
from aggregator.storage.backends import open_storage
from aggregator.web.keeping import LOOK, Keeper, Told
from aggregator.web.site import Site


async def serve_alone(config_path: Path, *, environ: Mapping[str, str]) -> None:
    """Until SIGTERM or SIGINT; an edited feeds.yaml is taken at once.

    Raises ConfigError, StorageError, and UsageError when the page cannot be served now.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = _Alone(config_path, environ)
    await serving.run(stop)


class _Alone:
    def __init__(self, config_path: Path, environ: Mapping[str, str]) -> None:
        self._path = config_path
        self._environ = environ
        self._seen = fingerprint_of(config_path)
        self._config = load(config_path, environ=environ)
        self._trouble: str | None = None
        self._begun = False

    async def run(self, stop: asyncio.Event) -> None:
        config = self._config
        if config.web.listen is None:
            raise UsageError("web: listen: is off in feeds.yaml; give an address there")
        configure(level=config.log.level.value, style=config.log.format.value)
        with closing(await asyncio.to_thread(open_storage, config.storage)) as storage:
            async with AsyncExitStack() as stack:
                fetcher = await stack.enter_async_context(fetcher_for(config))
                site = Site(
                    storage=storage,
                    config=lambda: self._config,
                    fetcher=lambda: fetcher,
                    clock=storage.clock,
                    config_path=self._path,
                    environ=self._environ,
                    meters=Meters(),
                    polls=False,
                )
                await self._keep(Keeper(site, told=self._told(stop)), stop)
        if self._trouble is not None:
            raise UsageError(self._trouble)

    async def _keep(self, keeper: Keeper, stop: asyncio.Event) -> None:
        rereading = asyncio.create_task(self._reread())
        try:
            await keeper.run(stop)
        finally:
            rereading.cancel()
            await asyncio.wait([rereading])

    def _told(self, stop: asyncio.Event) -> Told:
        def told(served: Served) -> None:
            if served.address is not None:
                self._begun = True
            elif served.trouble is not None and not self._begun:
                self._trouble = served.trouble  # whoever has started us sees it at once
                stop.set()

        return told

    async def _reread(self) -> None:
        while True:
            await asyncio.sleep(LOOK.total_seconds())
            seen = fingerprint_of(self._path)
            if seen == self._seen:
                continue
            self._seen = seen
            try:
                config: Config = await asyncio.to_thread(load, self._path, environ=self._environ)
            except ConfigError as error:
                configuration_refused(error)
                continue
            self._config = config
            get_logger().info("configuration taken")
