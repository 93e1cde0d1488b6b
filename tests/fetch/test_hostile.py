"""B25: what a server may do to us, and the bytes after which that ends.

The bounds are on what is read and decoded, not on time. After each, the same fetcher still works.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import cache

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard
from authority import Authority
from clients import FEED, fetched, fetcher, until
from server import Answer, Seen, Server

from aggregator.fetch.http import MAX_REDIRECTS, Exchange
from aggregator.types import FailureGrade, FetchFailed, FetchRequest

pytestmark = pytest.mark.anyio

MEBI = 1024 * 1024
SOCKET_BUFFERS = 16 * MEBI
"""More than the two ends of a loopback connection hold."""


@dataclass(frozen=True, slots=True)
class Attack:
    exchange: Exchange
    failed: FetchFailed
    requests: list[Seen]


async def attack(
    answer: Answer | Sequence[Answer] | Callable[[Seen], Answer],
    *,
    timeout: float = 60.0,  # noqa: ASYNC109 - that of the fetcher
    max_bytes: int = MEBI,
    others: dict[str, Answer] | None = None,
) -> Attack:
    """What comes of fetching /feed.xml, which must fail."""
    seen: list[Exchange] = []
    async with Server() as server, fetcher(timeout=timeout, on_exchange=seen.append) as client:
        server.answers.update(others or {})
        server.answers["/feed.xml"] = answer
        server.answers["/good.xml"] = Answer(body=FEED)
        outcome = await client.fetch(FetchRequest(url=server.url("/feed.xml"), max_bytes=max_bytes))
        assert isinstance(outcome, FetchFailed), outcome
        requests = list(server.requests)
        good = await client.fetch(FetchRequest(url=server.url("/good.xml")))
        assert fetched(good).body == FEED
    return Attack(seen[0], outcome, requests)


class Counted:
    """Pieces that are sent for ever, and how many bytes of them were taken."""

    def __init__(self, *pieces: bytes) -> None:
        self.sent = 0
        self._pieces = pieces

    async def __call__(self) -> AsyncIterator[bytes]:
        for piece in itertools.chain(self._pieces, itertools.repeat(self._pieces[-1])):
            self.sent += len(piece)
            yield piece


# --- bombs


@cache
def bomb(encoding: str, layers: int = 1) -> bytes:
    """200 MiB of zeros."""
    data = bytes(200 * MEBI)
    for _ in range(layers):
        if encoding == "gzip":
            data = gzip.compress(data, 1)
        elif encoding == "deflate":
            data = zlib.compress(data, 1)
        elif encoding == "br":
            data = bytes(brotli.compress(data, quality=4))
        else:
            data = zstandard.ZstdCompressor().compress(data)
    return data


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_b25_a_bomb_is_decoded_to_its_bound_and_no_further(encoding: str) -> None:
    answer = Answer(body=bomb(encoding), headers=[("Content-Encoding", encoding)])
    result = await attack(answer, max_bytes=4 * MEBI)
    assert result.failed.reason == "the body is larger than 4 MiB"
    # The last piece may be as large as decoding.py lets one be.
    assert 4 * MEBI < result.exchange.decoded <= 6 * MEBI
    assert result.exchange.received <= 4 * MEBI


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Encoding", "gzip, gzip")],
        [("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")],
        [("Content-Encoding", "br, gzip")],
        [("Content-Encoding", "gzip,gzip,gzip,gzip,gzip,gzip")],
        [("Content-Encoding", "identity, zstd, gzip")],
        [("Content-Encoding", "compress")],
        [("Content-Encoding", "gzip;q=1")],
    ],
)
async def test_b25_nested_and_unknown_encodings_are_not_decoded_at_all(
    headers: list[tuple[str, str]],
) -> None:
    result = await attack(Answer(body=bomb("gzip", 2), headers=headers))
    assert "the body is encoded" in result.failed.reason
    assert result.exchange.decoded == 0


async def test_b25_a_bomb_inside_a_bomb_is_decoded_once() -> None:
    """A body that says less than it is: what is inside stays packed."""
    inner = bomb("gzip", 2)
    async with Server() as server, fetcher() as client:
        server.answers["/feed.xml"] = Answer(
            body=gzip.compress(inner), headers=[("Content-Encoding", "gzip")]
        )
        outcome = await client.fetch(FetchRequest(url=server.url("/feed.xml")))
    assert fetched(outcome).body == inner


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br", "zstd"])
async def test_b25_an_endless_body_is_read_to_its_bound(encoding: str) -> None:
    head = {
        "": b"<rss>",
        "gzip": gzip.compress(b"")[:10],
        "deflate": zlib.compress(b"")[:2],
        "br": brotli.compress(FEED)[:20],
        "zstd": b"\x28\xb5\x2f\xfd\x00\x58",
    }[encoding]
    # Empty blocks, and what br makes of them: no output, or an error.
    stream = Counted(head, b"\x00\x00\x00\xff\xff" * 1_000 if encoding != "zstd" else bytes(3_000))
    headers = [("Content-Encoding", encoding)] if encoding else []
    result = await attack(Answer(chunks=stream, headers=headers))
    assert result.failed.reason in {
        "the body is larger than 1 MiB",
        "the body cannot be decompressed",
    }
    assert result.exchange.received <= MEBI + 64 * 1024
    assert stream.sent <= SOCKET_BUFFERS


async def test_b25_a_length_beyond_the_bound_is_enough() -> None:
    result = await attack(Answer(body=b"<rss/>", declared=10**15))
    assert result.failed.reason == "the body is larger than 1 MiB"
    assert result.exchange.received == 0


# --- headers


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        (
            (b"HTTP/1.1 200 OK\r\nX-Long: ", b"y" * 65_536),
            "the header of the answer is too large",
        ),
        (
            (b"HTTP/1.1 200 OK\r\n", b"X-Any: y\r\n" * 5_000),
            "the header of the answer is too large",
        ),
        ((b"HTTP/1.1 200 ", b"O" * 65_536), "the header of the answer is too large"),
        ((b"H", b"T" * 65_536), "the header of the answer is too large"),
        (
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x" * 65_536),
            "the body is not valid HTTP",
        ),
        (
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                b"X-Any: y\r\n" * 5_000,
            ),
            "the body is not valid HTTP",
        ),
        (
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5_000),
            "more than 256 KiB that are no answer",
        ),
        ((b"HTTP/1.1 100 Continue\r\n\r\n" * 100,), "more than 256 KiB that are no answer"),
        (
            (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",),
            "more than 256 KiB that are no answer",
        ),
    ],
    ids=[
        "10 MB field",
        "100,000 fields",
        "status line",
        "first letters",
        "chunk",
        "trailer",
        "chunks of a byte",
        "100",
        "103",
    ],
)
async def test_b25_an_endless_header_is_read_to_its_bound(
    pieces: tuple[bytes, ...], reason: str
) -> None:
    stream = Counted(*pieces)
    result = await attack(Answer(raw=b"", chunks=stream))
    assert reason in result.failed.reason
    assert result.failed.grade in {FailureGrade.HARD, FailureGrade.SOFT}
    assert stream.sent <= SOCKET_BUFFERS
    assert len(result.requests) == 1


async def test_b25_100_000_short_fields_are_too_many() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"a:\r\n" * 100_000 + b"\r\n"
    result = await attack(Answer(raw=head))
    assert result.failed.reason == "the header of the answer is too large"


# --- drip


async def _drops(data: bytes = b"x", *, every: float = 0.02) -> AsyncIterator[bytes]:
    while True:
        yield data
        await asyncio.sleep(every)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n0\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: /good.xml\r\n",
    ],
    ids=["status", "header", "body", "chunk", "trailer", "redirect"],
)
async def test_b25_drops_are_cut_by_the_deadline_wherever_they_fall(head: bytes) -> None:
    result = await attack(Answer(raw=head, chunks=_drops), timeout=0.3)
    assert (result.failed.reason, result.failed.grade) == (
        "took longer than 0.3 s",
        FailureGrade.PASSING,
    )


async def test_b25_dripping_interim_answers_are_cut_by_the_deadline() -> None:
    result = await attack(
        Answer(raw=b"", chunks=lambda: _drops(b"HTTP/1.1 100 Continue\r\n\r\n")), timeout=0.3
    )
    assert result.failed.reason == "took longer than 0.3 s"


async def test_b25_a_redirect_with_a_dripping_body_is_followed_at_once() -> None:
    """Its length says that it is small, and so it would be read for the connection's sake."""
    head = b"HTTP/1.1 302 Found\r\nLocation: /good.xml\r\nContent-Length: 9999\r\n\r\n"
    async with Server() as server, fetcher(timeout=60) as client:
        server.answers["/feed.xml"] = Answer(raw=head, chunks=_drops)
        server.answers["/good.xml"] = Answer(body=FEED)
        outcome = await client.fetch(FetchRequest(url=server.url("/feed.xml")))
    assert fetched(outcome).body == FEED


