"""The page of a service, beside its engine.

Loaded by every `aggregator run`; what serving takes is loaded when it is to begin, which takes as
long as everything else, and in a thread, so that the service polls already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from aggregator.service.beside import Beside, Served
from aggregator.service.meters import Meters
from aggregator.service.runtime import Runtime

_LOOK = timedelta(seconds=1)
"""How often a service without a page looks whether it is to have one now."""


def page_beside(config_path: Path, *, environ: Mapping[str, str], meters: Meters) -> Beside:
    """To be given to a service that polls."""

    async def serve(runtime: Runtime, stop: asyncio.Event) -> None:
        def told(served: Served) -> None:
            runtime.served = served

        while runtime.config.web.listen is None:  # then it takes no memory either, 40 MB
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK.total_seconds())
                return
        await asyncio.to_thread(import_module, "aggregator.web.keeping")
        from aggregator.web.keeping import Keeper  # noqa: PLC0415 - see above
        from aggregator.web.site import Site  # noqa: PLC0415 - see above

        site = Site(
            storage=runtime.storage,
            config=lambda: runtime.config,
            fetcher=lambda: runtime.fetcher,
            clock=runtime.clock,
            config_path=config_path,
            environ=environ,
            meters=meters,
            polls=True,
        )
        await Keeper(site, told=told).run(stop)

    return serve
