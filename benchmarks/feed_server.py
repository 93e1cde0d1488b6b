"""Serves many feeds from many loopback origins, each in memory: the load for `benchmarks.update`.

python -m benchmarks.feed_server FEEDS ENTRIES ORIGINS prints one URL a line, then an empty line,
and serves until its standard input closes. Every origin is an address of its own in 127.0.0.0/8,
so that fetchers see hosts as they are in life. Validators are kept, 304 is answered.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

VOCABULARY = 30_000
BODY = 4_200
"""Bytes of HTML an entry: 110 KB a feed of 25."""
NEWEST = datetime(2024, 2, 7, 12, tzinfo=UTC)


class Writer:
    """Makes texts whose words are as unevenly used as in real ones (Zipf)."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        letters = "eeeeaaaiioouutttnnnsssrrrlldhcmpgbfvwyk"
        self._words = [
            "".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(VOCABULARY)
        ]
        self._cumulative: list[float] = []
        total = 0.0
        for rank in range(VOCABULARY):
            total += 1 / (rank + 5)
            self._cumulative.append(total)
        self._rng = rng

    def words(self, count: int) -> str:
        return " ".join(self._rng.choices(self._words, cum_weights=self._cumulative, k=count))

    def begin(self, seed: str) -> None:
        """What is written from here on depends on `seed` alone."""
        self._rng.seed(seed)

    def body(self, least: int = BODY) -> str:
        """Paragraphs of HTML, at least so many characters."""
        parts: list[str] = []
        size = 0
        while size < least:
            part = (
                f"<p>{self.words(28).capitalize()}, <strong>{self.words(2)}</strong> &amp; "
                f'<a href="/tag/{self.words(1)}">{self.words(3)}</a> {self.words(26)}.</p>\n'
            )
            parts.append(part)
            size += len(part)
        return "".join(parts)


def feed(writer: Writer, origin: str, number: int, entries: int) -> bytes:
    """An RSS 2.0 document with full content, as WordPress writes it."""
    items = []
    for entry in range(entries):
        at = NEWEST - timedelta(minutes=entry * 37 + number)
        link = f"{origin}/{number}/{entry}/{writer.words(4).replace(' ', '-')}/"
        items.append(
            f"<item><title>{writer.words(9).capitalize()}</title><link>{link}</link>"
            f"<dc:creator><![CDATA[{writer.words(2).title()}]]></dc:creator>"
            f"<pubDate>{format_datetime(at)}</pubDate><category>{writer.words(1)}</category>"
            f'<guid isPermaLink="false">{origin}/?p={number * 1000 + entry}</guid>'
            f"<description><![CDATA[<p>{writer.words(40)} […]</p>]]></description>"
            f"<content:encoded><![CDATA[{writer.body()}]]></content:encoded></item>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(writer.words(2).title())} {number}</title><link>{origin}/</link>"
        f"<description>{writer.words(8)}</description><language>en</language>"
        + "\n".join(items)
        + "</channel></rss>"
    ).encode()


class Connection(asyncio.Protocol):
    """As little of HTTP/1.1 as a feed fetcher needs."""

    def __init__(self, bodies: dict[bytes, bytes], delay: float) -> None:
        self._bodies = bodies
        self._delay = delay
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, self._data = self._data.split(b"\r\n\r\n", 1)
            answer = self._answer(head)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        body = self._bodies.get(path)
        if body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        etag = b'"' + path.strip(b"/").replace(b"/", b"-") + b'"'
        validators = b"ETag: " + etag + b"\r\nLast-Modified: Wed, 07 Feb 2024 12:00:00 GMT\r\n"
        if etag in head.partition(b"\r\n")[2]:
            return b"HTTP/1.1 304 Not Modified\r\n" + validators + b"\r\n"
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
            + validators
            + b"Content-Length: %d\r\n\r\n" % len(body)
            + body
        )


async def serve(feeds: int, entries: int, origins: int, delay: float) -> None:
    """Serve until standard input closes."""
    loop = asyncio.get_running_loop()
    bodies: dict[bytes, bytes] = {}
    hosts = [f"127.0.{1 + number // 250}.{1 + number % 250}" for number in range(origins)]
    servers = []
    port = 0
    for host in hosts:
        server = await loop.create_server(lambda: Connection(bodies, delay), host, port)
        port = server.sockets[0].getsockname()[1]
        servers.append(server)
    writer = Writer(seed=7)
    for number in range(feeds):
        origin = f"http://{hosts[number % origins]}:{port}"
        bodies[f"/{number}/feed/".encode()] = feed(writer, origin, number, entries)
        print(f"{origin}/{number}/feed/")
    print(flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    feeds_wanted, entries_wanted, origins_wanted = (int(value) for value in sys.argv[1:4])
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    asyncio.run(serve(feeds_wanted, entries_wanted, origins_wanted, seconds))
