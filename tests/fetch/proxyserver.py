"""Loopback proxies that connect to 127.0.0.1, whatever host they are asked for.

async with HttpProxy(login=b"me:secret") as proxy:
    ...
    assert proxy.targets == ["news.example.org:80"]
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import ssl
import struct
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self

from server import end, port_of


@dataclass(slots=True)
class _Proxy:
    login: bytes | None = None
    """user:password; None: everybody may use it."""
    tls: ssl.SSLContext | None = None
    targets: list[str] = field(default_factory=list)
    """host:port, as asked for."""
    connections: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(self._server, self._tasks)

    @property
    def port(self) -> int:
        return port_of(self._server)

    def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._talk(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    def url(self, login: str = "") -> str:
        """`login`: such as "me:secret@"."""
        raise NotImplementedError

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        raise NotImplementedError


@dataclass(slots=True)
class HttpProxy(_Proxy):
    """Forwards absolute addresses, and tunnels with CONNECT."""

    heads: list[str] = field(default_factory=list)
    """Of the requests, as they arrived."""
    refusal: str | None = None
    """Such as "503 Service Unavailable", for every CONNECT."""
    raw: bytes | None = None
    """Sent instead of the answer to a CONNECT, a byte at a time, and then the connection ends."""

    def url(self, login: str = "") -> str:
        return f"{'https' if self.tls else 'http'}://{login}localhost:{self.port}"

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            method, target, _ = head.split("\r\n", 1)[0].split(" ")
            if self.login is not None:
                expected = base64.b64encode(self.login).decode()
                if f"proxy-authorization: basic {expected}".lower() not in head.lower():
                    writer.write(
                        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                    )
                    continue
            if method == "CONNECT":
                self.targets.append(target)
                if self.raw is not None:
                    for byte in self.raw:
                        writer.write(bytes([byte]))
                        await writer.drain()
                    return
                if self.refusal:
                    writer.write(f"HTTP/1.1 {self.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
                    return
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await _join(reader, writer, int(target.rpartition(":")[2]))
                return
            netloc, _, path = target.removeprefix("http://").partition("/")
            self.targets.append(netloc)
            fields = [
                line
                for line in head.split("\r\n")[1:-2]
                if not line.lower().startswith("proxy-") and not line.lower().startswith("conn")
            ]
            onward = "\r\n".join(
                [f"{method} /{path} HTTP/1.1", *fields, "Connection: close", "", ""]
            )
            there, back = await asyncio.open_connection(
                "127.0.0.1", int(netloc.partition(":")[2] or 80)
            )
            back.write(onward.encode("latin-1"))
            answer = await there.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
            writer.write(answer + await there.readexactly(int(length[1]) if length else 0))
            back.close()
            await back.wait_closed()
            await writer.drain()


@dataclass(slots=True)
class SocksProxy(_Proxy):
    """SOCKS 5, with CONNECT only."""

    piece: int = 1000
    """Bytes of a reply that are sent at a time."""
    reply: int = 0
    raw: bytes | None = None
    """Sent instead of the first reply."""

    def url(self, login: str = "") -> str:
        return f"socks5://{login}127.0.0.1:{self.port}"

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        if self.raw is not None:
            writer.write(self.raw)
            return
        method = 0 if self.login is None else 2
        await self._send(writer, bytes([5, method if method in methods else 255]))
        if method not in methods:
            return
        if self.login is not None:
            _, length = await reader.readexactly(2)
            user = await reader.readexactly(length)
            (length,) = await reader.readexactly(1)
            given = user + b":" + await reader.readexactly(length)
            await self._send(writer, bytes([1, given != self.login]))
            if given != self.login:
                return
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            (length,) = await reader.readexactly(1)
            host = (await reader.readexactly(length)).decode()
        else:
            host = str(ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        (port,) = struct.unpack("!H", await reader.readexactly(2))
        self.targets.append(f"{host}:{port}")
        bound = b"\x03\x05bound" if kind == 3 else b"\x01\x7f\0\0\1"
        await self._send(writer, bytes([5, self.reply, 0]) + bound + b"\0\0")
        if self.reply == 0:
            await _join(reader, writer, port)

    async def _send(self, writer: StreamWriter, data: bytes) -> None:
        for start in range(0, len(data), self.piece):
            writer.write(data[start : start + self.piece])
            await writer.drain()
            await asyncio.sleep(0)


async def _join(reader: StreamReader, writer: StreamWriter, port: int) -> None:
    """Carry bytes between the two until one of them has gone."""
    there, back = await asyncio.open_connection("127.0.0.1", port)

    async def carry(source: StreamReader, target: StreamWriter) -> None:
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()

    ways = [asyncio.ensure_future(carry(reader, back)), asyncio.ensure_future(carry(there, writer))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        back.close()
        with contextlib.suppress(ConnectionError):
            await back.wait_closed()
