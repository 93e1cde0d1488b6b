"""The page where feeds.yaml wants it, as long as the process runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from starlette.types import ASGIApp

from aggregator.config.web import Listen
from aggregator.errors import StorageError
from aggregator.logs import get_logger
from aggregator.service.beside import Served
from aggregator.web.access.open_to import refusal
from aggregator.web.app import create_app
from aggregator.web.server import Bounds, Serving, bind, quiet
from aggregator.web.site import Site

LOOK = timedelta(seconds=1)
"""How often the configuration is looked at."""
GRACE = timedelta(seconds=5)
"""For requests that are under way; a second below that of the service."""


Told = Callable[[Served], None]


class Keeper:
    """Serves a site at the address of its configuration. An address that is taken, or that must not
    be served, is tried again: somebody may free it, or set a password."""

    def __init__(self, site: Site, *, told: Told, bounds: Bounds | None = None) -> None:
        """`told` hears whenever something has changed."""
        self._site = site
        self._told = told
        self._bounds = bounds or Bounds()
        self._served = Served()
        self._serving: Serving | None = None
        self._at: Listen | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until the event is set; then within the grace."""
        quiet()
        app = create_app(self._site)
        try:
            while not stop.is_set():
                wanted = self._site.config().web.listen
                if self._serving is not None and (wanted != self._at or not self._serving.runs):
                    await self._end()
                if self._serving is None:
                    await self._begin(app, wanted)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK.total_seconds())
        finally:
            await self._end()

    async def _begin(self, app: ASGIApp, wanted: Listen | None) -> None:
        if wanted is None:
            self._say(Served())
            return
        try:
            trouble = await asyncio.to_thread(refusal, self._site)
            if trouble is None:
                listening = bind(wanted)
        except StorageError as error:
            trouble = str(error)
        except OSError as error:
            trouble = _sentence(wanted, error)
        if trouble is not None:
            self._say(Served(trouble=trouble))
            return
        self._serving = Serving(app, listening, grace=GRACE, bounds=self._bounds)
        self._at = wanted
        self._say(Served(address=self._serving.address))

    async def _end(self) -> None:
        if self._serving is not None:
            serving, self._serving = self._serving, None
            await serving.stop()

    def _say(self, served: Served) -> None:
        if served == self._served:
            return
        self._served = served
        if served.address is not None:
            get_logger().info("page served", address=served.address)
        elif served.trouble is not None:
            # By itself it is not served at all, and whoever has started it sees that.
            again = {"next_try": "every second"} if self._site.polls else {}
            get_logger().warning("page not served", error=served.trouble, **again)
        else:
            get_logger().info("page served no longer")
        self._told(served)


def _sentence(wanted: Listen, error: OSError) -> str:
    reason = error.strerror or str(error)
    return (
        f"{wanted} cannot be listened on ({reason}): give another address under web: listen: in"
        " feeds.yaml, or end what uses this one"
    )