async def test_b25_slow_redirects_share_one_deadline() -> None:
    async def slowly() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.1)
        yield (
            b"HTTP/1.1 302 Found\r\nLocation: /feed.xml?" + str(next(number)).encode() + b"\r\n\r\n"
        )

    number = itertools.count()
    result = await attack(Answer(raw=b"", chunks=slowly), timeout=0.35)
    assert result.failed.reason == "took longer than 0.35 s"
    assert len(result.requests) < MAX_REDIRECTS


# --- redirects


async def test_b25_of_100_000_redirects_ten_are_followed() -> None:
    def onward(seen: Seen) -> Answer:
        number = int(seen.target.partition("?")[2] or 0) + 1
        assert number <= 100_000
        return Answer(status=301, headers=[("Location", f"/feed.xml?{number}")])

    result = await attack(onward)
    assert (result.failed.reason, len(result.requests)) == ("more than 10 redirects", 11)


@pytest.mark.parametrize("length", [1, 2, 5])
async def test_b25_redirects_in_a_circle_are_noticed(length: int) -> None:
    paths = ["/feed.xml", *(f"/{number}" for number in range(1, length)), "/feed.xml"]
    hops = {
        path: Answer(status=302, headers=[("Location", target)])
        for path, target in itertools.pairwise(paths)
    }
    result = await attack(hops.pop("/feed.xml"), others=hops)
    assert "the redirects go in a circle" in result.failed.reason
    assert len(result.requests) == length


