"""B31 with an authority of one's own, over IPv4 and IPv6, HTTP/1.1 and HTTP/2."""

from __future__ import annotations

import socket

import pytest
from authority import Authority
from clients import FEED, Names, failed, fetched, fetcher
from http2server import Http2Server
from server import Answer, Server

from aggregator.fetch.guard import Guard
from aggregator.types import FailureGrade, FetchRequest

pytestmark = pytest.mark.anyio


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


ADDRESSES = pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        pytest.param("::1", marks=pytest.mark.skipif(not _has_ipv6(), reason="there is no IPv6")),
    ],
)


@ADDRESSES
async def test_b31_a_private_authority_is_trusted_when_its_file_is_given(
    authority: Authority, address: str
) -> None:
    async with Server(tls=authority.server(), address=address) as server:
        server.answers["/feed.xml"] = Answer(body=FEED)
        request = FetchRequest(url=server.url("/feed.xml"))
        async with fetcher(ca_file=authority.ca_file) as client:
            for _ in range(3):
                assert fetched(await client.fetch(request)).body == FEED
            assert server.connections == 1
        async with fetcher() as client:
            outcome = failed(await client.fetch(request))
            assert outcome.grade is FailureGrade.SOFT
            assert "is not trusted" in outcome.reason


@ADDRESSES
async def test_a_host_is_asked_over_ipv4_and_ipv6(address: str) -> None:
    async with Server(address=address) as server:
        server.answers["/feed.xml"] = Answer(body=FEED)
        async with fetcher(guard=Guard.allowing([f"{server.url()[7:].rstrip('/')}"])) as client:
            outcome = fetched(await client.fetch(FetchRequest(url=server.url("/feed.xml"))))
            assert outcome.body == FEED
            assert server.requests[0].headers["host"] == server.url()[7:].rstrip("/")


async def test_b31_a_name_is_checked_although_its_address_is_connected_to(
    authority: Authority,
) -> None:
    """The guard connects by address; the certificate must be the name's."""
    names = Names({"news.example.org": [["127.0.0.1"]], "other.example.org": [["127.0.0.1"]]})
    async with Server(tls=authority.server()) as server:
        server.answers["/feed.xml"] = Answer(body=FEED)
        guard = Guard.allowing(["127.0.0.1"])
        async with fetcher(ca_file=authority.ca_file, guard=guard, resolve=names) as client:
            url = server.url("/feed.xml", host="news.example.org")
            assert fetched(await client.fetch(FetchRequest(url=url))).body == FEED
            url = server.url("/feed.xml", host="other.example.org")
            assert "Hostname mismatch" in failed(await client.fetch(FetchRequest(url=url))).reason


async def test_a_server_may_choose_http2_or_not(authority: Authority) -> None:
    async with Http2Server(authority.server(alpn=("h2", "http/1.1"))) as server:
        server.answer = lambda talk, stream: talk.answer(stream, 200, FEED)
        async with fetcher(ca_file=authority.ca_file) as client:
            fetched(await client.fetch(FetchRequest(url=server.url())))
            assert server.requests[0][":scheme"] == "https"
    async with Server(tls=authority.server(alpn=("http/1.1",))) as older:
        older.answers["/"] = Answer(body=FEED)
        async with fetcher(ca_file=authority.ca_file) as client:
            fetched(await client.fetch(FetchRequest(url=older.url("/", host="localhost"))))


async def test_the_server_is_told_the_name_that_is_asked_for(authority: Authority) -> None:
    """SNI, by which one address serves many hosts."""
    asked: list[str | None] = []
    tls = authority.server()
    tls.sni_callback = lambda _, name, __: asked.append(name)
    names = Names({"news.example.org": [["127.0.0.1"]]})
    async with (
        Server(tls=tls) as server,
        fetcher(ca_file=authority.ca_file, resolve=names) as client,
    ):
        await client.fetch(FetchRequest(url=server.url("/", host="news.example.org")))
        await client.fetch(FetchRequest(url=server.url("/", host="127.0.0.1")))
    assert asked == ["news.example.org", None]
