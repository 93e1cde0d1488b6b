"""The fetcher over HTTP/2, which servers choose in the TLS handshake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from authority import Authority
from clients import AGENT, FEED, failed, fetched, fetcher, until
from http2server import Http2Server, Talk

from aggregator.fetch.http import Exchange
from aggregator.types import FailureGrade, Fetched, FetchRequest, NotModified

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[Http2Server]:
    async with Http2Server(authority.server(alpn=("h2",))) as running:
        running.answer = lambda talk, stream: talk.answer(stream, 200, FEED)
        yield running


async def test_a_200_over_http2(server: Http2Server, authority: Authority) -> None:
    server.answer = lambda talk, stream: talk.answer(
        stream, 200, FEED, [("etag", 'W/"2"'), ("x-name", "a")]
    )
    async with fetcher(ca_file=authority.ca_file) as client:
        url = server.url("/feed.xml?q=%7e")
        outcome = fetched(await client.fetch(FetchRequest(url=url, accept="text/xml")))
    assert (outcome.body, outcome.etag) == (FEED, 'W/"2"')
    assert outcome.headers["x-name"] == "a"
    (seen,) = server.requests
    assert seen[":path"] == "/feed.xml?q=%7e"
    assert seen[":authority"].startswith("localhost:")
    assert (seen["user-agent"], seen["accept"]) == (AGENT, "text/xml")
    assert "host" not in seen


async def test_b02_a_304_over_http2(server: Http2Server, authority: Authority) -> None:
    server.answer = lambda talk, stream: talk.answer(stream, 304)
    async with fetcher(ca_file=authority.ca_file) as client:
        outcome = await client.fetch(FetchRequest(url=server.url(), etag='"1-gzip"'))
    assert isinstance(outcome, NotModified), outcome
    assert server.requests[0]["if-none-match"] == '"1-gzip"'


async def test_one_connection_serves_many_requests_at_once(
    server: Http2Server, authority: Authority
) -> None:
    seen: list[Exchange] = []
    async with fetcher(
        ca_file=authority.ca_file, connections=10, on_exchange=seen.append
    ) as client:
        request = FetchRequest(url=server.url())
        fetched(await client.fetch(request))
        outcomes = await asyncio.gather(*(client.fetch(request) for _ in range(10)))
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert (len(server.talks), len(server.requests)) == (1, 11)
    assert [exchange.last and exchange.last.http_version for exchange in seen] == ["HTTP/2"] * 11
    assert [exchange.last and exchange.last.reused for exchange in seen] == [False] + [True] * 10


async def test_a_connection_that_died_meanwhile_is_made_anew_at_once(
    server: Http2Server, authority: Authority
) -> None:
    async with fetcher(ca_file=authority.ca_file) as client:
        request = FetchRequest(url=server.url())
        fetched(await client.fetch(request))
        server.talks[0].transport.abort()
        await until(lambda: not server.talks[0].open)
        fetched(await client.fetch(request))
    assert len(server.talks) == 2


async def test_a_server_that_says_goodbye_is_asked_again(
    server: Http2Server, authority: Authority
) -> None:
    def once(talk: Talk, stream: int) -> None:
        talk.answer(stream, 200, FEED)
        talk.state.close_connection(last_stream_id=stream)
        talk.flush()

    server.answer = once
    async with fetcher(ca_file=authority.ca_file) as client:
        for _ in range(3):
            fetched(await client.fetch(FetchRequest(url=server.url())))
    assert len(server.talks) == 3


async def test_b25_a_body_that_is_cut_does_not_spoil_the_connection_for_others(
    server: Http2Server, authority: Authority
) -> None:
    """What a server goes on sending would fill the window that all streams share."""

    def large(talk: Talk, stream: int) -> None:
        talk.answer(stream, 200, bytes(16 * 1024 * 1024), end=False)

    async with fetcher(ca_file=authority.ca_file) as client:
        for _ in range(4):
            server.answer = large
            outcome = failed(await client.fetch(FetchRequest(url=server.url(), max_bytes=100_000)))
            assert outcome.reason == "the body is larger than 97.66 KiB"
            server.answer = lambda talk, stream: talk.answer(stream, 200, FEED)
            assert fetched(await client.fetch(FetchRequest(url=server.url()))).body == FEED


async def test_a_header_that_http2_forbids_is_named(
    server: Http2Server, authority: Authority
) -> None:
    async with fetcher(ca_file=authority.ca_file) as client:
        headers = (("TE", "gzip"),)
        outcome = failed(await client.fetch(FetchRequest(url=server.url(), headers=headers)))
    assert outcome.grade is FailureGrade.HARD
    assert outcome.reason.startswith("the request cannot be sent")
    assert server.requests == []


# --- servers that break the rules

HEADERS, DATA, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = 1, 0, 3, 4, 5, 6, 7, 8, 9
END_HEADERS = 4


def _reset(talk: Talk, stream: int) -> None:
    talk.state.reset_stream(stream, error_code=2)


def _empty_data(talk: Talk, stream: int) -> None:
    talk.answer(stream, 200, end=False)
    talk.server.flood(talk, b"\0\0\0\0\0" + stream.to_bytes(4, "big"))


CUT = "more than 256 KiB that are no answer"
INVALID = "the answer is not valid HTTP"
FLOODS = {
    "pings": (lambda talk, _: talk.server.flood(talk, b"\0\0\x08\x06\0\0\0\0\0" + bytes(8)), CUT),
    "settings": (lambda talk, _: talk.server.flood(talk, b"\0\0\0\x04\0\0\0\0\0"), CUT),
    "window updates": (
        # of nothing, which is against the rules; and of one byte
        lambda talk, _: talk.server.flood(talk, b"\0\0\x04\x08\0\0\0\0\0" + b"\0\0\0\1"),
        CUT,
    ),
    "unknown frames": (lambda talk, _: talk.server.flood(talk, b"\0\0\x04\x99\0\0\0\0\0abcd"), CUT),
    "priorities": (
        lambda talk, stream: talk.server.flood(
            talk, b"\0\0\x05\x02\0" + stream.to_bytes(4, "big") + b"\0\0\0\0\x10"
        ),
        CUT,
    ),
    "empty data": (_empty_data, CUT),
    "continuations": (
        lambda talk, stream: (
            talk.frame(HEADERS, 0, stream, b"\x88"),
            talk.server.flood(talk, b"\0\0\1\x09\0" + stream.to_bytes(4, "big") + b"\x88"),
        ),
        INVALID,
    ),
    "resets": (
        lambda talk, stream: talk.server.flood(
            talk, b"\0\0\x04\x03\0" + stream.to_bytes(4, "big") + b"\0\0\0\x08"
        ),
        INVALID,
    ),
    "resets of others": (
        lambda talk, _: talk.server.flood(talk, b"\0\0\x04\x03\0" + b"\0\0\0\x63" + b"\0\0\0\x08"),
        CUT,
    ),
    "pushes": (
        lambda talk, stream: talk.server.flood(
            talk, b"\0\0\x05\x05\x04" + stream.to_bytes(4, "big") + b"\0\0\0\x02\x88"
        ),
        INVALID,
    ),
    "interim answers": (
        lambda talk, stream: talk.server.flood(
            talk, b"\0\0\5\1\x04" + stream.to_bytes(4, "big") + b"\x48\x03100"
        ),
        CUT,
    ),
}


@pytest.mark.parametrize("name", FLOODS)
async def test_b25_a_flood_over_http2_is_cut(
    server: Http2Server, authority: Authority, name: str
) -> None:
    server.answer, reason = FLOODS[name]
    async with fetcher(ca_file=authority.ca_file, timeout=60) as client:
        outcome = failed(await client.fetch(FetchRequest(url=server.url())))
        assert reason in outcome.reason, outcome
    await until(lambda: not server.talks[0].open)
    assert server.flooded < 16 * 1024 * 1024  # most of it in the buffers of the sockets


BROKEN = {
    "a reset": _reset,
    "an error for all": lambda talk, _: talk.frame(GOAWAY, 0, 0, bytes(4) + b"\0\0\0\x0b"),
    "a window that overflows": lambda talk, _: talk.frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff"),
    "an initial window that overflows": lambda talk, _: talk.frame(
        SETTINGS, 0, 0, b"\0\4\xff\xff\xff\xff"
    ),
    "a frame size that is too small": lambda talk, _: talk.frame(SETTINGS, 0, 0, b"\0\5\0\0\0\1"),
    "a frame that is too large": lambda talk, stream: talk.frame(DATA, 0, stream, bytes(20_000)),
    "data before the header": lambda talk, stream: talk.frame(DATA, 0, stream, b"abc"),
    "a header that does not decode": lambda talk, stream: talk.frame(
        HEADERS, END_HEADERS, stream, b"\xff\xff\xff\xff\xff"
    ),
    "a table that is too large": lambda talk, stream: talk.frame(
        HEADERS, END_HEADERS, stream, b"\x3f\xff\xff\xff\x0f"
    ),
    "a status that is no number": lambda talk, stream: talk.frame(
        HEADERS, END_HEADERS, stream, b"\x48\x03abc"
    ),
    "a header of 10 MB": lambda talk, stream: talk.server.flood(
        talk, b"\0\x40\0\1\0" + stream.to_bytes(4, "big") + bytes(16_384)
    ),
    "headers for another stream": lambda talk, _: talk.frame(HEADERS, END_HEADERS, 99, b"\x88"),
    "the end": lambda talk, _: talk.transport.close(),
    "a broken connection": lambda talk, _: talk.transport.abort(),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_server_that_breaks_the_rules_of_http2_is_a_failure(
    server: Http2Server, authority: Authority, name: str
) -> None:
    server.answer = BROKEN[name]
    async with fetcher(ca_file=authority.ca_file, timeout=60) as client:
        outcome = failed(await client.fetch(FetchRequest(url=server.url())))
        assert outcome.reason in {
            INVALID,
            "the connection broke off",
            "the server closed the connection without an answer",
        }, outcome
        assert outcome.grade in {FailureGrade.SOFT, FailureGrade.PASSING}
        # And the next request gets a connection of its own.
        server.answer = lambda talk, stream: talk.answer(stream, 200, FEED)
        assert fetched(await client.fetch(FetchRequest(url=server.url()))).body == FEED


@pytest.mark.parametrize("fields", [1_100, 100_000])
async def test_b25_a_header_with_many_fields_is_refused_over_http2(
    server: Http2Server, authority: Authority, fields: int
) -> None:
    """Each takes a byte on the wire, by the table, and 64 here."""
    filler = b"\x40\x05x-any" + bytes([24]) + b"v" * 24
    block = b"\x88" + filler + b"\xbe" * fields

    def many(talk: Talk, stream: int) -> None:
        pieces = [block[start : start + 16_384] for start in range(0, len(block), 16_384)]
        for number, piece in enumerate(pieces):
            kind = CONTINUATION if number else HEADERS
            talk.frame(kind, END_HEADERS * (number == len(pieces) - 1), stream, piece)

    server.answer = many
    async with fetcher(ca_file=authority.ca_file, timeout=60) as client:
        outcome = failed(await client.fetch(FetchRequest(url=server.url())))
    assert outcome.reason == "the header of the answer is too large"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
async def test_b25_a_server_that_never_answers_over_http2_is_cut(
    server: Http2Server, authority: Authority, said: bytes
) -> None:
    server.answer = lambda talk, _: talk.raw(said)
    async with fetcher(ca_file=authority.ca_file, timeout=0.3) as client:
        outcome = failed(await client.fetch(FetchRequest(url=server.url())))
    assert outcome.reason == "took longer than 0.3 s"
