"""A loopback HTTP/1.1 server that says exactly what a test tells it to, byte for byte.

    async with Server() as server:
        server.answers["/feed.xml"] = Answer(body=b"<rss/>", headers=[("ETag", '"1"')])
        ...
        assert server.requests[0].headers["if-none-match"] == '"1"'

A path's answer may be a list, of which each request takes the next and the last stays, or a
function from the request to an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    raw_headers: tuple[tuple[bytes, bytes], ...]
    """In order; names in lower case, values without the space around them."""

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode("latin-1") for name, value in self.raw_headers}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    chunks: Callable[[], AsyncIterator[bytes]] | None = None
    """Sent after everything else, without a length, to its end or until the client has gone."""
    declared: int | None = None
    """Content-Length, when it is to differ from the body's."""
    raw: bytes | None = None
    """Sent instead of status, fields and body."""
    keep: bool = False
    """Whether the connection stays after `raw`, which else ends it."""
    reset: bool = False
    """Whether the connection is then broken off instead of closed."""


Script = Answer | Sequence[Answer] | Callable[[Seen], Answer]


def port_of(server: asyncio.Server | None) -> int:
    assert server is not None
    port: int = server.sockets[0].getsockname()[1]
    return port


async def end(
    server: asyncio.Server | None,
    tasks: Collection[asyncio.Task[None]],
    *,
    connections: Iterable[asyncio.Transport] = (),
) -> None:
    """Serve nobody any longer: the tasks and connections are cut."""
    assert server is not None
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for connection in connections:
        connection.abort()
    await server.wait_closed()


@dataclass(slots=True)
class Server:
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    listen_port: int = 0
    """0: any that is free."""
    answers: dict[str, Script] = field(default_factory=dict)
    """By path; the query does not count."""
    requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _counts: dict[str, int] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, self.address, self.listen_port, ssl=self.tls
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(self._server, self._tasks)

    @property
    def port(self) -> int:
        return port_of(self._server)

    def url(self, target: str = "/", *, host: str | None = None) -> str:
        """`host`: the server's address when not given."""
        if host is None:
            host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{target}"

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                while True:
                    request = _read(await reader.readuntil(b"\r\n\r\n"))
                    self.requests.append(request)
                    answer = self._answer(request)
                    again = await _write(answer, writer)
                    if answer.reset:
                        _break_off(writer)
                    if not again:
                        break
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    def _answer(self, request: Seen) -> Answer:
        path = request.target.partition("?")[0]
        script = self.answers.get(path, Answer(status=404))
        if isinstance(script, Answer):
            return script
        if callable(script):
            return script(request)
        count = self._counts.get(path, 0)
        self._counts[path] = count + 1
        return script[min(count, len(script) - 1)]


def _read(head: bytes) -> Seen:
    first, *lines = head.rstrip().split(b"\r\n")
    method, target, _ = first.decode().split(" ")
    fields = (line.partition(b":") for line in lines)
    raw = tuple((name.lower(), value.strip()) for name, _, value in fields)
    return Seen(method=method, target=target, raw_headers=raw)


async def _write(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    """Whether the connection may be used again."""
    length = len(answer.body) if answer.declared is None else answer.declared
    writer.write(_head(answer, length) + answer.body if answer.raw is None else answer.raw)
    await writer.drain()
    if answer.chunks is not None:
        async for chunk in answer.chunks():
            writer.write(chunk)
            await writer.drain()
    if answer.raw is not None:
        return answer.keep
    return answer.chunks is None and length == len(answer.body)


def _break_off(writer: asyncio.StreamWriter) -> None:
    """With a reset, so that the other end learns it at once and by an error."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def _head(answer: Answer, length: int) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.chunks is not None:
        lines.append("Connection: close")
    elif answer.status != 304:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
