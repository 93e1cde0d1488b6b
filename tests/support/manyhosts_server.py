"""The process behind `manyhosts.ManyHosts`: serves a layout, logs, does what its input says.

Its output is the port, then an answer to each line of input; it ends with its input. It listens on
loopback addresses only, one a host, all on one port.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any, TextIO

from manyhosts import Layout
from requestlog import BROKEN_OFF, Request, line

from benchmarks.feed_server import Writer

_FEED = re.compile(r"/feed/(\d+)")
_PAGE = re.compile(r"/page/(\d+)/(\d+)")
_AGENT = re.compile(rb"\r\nuser-agent:[ \t]*([^\r\n]*)", re.IGNORECASE)
_TAG = re.compile(rb"\r\nif-none-match:[ \t]*([^\r\n]*)", re.IGNORECASE)
_REASONS = {200: "OK", 304: "Not Modified", 404: "Not Found"}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
)


class Contents:
    """Writes what is served."""

    def __init__(self, layout: Layout, newest: datetime) -> None:
        self._layout = layout
        self._newest = newest
        self._writer = Writer(seed=11)
        self._feeds: dict[int, tuple[int, bytes]] = {}
        self.published = [layout.entries] * layout.feeds
        self.port = 0

    def write_all(self) -> None:
        """Before the first request, so that none waits for a writer."""
        for feed in range(self._layout.feeds):
            self.feed(feed)

    def feed(self, number: int) -> bytes:
        count = self.published[number]
        written, body = self._feeds.get(number, (-1, b""))
        if written != count:
            items = "".join(self._item(number, entry) for entry in reversed(range(count)))
            site = f"http://{self._layout.host(number)}:{self.port}"
            body = (
                f"{_HEAD}<title>Outlet {number}</title><link>{site}/</link>"
                f"<language>en</language>{items}</channel></rss>"
            ).encode()
            self._feeds[number] = count, body
        return body

    def page(self, number: int, entry: int) -> bytes:
        title, body = self._text(number, entry)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f"</head><body><main><article><h1>{title}</h1>{body}</article></main></body></html>"
        ).encode()

    def _text(self, number: int, entry: int) -> tuple[str, str]:
        self._writer.begin(self._layout.story(number, entry))
        return self._writer.words(9).capitalize(), self._writer.body(self._layout.size)

    def _item(self, number: int, entry: int) -> str:
        layout = self._layout
        title, body = self._text(number, entry)
        at = self._newest - timedelta(hours=12) + timedelta(minutes=10 * entry + number % 10)
        link = f"http://{layout.host(number)}:{self.port}{layout.page_path(number, entry)}"
        content = f"<content:encoded><![CDATA[{body}]]></content:encoded>"
        return (
            f"<item><title>{escape(title)}</title><link>{link}</link>"
            f"<pubDate>{format_datetime(at)}</pubDate>"
            f'<guid isPermaLink="false">{layout.guid(number, entry)}</guid>'
            f"<description>{title} and more.</description>"
            f"{'' if layout.has_page(number, entry) else content}</item>"
        )


class Press:
    """What all connections share."""

    def __init__(self, layout: Layout, log: TextIO) -> None:
        self.contents = Contents(layout, datetime.now(UTC))
        self.delay = 0.0
        self.under_way: dict[Connection, Request] = {}
        self._layout = layout
        self._log = log

    def answer(self, host: str, path: str, tag: str) -> tuple[int, bytes]:
        """The status and the whole answer."""
        contents, layout = self.contents, self._layout
        if match := _FEED.fullmatch(path):
            feed = int(match[1])
            if feed < layout.feeds and layout.host(feed) == host:
                etag = f'"{feed}-{contents.published[feed]}"'
                body = b"" if tag == etag else contents.feed(feed)
                return _answer(200 if body else 304, body, "application/rss+xml", etag)
        elif match := _PAGE.fullmatch(path):
            feed, entry = int(match[1]), int(match[2])
            if feed < layout.feeds and layout.host(feed) == host:
                return _answer(200, contents.page(feed, entry), "text/html; charset=utf-8")
        elif path == "/robots.txt":
            return _answer(200, b"User-agent: *\nAllow: /\n", "text/plain")
        return _answer(404, b"", "text/plain")

    def ended(self, request: Request) -> None:
        self._log.write(line(request))

    def do(self, what: str, value: Any) -> object:
        """What a line of input asks for; the answer."""
        if what == "delay":
            self.delay = value
        elif what == "publish":
            for feed in value:
                self.contents.published[feed] += 1
        elif what == "under way":
            return [
                {name: getattr(request, name) for name in Request.__slots__}
                for request in self.under_way.values()
            ]
        return None


def _answer(status: int, body: bytes, kind: str, etag: str = "") -> tuple[int, bytes]:
    lines = [f"HTTP/1.1 {status} {_REASONS[status]}"]
    if etag:
        lines.append(f"ETag: {etag}")
    if status != 304:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return status, "\r\n".join([*lines, "", ""]).encode() + body


class Connection(asyncio.Protocol):
    """As little of HTTP/1.1 as a feed fetcher needs: one GET at a time, no bodies."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._data = b""
        self._transport: asyncio.Transport | None = None
        self._host = ""
        self._sent: int | None = None
        """Status of the answer that is on its way; None: none is."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        # Tells at once whether an answer is out (see pause_writing).
        transport.set_write_buffer_limits(high=0)
        self._host = transport.get_extra_info("sockname")[0]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        arrived = time.monotonic()
        self._data += data
        if b"\r\n\r\n" not in self._data:
            return
        head, self._data = self._data.split(b"\r\n\r\n", 1)
        agent, tag = _AGENT.search(head), _TAG.search(head)
        request = Request(
            start=arrived,
            end=None,
            host=self._host,
            path=head.split(b" ", 2)[1].decode("ascii"),
            status=BROKEN_OFF,
            agent=agent[1].decode("latin-1") if agent else "",
        )
        self._press.under_way[self] = request
        asyncio.get_running_loop().call_later(
            self._press.delay, self._write, request, tag[1].decode("latin-1") if tag else ""
        )

    def _write(self, request: Request, tag: str) -> None:
        if self._press.under_way.get(self) is not request or self._transport is None:
            return
        self._sent, answer = self._press.answer(self._host, request.path, tag)
        self._transport.write(answer)
        if not self._transport.get_write_buffer_size():
            self._over(self._sent)

    def resume_writing(self) -> None:
        """The answer is out to its last byte."""
        if self._sent is not None:
            self._over(self._sent)

    def connection_lost(self, _error: Exception | None) -> None:
        self._over(BROKEN_OFF)

    def _over(self, status: int) -> None:
        request = self._press.under_way.pop(self, None)
        self._sent = None
        if request is not None:
            self._press.ended(
                Request(
                    start=request.start,
                    end=time.monotonic(),
                    host=request.host,
                    path=request.path,
                    status=status,
                    agent=request.agent,
                )
            )


async def serve(layout: Layout, log: TextIO) -> None:
    loop = asyncio.get_running_loop()
    press = Press(layout, log)
    servers = []
    port = 0
    for number in range(min(layout.hosts, layout.feeds)):
        server = await loop.create_server(lambda: Connection(press), layout.host(number), port)
        port = server.sockets[0].getsockname()[1]
        servers.append(server)
    press.contents.port = port
    press.contents.write_all()
    _say(port)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while command := await commands.readline():
        _say(press.do(*json.loads(command)))
    for server in servers:
        server.close()


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", encoding="utf-8", buffering=1) as written:
        asyncio.run(serve(Layout(**json.loads(sys.argv[1])), written))
