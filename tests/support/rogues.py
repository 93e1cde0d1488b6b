"""A press of good and bad servers on loopback, each at an address of its own, all on one port.

    with Rogues({"127.3.0.1": hangs, "127.4.0.1": good(1)}) as press: ...

What a host does is a coroutine that is given each request. It runs in a thread of the test, and
keeps a log of who was asked and who was done in which order. Linux only: it answers to all of
127.0.0.0/8.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in the order of the log."""

    what: str
    """asked: the request has arrived; done: the answer is out, or the connection is over."""
    host: str
    path: str


@dataclass(slots=True)
class Request:
    host: str
    path: str
    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self,
        body: bytes,
        *,
        kind: str = "application/rss+xml",
        status: str = "200 OK",
        fields: str = "",
        declared: int | None = None,
    ) -> None:
        """`declared`: the length that is said, when it is not that of the body."""
        length = len(body) if declared is None else declared
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{fields}"
        await self.send(f"{head}Connection: close\r\n\r\n".encode() + body)

    async def stream(self, pieces: AsyncIterator[bytes], *, fields: str = "") -> None:
        """A body without a length."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n{fields}"
        await self.send(f"{head}Connection: close\r\n\r\n".encode())
        async for piece in pieces:
            await self.send(piece)

    async def until_gone(self) -> None:
        """Say nothing until the client has had enough."""
        await self.reader.read()


Behaviour = Callable[[Request], Awaitable[None]]


@dataclass(slots=True)
class Rogues:
    hosts: Mapping[str, Behaviour]
    log: list[Moment] = field(default_factory=list)
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _over: asyncio.Event | None = None
    _ready: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._over is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def url(self, host: str, path: str = "/feed.xml") -> str:
        return f"http://{host}:{self.port}{path}"

    def when(self, what: str, host: str) -> list[int]:
        """The places in the log of what happened at a host."""
        return [at for at, one in enumerate(self.log) if (one.what, one.host) == (what, host)]

    def feeds_yaml(self, sources: Mapping[str, str], **settings: str) -> str:
        """A configuration; `sources`: addresses by name."""
        lines = ["storage: aggregator.db", "allow: [127.0.0.0/8]"]
        lines += [f"{key}: {value}" for key, value in settings.items()]
        lines.append("sources:")
        for name, url in sources.items():
            lines += [f"  - url: {url}", f"    name: {name}"]
        return "\n".join(lines) + "\n"

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._connected(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        first, *others = self.hosts
        servers = [await asyncio.start_server(connected, first, 0, backlog=512)]
        self.port = servers[0].sockets[0].getsockname()[1]
        if others:
            servers.append(await asyncio.start_server(connected, others, self.port, backlog=512))
        self._ready.set()
        await self._over.wait()
        for server in servers:
            server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        path = ""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.log.append(Moment("asked", host, path))
            await self.hosts[host](Request(host, path, self.port, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            if path:
                self.log.append(Moment("done", host, path))
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


# --- good ones


def rss(name: str, items: int = 2, *, text: str = "") -> bytes:
    """A feed of `items` entries that no other feed has."""
    now = datetime.now(UTC)
    entries = "".join(
        f"<item><title>Report {number} of {name}</title><guid>urn:{name}:{number}</guid>"
        f"<link>https://example.com/{name}/{number}</link>"
        f"<pubDate>{format_datetime(now - timedelta(minutes=number % 1000))}</pubDate>"
        f"<description>What {name} knows of case {number}. {text}</description></item>"
        for number in range(items)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{name}</title>'
        f"<link>https://example.com/{name}</link>{entries}</channel></rss>"
    ).encode()


def good(*, items: int = 2, delay: float = 0.0) -> Behaviour:
    """A feed, whatever the path; `delay` seconds go by before the answer."""

    async def behave(request: Request) -> None:
        await asyncio.sleep(delay)
        name = f"{request.host}{request.path}".replace("/", "-")
        await request.answer(rss(name, items))

    return behave


# --- bad ones


async def hangs(request: Request) -> None:
    await request.until_gone()


async def hangs_in_the_body(request: Request) -> None:
    await request.answer(b"<rss>", declared=10_000)
    await request.until_gone()


async def drips(request: Request) -> None:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.1)

    await request.stream(drops())


async def resets(request: Request) -> None:
    linger = struct.pack("ii", 1, 0)
    request.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    request.writer.transport.abort()


async def truncates(request: Request) -> None:
    body = rss("half", 10)
    await request.answer(body[: len(body) // 2], declared=len(body))


async def loops(request: Request) -> None:
    target = "/b" if request.path == "/a" else "/a"
    await request.answer(b"", status="302 Found", fields=f"Location: {target}\r\n")


async def answers_html(request: Request) -> None:
    await request.answer(b"<!doctype html><title>Parked</title><p>For sale.", kind="text/html")


def answers(status: str) -> Behaviour:
    async def behave(request: Request) -> None:
        await request.answer(b"no", kind="text/plain", status=status)

    return behave


LATE = "took longer than"
BAD: tuple[tuple[Behaviour, str], ...] = (
    *[(hangs, LATE)] * 6,
    *[(hangs_in_the_body, LATE)] * 2,
    *[(drips, LATE)] * 2,
    *[(resets, "broke off")] * 2,
    *[(truncates, "the body broke off before its end")] * 2,
    *[(loops, "the redirects go in a circle")] * 2,
    *[(answers_html, "is a web page")] * 2,
    *[(answers("404 Not Found"), "the server answered 404 Not Found")] * 2,
    (answers("410 Gone"), "the server answered 410 Gone"),
    (answers("500 Internal Server Error"), "the server answered 500 Internal Server Error"),
)
"""Twenty-two that are bad in all ways, and words of what is said of each."""