async def test_b25_a_redirect_to_an_address_that_is_too_long_is_not_followed() -> None:
    location = "/" + "a" * 50_000
    result = await attack(Answer(status=301, headers=[("Location", location)]))
    assert "redirects to what is no http or https address" in result.failed.reason
    assert len(result.failed.reason) < 300


# --- garbage


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n\r\n",
        b"garbage\r\n\r\n",
        b"SSH-2.0-example\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 -200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"<rss><channel/></rss>\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX\x00Y: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
    ],
)
async def test_garbage_is_a_failure_and_no_exception(raw: bytes) -> None:
    result = await attack(Answer(raw=raw))
    assert result.failed.reason in {
        "the answer is not valid HTTP",
        "the server answered 101 Switching Protocols",
        "the server closed the connection without an answer",
    }
    assert len(result.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"FFFFFFFFFFFFFFFF\r\n",
        b"FFFFFFFFFFFFFFFFFFFF\r\n",
        b"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\r\n",
        b"-1\r\n",
        b"0x10\r\n",
        b"g\r\n",
        b"\r\n",
        b" 5\r\n<rss>\r\n",
        b"5\r\n<rss>and more than five\r\n0\r\n\r\n",
        b"5\n<rss>\n0\n\n",
    ],
)
async def test_b25_absurd_chunks_are_a_failure(body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    result = await attack(Answer(raw=head + body))
    assert result.failed.reason in {
        "the body is not valid HTTP",
        "the body broke off before its end",
    }
    assert result.failed.status == 200


@pytest.mark.parametrize("size", [5, 16, 100])
async def test_small_chunks_are_no_crime(size: int) -> None:
    body = FEED * 40
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    encoded = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with Server() as server, fetcher(timeout=60) as client:
        server.answers["/feed.xml"] = Answer(raw=head + encoded + b"0\r\n\r\n")
        outcome = await client.fetch(FetchRequest(url=server.url("/feed.xml")))
    assert fetched(outcome).body == body


async def test_b09_a_length_that_is_too_large_is_noticed() -> None:
    result = await attack(Answer(body=FEED, declared=len(FEED) + 1))
    assert result.failed.reason == "the body broke off before its end"


@pytest.mark.parametrize("rest", [b"the rest", b"HTTP/1.1", b"\r\n\r\n", b"\x00" * 1000], ids=repr)
async def test_what_follows_an_answer_does_not_spoil_the_next_one(rest: bytes) -> None:
    """A length that is too small, or a 304 with a body, leaves something in the connection."""
    for head in (
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<rss>",
    ):
        async with Server() as server, fetcher() as client:
            server.answers["/feed.xml"] = Answer(raw=head + rest, keep=True)
            server.answers["/good.xml"] = Answer(body=FEED)
            await client.fetch(FetchRequest(url=server.url("/feed.xml"), etag='"1"'))
            outcome = await client.fetch(FetchRequest(url=server.url("/good.xml")))
            assert fetched(outcome).body == FEED


# --- broken connections


@pytest.mark.parametrize(
    ("raw", "reasons"),
    [
        (b"", {"the connection broke off"}),
        (b"HTTP/1.1 2", {"the connection broke off"}),
        (b"HTTP/1.1 200 OK\r\nX-Any: ", {"the connection broke off"}),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            # A reset may overtake what was sent before it.
            {"the connection broke off", "the body broke off before its end"},
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>",
            {"the connection broke off", "the body broke off before its end"},
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
            {"the connection broke off", "the body broke off before its end"},
        ),
    ],
)
async def test_a_reset_at_any_moment_is_a_passing_failure(raw: bytes, reasons: set[str]) -> None:
    result = await attack(Answer(raw=raw, reset=True))
    assert result.failed.reason in reasons
    assert result.failed.grade is FailureGrade.PASSING
    assert len(result.requests) == 1


