"""What the fetcher hands over: one POST, guarded, not redirected, its answer bounded."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from authority import Authority
from clients import AGENT, fetcher
from hookserver import Hooks, Reply, hook_server
from http2server import Http2Server
from proxyserver import SocksProxy

from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Exchange
from aggregator.types import Answered, FailureGrade, FetchFailed, PostOutcome, PostRequest

OPEN = Guard.allowing(["127.0.0.1"])


def post(url: str, *, times: int = 1, request: PostRequest | None = None, **options: Any) -> Any:
    async def run() -> list[PostOutcome]:
        async with fetcher(**{"guard": OPEN, **options}) as client:
            asked = request or PostRequest(
                url=url,
                body=b'{"a":1}',
                content_type="application/json",
                headers=(("Idempotency-Key", "k1"),),
            )
            return [await client.post(asked) for _ in range(times)]

    return asyncio.run(run())[-1]


def answered(replies: Sequence[Reply], **options: Any) -> tuple[Answered, Hooks]:
    with hook_server(replies) as hooks:
        outcome = post(hooks.url("/in/box?x=1"), **options)
    assert isinstance(outcome, Answered)
    return outcome, hooks


def test_a_post_arrives_with_its_body_and_headers() -> None:
    outcome, hooks = answered([Reply(status=202, body=b"taken")])
    (received,) = hooks.received
    assert (received.method, received.target, received.body) == ("POST", "/in/box?x=1", b'{"a":1}')
    assert received.headers["content-type"] == "application/json"
    assert received.headers["content-length"] == "7"
    assert received.headers["idempotency-key"] == "k1"
    assert received.headers["user-agent"] == AGENT
    assert (outcome.status, outcome.body) == (202, b"taken")


def test_a_login_in_the_address_is_sent_as_a_header() -> None:
    with hook_server() as hooks:
        post(f"http://ann:p%40ss@127.0.0.1:{hooks.port}/")
    assert hooks.received[0].headers["authorization"] == "Basic YW5uOnBAc3M="
    assert "ann" not in hooks.received[0].headers["host"]


def test_every_status_is_an_answer_and_no_redirect_is_followed() -> None:
    with hook_server() as other:
        elsewhere = Reply(status=307, headers={"Location": other.url()})
        outcome, hooks = answered([elsewhere])
        assert (outcome.status, len(hooks.received), other.received) == (307, 1, [])
    outcome, _ = answered([Reply(status=503, headers={"Retry-After": "120"}, body=b"later")])
    assert (outcome.status, outcome.body) == (503, b"later")
    assert outcome.retry_after == timedelta(minutes=2)


def test_only_the_beginning_of_an_answer_is_read() -> None:
    outcome, _ = answered([Reply(body=b"x" * 5_000_000)])
    assert outcome.body == b"x" * 16 * 1024
    packed = Reply(body=gzip.compress(b"y" * 5_000_000), headers={"Content-Encoding": "gzip"})
    outcome, _ = answered([packed])
    assert outcome.body == b"y" * 16 * 1024


def test_an_answer_that_cannot_be_decoded_counts_by_its_status() -> None:
    outcome, _ = answered([Reply(body=b"\x1f\x8b\x08broken", headers={"Content-Encoding": "gzip"})])
    assert (outcome.status, outcome.body) == (200, b"")


def test_what_the_guard_forbids_is_not_asked() -> None:
    with hook_server() as hooks:
        outcome = post(hooks.url("/S3cretPath"), guard=Guard.allowing([]))
    assert isinstance(outcome, FetchFailed)
    assert outcome.grade is FailureGrade.HARD
    assert "127.0.0.1" in outcome.reason
    assert "S3cretPath" not in repr(outcome)
    assert hooks.received == []


def test_silence_is_waited_for_only_so_long() -> None:
    with hook_server([Reply(hangs=True)]) as hooks:
        outcome = post(hooks.url("/S3cretPath"), timeout=0.3)
    assert isinstance(outcome, FetchFailed)
    assert (outcome.grade, outcome.reason) == (FailureGrade.PASSING, "took longer than 0.3 s")
    assert "S3cretPath" not in repr(outcome)


def test_who_does_not_listen_cannot_be_posted_to() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = post(f"http://127.0.0.1:{port}/")
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason == f"127.0.0.1:{port} refused the connection"
    (broken,) = [post("ntfy://ntfy.example.org/")]
    assert isinstance(broken, FetchFailed)
    assert broken.grade is FailureGrade.HARD


def test_a_connection_that_died_meanwhile_is_made_anew() -> None:
    with hook_server([Reply(), Reply(hangs_up=True), Reply(status=201)]) as hooks:
        outcome = post(hooks.url(), times=2)
    assert isinstance(outcome, Answered)
    assert (outcome.status, len(hooks.received)) == (201, 3)


def test_the_address_of_a_post_is_told_to_nobody() -> None:
    seen: list[Exchange] = []
    answered([Reply()], on_exchange=seen.append)
    assert seen == []
    request = PostRequest(url="https://h.example/S3cretPath", body=b"S3cret", content_type="a/b")
    assert "S3cret" not in repr(request)


@pytest.mark.anyio
async def test_a_post_goes_through_the_proxy() -> None:
    with hook_server() as hooks:
        async with SocksProxy() as proxy, fetcher(proxy=proxy.url()) as client:
            url = f"http://hooks.example.org:{hooks.port}/in"
            outcome = await client.post(PostRequest(url=url, body=b"{}", content_type="a/b"))
            assert proxy.targets == [f"hooks.example.org:{hooks.port}"]
    assert isinstance(outcome, Answered)
    assert (hooks.received[0].method, hooks.received[0].body) == ("POST", b"{}")


@pytest.mark.anyio
async def test_a_post_goes_over_http2(authority: Authority) -> None:
    async with Http2Server(authority.server(alpn=("h2",))) as server:
        server.answer = lambda talk, stream: talk.answer(stream, 202, b"taken")
        async with fetcher(ca_file=authority.ca_file) as client:
            request = PostRequest(url=server.url("/in"), body=b"x" * 50_000, content_type="a/b")
            outcome = await client.post(request)
    assert isinstance(outcome, Answered)
    assert (outcome.status, outcome.body) == (202, b"taken")
    (seen,) = server.requests
    assert (seen[":method"], seen[":path"]) == ("POST", "/in")
    assert (seen["content-type"], seen["content-length"]) == ("a/b", "50000")
