"""Serving: one address, within bounds, beside whatever else the process does. The only importer
of uvicorn."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from aggregator.config.web import Listen

_BACKLOG = 128
_FINISH = timedelta(seconds=1)
"""For what was cut off to notice it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a client may take of the server."""

    connections: int = 200
    """At once, with what streams."""
    head: timedelta = timedelta(seconds=15)
    """For the whole head of a request."""
    body: timedelta = timedelta(minutes=2)
    """For the whole body of one."""
    stalled: timedelta = timedelta(seconds=30)
    """How long an answer may wait for a client that does not read."""
    idle: timedelta = timedelta(seconds=10)
    """How long a connection stays open between requests."""


class _Connection(H11Protocol):
    """Ends connections of clients that are too slow, of which uvicorn would wait for ever."""

    bounds = Bounds()

    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None
    _in_body = False
    """What `_reading` is about."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > 2 * self.bounds.connections:
            transport.abort()  # those up to here hear that there are too many
        else:
            self._expect(in_body=False)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        theirs = self.conn.their_state.__name__
        if theirs == "SEND_BODY":
            if self._reading is None or not self._in_body:
                self._expect(in_body=True)
        elif theirs != "IDLE":
            self._expect_nothing()
        elif self._reading is None:
            self._expect(in_body=False)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._writing = self.loop.call_later(self.bounds.stalled.total_seconds(), self._cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_on()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self._read_on()
        super().connection_lost(exc)

    def _expect(self, *, in_body: bool) -> None:
        self._expect_nothing()
        self._in_body = in_body
        time = self.bounds.body if in_body else self.bounds.head
        self._reading = self.loop.call_later(time.total_seconds(), self._cut)

    def _expect_nothing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _read_on(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _cut(self) -> None:
        self.transport.abort()


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """They are the service's."""
        yield


class Serving:
    """An application that is being served on a socket."""

    def __init__(
        self, app: ASGIApp, listening: socket.socket, *, grace: timedelta, bounds: Bounds
    ) -> None:
        protocol = type("Connection", (_Connection,), {"bounds": bounds})
        self._streams = _EndingStreams(app)
        self._server = _Uvicorn(
            uvicorn.Config(
                self._streams,
                http=protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=_BACKLOG,
                limit_concurrency=bounds.connections + 1,  # it refuses one that is as much
                timeout_keep_alive=round(bounds.idle.total_seconds()),
                timeout_graceful_shutdown=round(grace.total_seconds()),
            )
        )
        self._listening = listening
        self.address = _address(listening)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))

    @property
    def runs(self) -> bool:
        return not self._task.done()

    async def stop(self) -> None:
        """Take no more; finish what is under way within the grace, and cut off what is left."""
        self._streams.end()
        self._server.should_exit = True
        await asyncio.wait([self._task])
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        if left := list(self._server.server_state.tasks):
            await asyncio.wait(left, timeout=_FINISH.total_seconds())
        self._listening.close()


class _EndingStreams:
    """Tells those who stream events that the client is gone when the server is to stop: they would
    go on for ever."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._streams: set[asyncio.Event] = set()
        self._ended = False

    def end(self) -> None:
        self._ended = True
        for over in self._streams:
            over.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        over = asyncio.Event()
        complete = False

        async def sending(message: Message) -> None:
            nonlocal complete
            if message["type"] == "http.response.start":
                if _streams_events(message):
                    self._streams.add(over)
                    if self._ended:
                        over.set()
            elif not message.get("more_body", False):
                complete = True
            await send(message)

        async def receiving() -> Message:
            coming = asyncio.ensure_future(receive())
            ending = asyncio.ensure_future(over.wait())
            try:
                await asyncio.wait([coming, ending], return_when=asyncio.FIRST_COMPLETED)
                return coming.result() if coming.done() else {"type": "http.disconnect"}
            finally:
                coming.cancel()
                ending.cancel()

        try:
            await self._app(scope, receiving, sending)
            if over in self._streams and not complete:
                await send({"type": "http.response.body", "body": b""})
        finally:
            self._streams.discard(over)


def _streams_events(start: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in start["headers"]
    )


def bind(listen: Listen) -> socket.socket:
    """A socket that listens there. Raises OSError; an address that is in use is such a one."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and listen.host != "::":
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def quiet() -> None:
    """uvicorn says what clients get wrong; what we get wrong is logged where it happens."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