class _Sayer(asyncio.Protocol):
    """Says so to whoever connects; then breaks off, or does nothing more."""

    def __init__(self, said: bytes, *, reset: bool) -> None:
        self.gone = False
        self._said = said
        self._reset = reset

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._said)
        if self._reset:
            transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self.gone = True


async def _over_tls(said: bytes, *, reset: bool = False) -> FetchFailed:
    """The server must see the connection end."""
    sayer = _Sayer(said, reset=reset)
    server = await asyncio.get_running_loop().create_server(lambda: sayer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, fetcher(timeout=0.5) as client:
        outcome = await client.fetch(FetchRequest(url=f"https://127.0.0.1:{port}/"))
        assert isinstance(outcome, FetchFailed)
        await until(lambda: sayer.gone)
        return outcome


HELLO = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
"""Of a server, with 16 KiB to follow."""


@pytest.mark.parametrize("said", [b"", HELLO, HELLO + bytes(1_000)])
async def test_b25_a_tls_handshake_that_never_ends_is_cut(said: bytes) -> None:
    outcome = await _over_tls(said)
    assert (outcome.reason, outcome.grade) == ("took longer than 0.5 s", FailureGrade.PASSING)


async def test_a_reset_in_the_tls_handshake_is_a_passing_failure() -> None:
    outcome = await _over_tls(b"", reset=True)
    assert outcome.grade is FailureGrade.PASSING
    assert outcome.reason.endswith("broke off the connection")


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x03\0\2\2\x28"])
async def test_what_is_no_tls_is_named(said: bytes) -> None:
    outcome = await _over_tls(said)
    assert outcome.grade is FailureGrade.SOFT
    assert outcome.reason.startswith("no secure connection to 127.0.0.1")


async def test_a_reset_amid_an_encrypted_body_is_a_passing_failure(authority: Authority) -> None:
    async with Server(tls=authority.server()) as server:
        server.answers["/feed.xml"] = Answer(
            raw=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>", reset=True
        )
        async with fetcher(ca_file=authority.ca_file) as client:
            url = server.url("/feed.xml", host="localhost")
            outcome = await client.fetch(FetchRequest(url=url))
    assert isinstance(outcome, FetchFailed)
    assert outcome.grade is FailureGrade.PASSING
