"""Serving within bounds, and ending within the grace."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from webhouse import House

from aggregator.config.web import Listen, WebConfig
from aggregator.service.beside import Served
from aggregator.web.keeping import Keeper
from aggregator.web.server import Bounds, Serving, bind

LOCAL = Listen(host="127.0.0.1", port=0)
SOON = timedelta(milliseconds=200)
QUICK = Bounds(head=SOON, body=SOON, stalled=SOON, idle=timedelta(seconds=1))
LONG = timedelta(seconds=30)
ASKED = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@asynccontextmanager
async def serving(
    app: ASGIApp = hello, *, bounds: Bounds | None = None, grace: timedelta = LONG
) -> AsyncIterator[Serving]:
    made = Serving(app, bind(LOCAL), grace=grace, bounds=bounds or Bounds())
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def connected(made: Serving, sent: bytes = b"") -> AsyncIterator[Connection]:
    """A connection over which something is sent at once."""
    host, port = made.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the end, however it comes."""
    got = b""
    with suppress(ConnectionError):
        while piece := await reader.read(1_000_000):
            got += piece
    return got


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scene())  # type: ignore[arg-type]


def test_it_answers_and_does_not_say_what_it_is() -> None:
    async def scene() -> None:
        async with serving() as made, httpx.AsyncClient() as client:
            answer = await client.get(made.address)
            assert answer.text == "hello"
            assert "server" not in answer.headers

    run(scene)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: a",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1234",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_client_that_is_slow_to_ask_is_cut_off(begun: bytes) -> None:
    async def scene() -> None:
        async with serving(bounds=QUICK) as made:
            async with connected(made, begun) as (reader, _):
                assert await rest(reader) == b""
            async with httpx.AsyncClient() as client:
                assert (await client.get(made.address)).text == "hello"

    run(scene)


def test_a_byte_now_and_then_is_no_sign_of_life() -> None:
    async def scene() -> None:
        begun = b"GET / HTTP/1.1\r\nHost: a\r\n"
        async with serving(bounds=QUICK) as made, connected(made, begun) as (reader, writer):
            ending = asyncio.create_task(rest(reader))
            while not ending.done():
                writer.write(b"X")
                await asyncio.sleep(0.02)
            assert ending.result() == b""

    run(scene)


