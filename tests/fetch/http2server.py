"""A loopback HTTP/2 server that answers by a script, or breaks the rules by one.

async with Http2Server(authority.server(alpn=("h2",))) as server:
    server.answer = lambda talk, stream: talk.answer(stream, 200, b"<rss/>")
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import h2.config
import h2.connection
import h2.events
import h2.exceptions
from server import end, port_of


class Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: Http2Server) -> None:
        self.server = server
        config = h2.config.H2Configuration(
            client_side=False,
            header_encoding="utf-8",
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        self.state = h2.connection.H2Connection(config)
        self.open = False
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def transport(self) -> asyncio.Transport:
        assert self._transport is not None
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.open = True
        self.server.talks.append(self)
        self.state.initiate_connection()
        self.flush()

    def connection_lost(self, _: Exception | None) -> None:
        self.open = False
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        try:
            events = self.state.receive_data(data)
        except h2.exceptions.ProtocolError:  # after we broke the rules ourselves
            return
        for event in events:
            if isinstance(event, h2.events.RequestReceived):
                assert event.headers is not None
                assert event.stream_id is not None
                self.server.requests.append(
                    {str(name): str(value) for name, value in event.headers}
                )
                self.server.answer(self, event.stream_id)
        self.flush()

    def answer(
        self,
        stream: int,
        status: int,
        body: bytes = b"",
        fields: Sequence[tuple[str, str]] = (),
        *,
        end: bool = True,
    ) -> None:
        """As large as the window lets it be."""
        self.state.send_headers(stream, [(":status", str(status)), *fields])
        size = self.state.max_outbound_frame_size
        body = body[: self.state.local_flow_control_window(stream)]
        for start in range(0, len(body), size):
            self.state.send_data(stream, body[start : start + size])
        if end:
            self.state.end_stream(stream)
        self.flush()

    def flush(self) -> None:
        self.raw(self.state.data_to_send())

    def raw(self, data: bytes) -> None:
        if self.open:
            self.transport.write(data)

    def frame(self, kind: int, flags: int, stream: int, payload: bytes = b"") -> None:
        """Whatever it is (RFC 9113, section 4.1)."""
        head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
        self.raw(head + payload)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def flood(self, data: bytes) -> None:
        """The same again and again, until the other end has gone."""
        data *= max(1, 16_384 // len(data))
        while self.open:
            self.raw(data)
            self.server.flooded += len(data)
            await self._writable.wait()
            await asyncio.sleep(0)


@dataclass(slots=True)
class Http2Server:
    tls: ssl.SSLContext
    answer: Callable[[Talk, int], None] = lambda talk, stream: talk.answer(stream, 404)
    """Called with each request's connection and stream."""
    requests: list[dict[str, str]] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    flooded: int = 0
    """Bytes sent or about to be."""
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Talk(self), "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(self._server, self._tasks, connections=[one.transport for one in self.talks])

    def flood(self, talk: Talk, data: bytes) -> None:
        """In the background."""
        task = asyncio.ensure_future(talk.flood(data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def url(self, target: str = "/", *, host: str = "localhost") -> str:
        return f"https://{host}:{port_of(self._server)}{target}"
