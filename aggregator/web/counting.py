"""How often each part of the page is asked for, what it answers, and how long that takes."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.service.meters import Meters
from aggregator.web.site import Site

_CLASSES = (
    ("/static/", "static"),
    ("/img/", "pictures"),
    ("/api/greader.php", "greader"),
    ("/accounts/", "greader"),
    ("/reader/api/", "greader"),
    ("/fever", "fever"),
    ("/api/", "api"),
    ("/feeds", "feeds"),
    ("/healthz", "probes"),
    ("/readyz", "probes"),
    ("/metrics", "metrics"),
)
ROUTES = tuple(dict.fromkeys((*(route for _, route in _CLASSES), "page")))
"""What requests are told apart by: not by their addresses, of which there is no end."""


def counted(app: FastAPI, site: Site) -> None:
    """Count an application's requests, refused ones included."""
    app.add_middleware(Counting, meters=site.meters)


def route_class(path: str) -> str:
    """One of ROUTES."""
    return next((route for prefix, route in _CLASSES if path.startswith(prefix)), "page")


class Counting:
    """An ASGI middleware."""

    def __init__(
        self, app: ASGIApp, meters: Meters, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._meters = meters
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, streams = self._timer(), 0, False

        async def sending(message: Message) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status, streams = message["status"], _streams_events(message)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            if status:  # else whoever asked went away
                seconds = None if streams else self._timer() - began
                self._meters.request_answered(route_class(scope["path"]), status, seconds)


def _streams_events(start: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in start["headers"]
    )