def test_a_client_that_reads_nothing_is_cut_off() -> None:
    ended = asyncio.Event()

    async def much(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        ended.set()

    async def scene() -> None:
        async with serving(much, bounds=QUICK) as made, connected(made, ASKED) as (reader, _):
            await ended.wait()
            assert len(await rest(reader)) < 1000 * 65_536

    run(scene)


def test_more_connections_than_fit_are_refused_and_those_there_go_on() -> None:
    async def scene() -> None:
        async with serving(bounds=replace(Bounds(), connections=3)) as made:
            async with AsyncExitStack() as stack:
                for _ in range(3):
                    await stack.enter_async_context(connected(made))
                reader, _ = await stack.enter_async_context(connected(made, ASKED))
                assert b" 503 " in await reader.readline()
                for _ in range(3):
                    await stack.enter_async_context(connected(made))
                # Beyond twice as many not even that is said.
                reader, _ = await stack.enter_async_context(connected(made, ASKED))
                assert await rest(reader) == b""
            async with httpx.AsyncClient() as client:
                assert (await _when_there_is_room(client, made)).text == "hello"

    run(scene)


async def _when_there_is_room(client: httpx.AsyncClient, made: Serving) -> httpx.Response:
    while True:
        answer = await client.get(made.address)
        if answer.status_code != 503:
            return answer


def test_what_is_under_way_at_the_end_is_finished() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await go_on.wait()
        await hello(scope, receive, send)

    async def scene() -> None:
        async with httpx.AsyncClient() as client, serving(slow) as made:
            asked = asyncio.create_task(client.get(made.address))
            await begun.wait()
            stopping = asyncio.create_task(made.stop())
            await asyncio.sleep(0.2)
            go_on.set()
            assert (await asked).text == "hello"
            await stopping
            with pytest.raises(httpx.ConnectError):
                await client.get(made.address)

    run(scene)


@pytest.mark.timeout(20)
def test_what_does_not_end_within_the_grace_is_cut() -> None:
    begun = asyncio.Event()

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def scene() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            async with serving(never, grace=timedelta(seconds=1)) as made:
                asked = asyncio.create_task(client.get(made.address))
                await begun.wait()
            with pytest.raises(httpx.HTTPError):
                (await asked).raise_for_status()

    run(scene)


@pytest.mark.timeout(20)
def test_a_stream_of_events_ends_at_once() -> None:
    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        listening = asyncio.ensure_future(receive())  # for the end of the request, and for ours
        assert (await listening)["type"] == "http.request"
        listening = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        assert (await listening)["type"] == "http.disconnect"

    async def scene() -> None:
        async with (
            httpx.AsyncClient(timeout=30) as client,
            serving(events) as made,
            client.stream("GET", made.address) as answer,
        ):
            pieces = answer.aiter_raw()
            assert await anext(pieces) == b"data: 1\n\n"
            stopping = asyncio.create_task(made.stop())
            assert [piece async for piece in pieces] == []  # and it ends as it should
            await stopping

    run(scene)


# --- where feeds.yaml wants it -------------------------------------------------------------------


class Told(list[Served]):
    """What has been said, and a way to wait for it."""

    async def first(self, wanted: Callable[[Served], bool]) -> Served:
        while True:
            for served in self:
                if wanted(served):
                    return served
            await asyncio.sleep(0.02)


@asynccontextmanager
async def kept(web: House, listen: Listen | None) -> AsyncIterator[Told]:
    told, stop = Told(), asyncio.Event()
    move(web, listen)
    task = asyncio.create_task(Keeper(web.site, told=told.append).run(stop))
    try:
        yield told
    finally:
        stop.set()
        await task


def move(web: House, listen: Listen | None) -> None:
    web.config = replace(web.config, web=WebConfig(listen=listen))


async def status(address: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{address}/login")).status_code


def has_address(served: Served) -> bool:
    return served.address is not None


def has_trouble(served: Served) -> bool:
    return served.trouble is not None


def test_another_address_in_the_configuration_is_taken_while_it_runs(web: House) -> None:
    async def scene() -> None:
        async with kept(web, LOCAL) as told:
            first = await told.first(has_address)
            assert first.address is not None
            assert await status(first.address) == 303
            told.clear()
            move(web, Listen(host="::1", port=0))
            second = await told.first(has_address)
            assert second.address is not None
            assert second.address.startswith("http://[::1]:")
            assert await status(second.address) == 303
            with pytest.raises(httpx.ConnectError):
                await status(first.address)
            told.clear()
            move(web, None)
            assert await told.first(lambda _: True) == Served()

    run(scene)


def test_an_address_that_is_taken_is_said_and_tried_again(web: House) -> None:
    async def scene() -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            listen = Listen(host="127.0.0.1", port=other.getsockname()[1])
            async with kept(web, listen) as told:
                trouble = (await told.first(has_trouble)).trouble
                assert trouble is not None
                assert f"{listen} cannot be listened on" in trouble
                assert "give another address under web: listen:" in trouble
                other.close()
                assert (await told.first(has_address)).address == f"http://{listen}"

    run(scene)


def test_an_address_that_does_not_exist_is_said(web: House) -> None:
    async def scene() -> None:
        async with kept(web, Listen(host="no-such-name.invalid", port=80)) as told:
            web.storage.set_password_hash("any")
            trouble = (await told.first(lambda one: "cannot" in (one.trouble or ""))).trouble
            assert trouble is not None
            assert "no-such-name.invalid:80 cannot be listened on" in trouble

    run(scene)


def test_an_address_that_others_reach_is_served_once_there_is_a_password(web: House) -> None:
    async def scene() -> None:
        async with kept(web, Listen(host="0.0.0.0", port=0)) as told:
            trouble = (await told.first(has_trouble)).trouble
            assert trouble is not None
            assert "aggregator web password" in trouble
            assert not [one for one in told if one.address]
            web.storage.set_password_hash("any")
            address = (await told.first(has_address)).address
            assert address is not None
            assert await status(address.replace("0.0.0.0", "127.0.0.1")) == 200

    run(scene)
