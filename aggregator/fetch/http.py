"""One exchange over HTTP, from a request to an outcome that is a value: the only importer of httpx.

The transports of httpx are used without its client, which would add headers of its own, keep
cookies, follow redirects with secrets and decode without a bound. Each hop goes through `_send`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, cast

import httpx

from aggregator.errors import UsageError
from aggregator.fetch import headers as fields
from aggregator.fetch import network, troubles
from aggregator.fetch.bodies import read_beginning
from aggregator.fetch.guard import Guard
from aggregator.fetch.hops import (
    REDIRECTS,
    Hop,
    first_hop,
    is_permanent,
    post_hop,
    redirect_target,
)
from aggregator.fetch.lanes import Lane, Lanes
from aggregator.fetch.outcomes import failed, outcome_of, since
from aggregator.fetch.proxy import Proxy
from aggregator.fetch.ration import Ration, Share
from aggregator.fetch.record import Exchange, Recorder
from aggregator.fetch.resolve import Resolver, SystemResolver
from aggregator.fetch.troubles import BROKEN_BODY, ExchangeError
from aggregator.fetch.turns import PATIENCE, Turns
from aggregator.types import (
    Answered,
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    NotModified,
    PostOutcome,
    PostRequest,
)

__all__ = ["Exchange", "Fetcher", "Guard", "user_agent"]

user_agent = fields.user_agent

MAX_REDIRECTS = 10
_CONNECT_SECONDS = 10.0
_SMALL = 16 * 1024
"""Bytes of a body that nobody wants, yet are cheaper to read than a new connection is to make."""
_DRAIN_SECONDS = 1.0
_BEGINNING_SECONDS = 3.0
"""For what a server says beside its status; that is known already, and decides."""
_NO_ADDRESS = "the address is no http or https address"


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's, around a pool of our own: it has no parameter for the network backend."""

    def __init__(self, pool: network.Pool) -> None:
        self._pool = pool


