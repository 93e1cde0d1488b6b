"""What hostile servers send, for `rogues.Rogues`: made when it is asked for, or streamed."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from collections.abc import AsyncIterator, Callable
from functools import cache

import brotli  # type: ignore[import-untyped]  # ships no types
import zstandard
from rogues import Behaviour, Request, rss

MEBI = 1024 * 1024
_HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>'


def item(number: int, inside: str = "") -> str:
    return (
        f"<item><title>Item {number}</title><guid>urn:i:{number}</guid>"
        f"<link>https://example.com/{number}</link>{inside}</item>"
    )


def feed(*inside: str) -> bytes:
    return _HEAD + "".join(inside).encode(errors="surrogatepass") + b"</channel></rss>"


def says(make: Callable[[], bytes], *, fields: str = "") -> Behaviour:
    """Sends a body with its length."""

    async def behave(request: Request) -> None:
        await request.answer(await asyncio.to_thread(make), fields=fields)

    return behave


def pours(make: Callable[[], AsyncIterator[bytes]]) -> Behaviour:
    """Sends a body without a length."""

    async def behave(request: Request) -> None:
        await request.stream(make())

    return behave


# --- bombs


@cache
def bomb(encoding: str, layers: int = 1) -> bytes:
    """A feed that is followed by 200 MiB of spaces."""
    data = feed(item(1)) + b" " * (200 * MEBI)
    for _ in range(layers):
        if encoding == "gzip":
            data = gzip.compress(data, 1)
        elif encoding == "br":
            data = bytes(brotli.compress(data, quality=1))
        else:
            data = zstandard.ZstdCompressor().compress(data)
    return data


def bombs(encoding: str, layers: int = 1) -> Behaviour:
    names = ", ".join([encoding] * layers)
    return says(lambda: bomb(encoding, layers), fields=f"Content-Encoding: {names}\r\n")


# --- what does not end


async def endless() -> AsyncIterator[bytes]:
    yield _HEAD
    for number in itertools.count():
        yield item(number, f"<description>{'word ' * 3000}</description>").encode()


async def large_header(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(10):
        await request.send(b"X-Large: " + b"x" * MEBI + b"\r\n")


async def redirects(request: Request) -> None:
    """100,000 of them."""
    last = request.path.rpartition("/")[2]
    number = int(last) + 1 if last.isdigit() else 1
    if number > 100_000:
        raise AssertionError
    await request.answer(b"", status="301 Moved", fields=f"Location: /r/{number}\r\n")


# --- documents


def entities() -> bytes:
    """Each is ten of the one before: 10^9 in all."""
    steps = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "lol">{steps}]>'
        f'<rss version="2.0"><channel><title>T</title>{item(1, "<description>&e9;</description>")}'
        "</channel></rss>"
    ).encode()


def external_entity() -> bytes:
    return (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">'
        '<!ENTITY web SYSTEM "http://127.0.0.1:9/">]><rss version="2.0"><channel><title>T</title>'
        f"{item(1, '<description>[&file;&web;]</description>')}</channel></rss>"
    ).encode()


def nested() -> bytes:
    return feed(item(1, f"<description>{'<b>' * 100_000}deep{'</b>' * 100_000}</description>"))


async def large(size: int = 50_000_000) -> AsyncIterator[bytes]:
    """A whole feed of so many bytes, which does not say how long it is."""
    yield _HEAD
    sent = 0
    for number in itertools.count():
        piece = item(number, f"<description>{'Länge — ' * 8000}</description>").encode()
        sent += len(piece)
        if sent > size:
            break
        yield piece
    yield b"</channel></rss>"


def many_items() -> bytes:
    return rss("many", 50_000)


def nul_bytes() -> bytes:
    return feed(item(1, "<description>a\0b\0c</description>")).replace(b"Item", b"It\0em")


def lone_surrogates() -> bytes:
    return feed(item(1, "<description>a\ud800b &#xDFFF; c</description>"))


def absurd_dates() -> bytes:
    dates = (
        "Sat, 01 Jan 0000 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "Mon, 01 Jan 0001 00:00:00 +9900",
    )
    return feed(*(item(number, f"<pubDate>{date}</pubDate>") for number, date in enumerate(dates)))


def long_guid() -> bytes:
    return feed(f"<item><title>Long</title><guid>{'g' * 1_000_000}</guid></item>", item(2))