class _Answer:
    """An answer whose body is still to come."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = fields.as_mapping(response.headers.raw)
        self._response = response
        self._stream = cast("network.Stream", response.extensions["network_stream"])
        self._whole = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes. Raises ExchangeError."""
        raw = cast("AsyncGenerator[bytes, None]", self._response.aiter_raw())  # declared as less
        try:
            async with aclosing(raw):
                async for chunk in raw:
                    self._stream.of_use(len(chunk))
                    yield chunk
        except Exception as error:  # h2 lets its own through when a server errs
            raise _broken(error, self.status) from error
        self._whole = True

    async def drain(self) -> None:
        """Read what is left of a small body, so that its connection can be used again."""
        length = fields.declared_length(self.headers)
        if self.status != 304 and (length is None or length > _SMALL):
            return
        with contextlib.suppress(ExchangeError, TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS), aclosing(self.chunks()) as chunks:
                async for _ in chunks:
                    pass

    async def beginning(self, max_bytes: int) -> bytes:
        """Of the body, as far as it comes in a short time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BEGINNING_SECONDS):
                return await read_beginning(
                    self.chunks(), headers=self.headers, max_bytes=max_bytes
                )
        return b""

    async def aclose(self) -> None:
        """Unless all of the body was read, the connection ends with it.

        httpcore does so over HTTP/1.1 only. Over HTTP/2 it would go on receiving what nobody
        wants, until that has used up the window that the connection's streams share.
        """
        await self._response.aclose()
        if not self._whole and self._response.http_version == "HTTP/2":
            await self._stream.aclose()


class Fetcher:
    """Fetches addresses; an async context manager, to be entered once.

    `timeout` bounds a whole exchange, redirects and all. `connections` bounds how many exchanges
    are under way at a time, those that take longer than `patience` not counted (`turns`); further
    ones wait without their time running. `guard` says which
    addresses may be reached; None: all of them. `proxy` is for the requests that name none.
    `on_exchange` is told of each exchange when it is over. Raises UsageError when `ca_file`
    (trusted besides the usual authorities) cannot be read, or `proxy` cannot be used.
    """

    def __init__(  # noqa: PLR0913 - settings that do not depend on each other, with defaults
        self,
        *,
        user_agent: str,
        timeout: timedelta,
        connections: int,
        ca_file: Path | None = None,
        guard: Guard | None = None,
        proxy: str | None = None,
        resolve: Resolver | None = None,
        on_exchange: Callable[[Exchange], None] = lambda _: None,
        patience: timedelta = PATIENCE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._user_agent = user_agent
        self._timeout = timeout
        self._guard = guard
        self._proxy = proxy
        self._on_exchange = on_exchange
        self._clock = clock
        self._ration = Ration()
        self._turns = Turns(connections, patience=patience)
        self._lanes = Lanes(
            connections=connections,
            patience=patience,
            guard=guard,
            resolve=resolve or SystemResolver(),
            make_trust=lambda: _trust(ca_file),
        )
        if proxy:
            try:
                self._lanes.through(proxy)
            except ValueError as error:
                raise UsageError(f"In the configuration, {error}.") from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._lanes.aclose()

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Ask for one address. What goes wrong on the network or at the server is a FetchFailed."""
        hop = first_hop(request)
        if hop is None:
            return FetchFailed(url=request.url, grade=FailureGrade.HARD, reason=_NO_ADDRESS)
        proxy = self._proxy if request.proxy is None else request.proxy
        try:
            lane = self._lane(hop, proxy)
        except ValueError as error:
            return FetchFailed(url=hop.url, grade=FailureGrade.HARD, reason=str(error))
        async with lane.turns.turn(), self._turns.turn():
            record = Recorder(hop.url)
            outcome = await self._bounded(lane, hop, request.max_bytes, record)
        self._on_exchange(record.exchange(outcome))
        return outcome

    async def post(self, request: PostRequest) -> PostOutcome:
        """Hand something over, under the same guard, proxy and bounds. No redirect is followed, and
        `on_exchange` is not told: it would learn the address, which may be a secret."""
        hop = post_hop(request)
        if hop is None:
            return FetchFailed(url="", grade=FailureGrade.HARD, reason=_NO_ADDRESS)
        lane, start, record = self._lane(hop, self._proxy), time.monotonic(), Recorder(hop.url)
        async with lane.turns.turn(), self._turns.turn():
            try:
                async with asyncio.timeout(self._timeout.total_seconds()):
                    return await self._hand_over(lane, hop, request.max_bytes, record)
            except TimeoutError:
                reason = troubles.time_sentence(self._timeout)
                failure = ExchangeError(FailureGrade.PASSING, reason)
            except ExchangeError as error:
                failure = error
        return replace(failed(failure, hop, lane, record, start), url=hop.origin_and_target[0])

    async def _hand_over(self, lane: Lane, hop: Hop, max_bytes: int, record: Recorder) -> Answered:
        async with self._send(lane, hop, record) as answer:
            asked = answer.headers.get("retry-after")
            return Answered(
                status=answer.status,
                body=await answer.beginning(max_bytes),
                retry_after=fields.retry_after(asked, now=self._clock()),
            )

    def _lane(self, hop: Hop, proxy: str | None) -> Lane:
        """Raises ValueError, with a sentence, when the proxy cannot be used."""
        return self._lanes.through(proxy) if proxy else self._lanes.direct(hop.host)

    async def _bounded(
        self, lane: Lane, hop: Hop, max_bytes: int, record: Recorder
    ) -> FetchOutcome:
        start = time.monotonic()
        limit = asyncio.timeout(self._timeout.total_seconds())
        try:
            with self._ration.share(limit) as share:
                async with limit:
                    outcome = await self._follow(lane, hop, max_bytes, record, share)
                outcome = replace(outcome, elapsed=since(start))
                share.lasts(outcome)
                return outcome
        except TimeoutError:
            failure = ExchangeError(FailureGrade.PASSING, troubles.time_sentence(self._timeout))
        except ExchangeError as error:
            failure = error
        return failed(failure, hop, lane, record, start)

    async def _follow(
        self, lane: Lane, hop: Hop, max_bytes: int, record: Recorder, share: Share
    ) -> Fetched | NotModified:
        seen = {hop.url}
        permanent = True
        while True:
            async with self._send(lane, hop, record) as answer:
                if answer.status not in REDIRECTS:
                    outcome = await outcome_of(
                        hop,
                        answer,
                        max_bytes=max_bytes,
                        record=record,
                        share=share,
                        clock=self._clock,
                    )
                    moved = permanent and len(seen) > 1
                    return replace(outcome, moved_to=hop.url if moved else None)
                target = redirect_target(hop.url, answer.status, answer.headers)
                await answer.drain()
            if target in seen:
                raise ExchangeError(FailureGrade.HARD, f"the redirects go in a circle ({target})")
            if len(seen) > MAX_REDIRECTS:
                raise ExchangeError(FailureGrade.HARD, f"more than {MAX_REDIRECTS} redirects")
            permanent = permanent and is_permanent(answer.status, hop.url, target)
            seen.add(target)
            hop = hop.towards(target)

    @asynccontextmanager
    async def _send(self, lane: Lane, hop: Hop, record: Recorder) -> AsyncIterator[_Answer]:
        if lane.proxy and self._guard and (why := self._guard.refusal_unresolved(*hop.endpoint)):
            raise ExchangeError(FailureGrade.HARD, why)
        try:
            answer = _Answer(await self._response(lane, hop, record, retry=True))
        except ExchangeError:
            raise
        except Exception as error:  # h2 lets its own through when a server errs
            raise _trouble(error, hop, lane.proxy) from error
        try:
            if lane.proxy and answer.status == 407:
                reason = troubles.proxy_sentence("407 Proxy Authentication Required")
                raise ExchangeError(FailureGrade.PASSING, reason)
            yield answer
        finally:
            await answer.aclose()

    async def _response(
        self, lane: Lane, hop: Hop, record: Recorder, *, retry: bool
    ) -> httpx.Response:
        """Once more when a connection that was there already brings no answer: the server may
        close it at any moment, and has then not seen the request (RFC 9110, 9.2.2)."""
        origin, target = hop.origin_and_target
        step = record.begin(hop.url)
        extensions = {
            "target": target.encode("ascii"),  # sent as it is, not as httpx would write it
            "timeout": {"connect": _CONNECT_SECONDS},
            "trace": step.trace,
        }
        headers = hop.fields(self._user_agent)
        try:
            request = httpx.Request(
                hop.method, origin, headers=headers, content=hop.body, extensions=extensions
            )
        except httpx.InvalidURL as error:
            reason = f"the address names no host that can be asked ({hop.host})"
            raise ExchangeError(FailureGrade.HARD, reason) from error
        try:
            response = await _Transport(lane.pool).handle_async_request(request)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if retry and step.reused:
                return await self._response(lane, hop, record, retry=False)
            raise
        except httpx.LocalProtocolError as error:
            if step.unsent:
                reason = f"the request cannot be sent ({error})"
                raise ExchangeError(FailureGrade.HARD, reason) from error
            raise
        stream = cast("network.Stream", response.extensions["network_stream"])
        stream.answered()
        step.status, step.http_version = response.status_code, response.http_version
        step.address = stream.address
        return response


def _trouble(error: Exception, hop: Hop, proxy: Proxy | None) -> ExchangeError:
    """Why no answer came."""
    match error:
        case network.AddressRefused():
            return ExchangeError(FailureGrade.HARD, str(error))
        case network.LookUpTimedOut() | httpx.ConnectTimeout():
            looking = isinstance(error, network.LookUpTimedOut)
            what = "looking up its address" if looking else "connecting"
            limit = troubles.time_sentence(timedelta(seconds=_CONNECT_SECONDS))
            reason = f"{hop.host} could not be reached: {what} {limit}"
            return ExchangeError(FailureGrade.PASSING, reason)
        case httpx.ConnectError():
            via = str(proxy) if proxy else None
            # Without TLS to the host, it is the proxy that a certificate is asked of.
            host = hop.host if not via or hop.url.startswith("https:") else f"the proxy {via}"
            return ExchangeError(*troubles.connection_trouble(error, host, proxy=via))
        case httpx.ProxyError():
            return ExchangeError(FailureGrade.PASSING, troubles.proxy_sentence(str(error)))
    return _broken(error, None)


def _broken(error: Exception, status: int | None) -> ExchangeError:
    """What is wrong with an answer that did not come, or (with its status) with its body."""
    text = str(error)
    if isinstance(error, network.Chatter):
        reason = f"the server sends more than {network.MAX_UNUSED // 1024} KiB that are no answer"
        return ExchangeError(FailureGrade.HARD, reason, status=status)
    if isinstance(error, httpx.NetworkError | OSError) or "without sending complete" in text:
        reason = BROKEN_BODY if status else "the connection broke off"
        return ExchangeError(FailureGrade.PASSING, reason, status=status)
    if "Server disconnected" in text or "incomplete chunked read" in text:
        reason = BROKEN_BODY if status else "the server closed the connection without an answer"
        return ExchangeError(FailureGrade.PASSING, reason, status=status)
    if not status and ("Receive buffer too long" in text or "Oversized header" in text):
        return ExchangeError(FailureGrade.HARD, "the header of the answer is too large")
    what = "body" if status else "answer"
    return ExchangeError(FailureGrade.SOFT, f"the {what} is not valid HTTP", status=status)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise UsageError(
                f"The CA file {ca_file} cannot be read ({error.strerror or error});"
                " give the path of a file with certificates in PEM form."
            ) from error
    return context
