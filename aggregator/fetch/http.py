"""One exchange over HTTP, from a request to an outcome that is a value: the only importer of httpx.

The transports of httpx are used without its client, which would add headers of its own, keep
cookies, follow redirects with secrets and decode without a bound. Each hop goes through `_send`.
"""

from __future__ import annotations

import asyncio
import ssl
import time
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Self, cast

import httpx

from aggregator.core.urls import host_key, normalise, same_server
from aggregator.errors import UsageError
from aggregator.fetch import headers as fields
from aggregator.fetch import troubles
from aggregator.fetch.decoding import ACCEPT_ENCODING, DecodingError, decoder_for
from aggregator.types import (
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    NotModified,
)

__all__ = ["Fetcher", "user_agent"]

user_agent = fields.user_agent

MAX_REDIRECTS = 10
_POOLS = 8
_CONNECT_SECONDS = 10.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WITH_CONTENT = frozenset({200, 203})


class _ExchangeError(Exception):
    """Ends an exchange from any depth; becomes a FetchFailed at the top."""

    def __init__(
        self,
        grade: FailureGrade,
        reason: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason)
        self.grade = grade
        self.reason = reason
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """One request of an exchange; a redirect makes another of it."""

    url: str
    accept: str
    extra: tuple[tuple[str, str], ...]
    validators: tuple[tuple[str, str], ...]

    def towards(self, url: str) -> _Hop:
        """The same request to where a redirect points. Another origin gets no secrets, and no
        validators, which were given by this one; the same host over https is no other."""
        if same_server(self.url, url):
            return replace(self, url=url)
        return replace(self, url=url, extra=fields.without_secrets(self.extra), validators=())


@dataclass(frozen=True, slots=True)
class _Pool:
    """A transport and as many turns as it has connections, so that nobody waits inside it."""

    transport: httpx.AsyncHTTPTransport
    turns: asyncio.Semaphore


class Fetcher:
    """Fetches addresses; an async context manager, to be entered once.

    `timeout` bounds a whole exchange, redirects and all. `connections` bounds how many exchanges
    are under way at a time; further ones wait without their time running. Raises UsageError when
    `ca_file` (trusted besides the usual authorities) cannot be read.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        timeout: timedelta,
        connections: int,
        ca_file: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._user_agent = user_agent
        self._timeout = timeout
        self._clock = clock
        self._stack = AsyncExitStack()
        self._turns = asyncio.Semaphore(connections)
        # A pool's cost a request grows with its connections, so hosts are spread over several;
        # each has twice its share, for hosts never spread evenly and slow ones come in clusters.
        each = min(connections, 2 * -(-connections // _POOLS) + 2)
        trust = _trust(ca_file)
        self._pools = [
            _Pool(_transport(trust, each), asyncio.Semaphore(each)) for _ in range(_POOLS)
        ]

    async def __aenter__(self) -> Self:
        for pool in self._pools:
            await self._stack.enter_async_context(pool.transport)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        """Ask for one address. What goes wrong on the network or at the server is a FetchFailed."""
        full = normalise(request.url, userinfo=True)
        url = normalise(request.url)
        if full is None or url is None:
            return FetchFailed(
                url=request.url,
                grade=FailureGrade.HARD,
                reason="the address is no http or https address",
            )
        hop = _Hop(
            url=url,
            accept=request.accept,
            extra=(*_login(full), *request.headers),
            validators=_validators(request),
        )
        pool = self._pools[zlib.crc32(host_key(url).encode()) % len(self._pools)]
        async with pool.turns, self._turns:
            return await self._bounded(pool.transport, hop, request.max_bytes)

    async def _bounded(
        self, transport: httpx.AsyncHTTPTransport, hop: _Hop, max_bytes: int
    ) -> FetchOutcome:
        start = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                outcome = await self._follow(transport, hop, max_bytes)
        except TimeoutError:
            failure = _ExchangeError(FailureGrade.PASSING, troubles.time_sentence(self._timeout))
        except _ExchangeError as error:
            failure = error
        else:
            return replace(outcome, elapsed=_since(start))
        return FetchFailed(
            url=hop.url,
            grade=failure.grade,
            reason=failure.reason,
            status=failure.status,
            retry_after=failure.retry_after,
            elapsed=_since(start),
        )

    async def _follow(
        self, transport: httpx.AsyncHTTPTransport, hop: _Hop, max_bytes: int
    ) -> Fetched | NotModified:
        seen = {hop.url}
        while True:
            async with self._send(transport, hop) as response:
                headers = fields.as_mapping(response.headers.raw)
                if response.status_code not in _REDIRECTS:
                    return await self._answer(hop, response, headers, max_bytes)
                target = _target(hop.url, response.status_code, headers)
            if target in seen:
                raise _ExchangeError(FailureGrade.HARD, f"the redirects go in a circle ({target})")
            if len(seen) > MAX_REDIRECTS:
                raise _ExchangeError(FailureGrade.HARD, f"more than {MAX_REDIRECTS} redirects")
            seen.add(target)
            hop = hop.towards(target)

    async def _answer(
        self, hop: _Hop, response: httpx.Response, headers: dict[str, str], max_bytes: int
    ) -> Fetched | NotModified:
        status = response.status_code
        etag = fields.validator(headers, "etag")
        last_modified = fields.validator(headers, "last-modified")
        if status == 304 and hop.validators:
            return NotModified(
                url=hop.url, etag=etag, last_modified=last_modified, elapsed=timedelta()
            )
        if status not in _WITH_CONTENT:
            raise _ExchangeError(
                troubles.status_grade(status),
                troubles.status_sentence(status),
                status=status,
                retry_after=fields.retry_after(headers.get("retry-after"), now=self._clock()),
            )
        return Fetched(
            url=hop.url,
            status=status,
            headers=headers,
            body=await _body(response, headers, max_bytes),
            etag=etag,
            last_modified=last_modified,
            elapsed=timedelta(),
        )

    @asynccontextmanager
    async def _send(
        self, transport: httpx.AsyncHTTPTransport, hop: _Hop
    ) -> AsyncIterator[httpx.Response]:
        host = host_key(hop.url)
        try:
            response = await transport.handle_async_request(self._request(hop, host))
        except httpx.ConnectTimeout as error:
            limit = timedelta(seconds=_CONNECT_SECONDS)
            reason = f"{host} could not be reached: connecting {troubles.time_sentence(limit)}"
            raise _ExchangeError(FailureGrade.PASSING, reason) from error
        except httpx.ConnectError as error:
            raise _ExchangeError(*troubles.connection_trouble(error, host)) from error
        except (httpx.HTTPError, OSError) as error:
            raise _broken(error) from error
        try:
            yield response
        finally:
            await response.aclose()

    def _request(self, hop: _Hop, host: str) -> httpx.Request:
        origin, target = _origin_and_target(hop.url)
        try:
            headers = fields.merged(
                [("Host", host), ("User-Agent", self._user_agent), ("Accept", hop.accept)],
                hop.extra,
                [("Accept-Encoding", ACCEPT_ENCODING)],
                hop.validators,
            )
        except ValueError as error:
            raise _ExchangeError(FailureGrade.HARD, str(error)) from error
        extensions = {
            "target": target.encode("ascii"),  # sent as it is, not as httpx would write it
            "timeout": {"connect": _CONNECT_SECONDS},
        }
        try:
            return httpx.Request("GET", origin, headers=headers, extensions=extensions)
        except httpx.InvalidURL as error:
            reason = f"the address names no host that can be asked ({host})"
            raise _ExchangeError(FailureGrade.HARD, reason) from error


async def _body(response: httpx.Response, headers: dict[str, str], max_bytes: int) -> bytes:
    """The decoded body, read and decoded no further than its bound."""
    too_large = _ExchangeError(FailureGrade.HARD, troubles.size_sentence(max_bytes), status=200)
    if (fields.declared_length(headers) or 0) > max_bytes:
        raise too_large
    body, received = BytesIO(), 0
    try:
        decoder = decoder_for(headers.get("content-encoding", ""))
        raw = cast("AsyncGenerator[bytes, None]", response.aiter_raw())  # declared as less
        async with aclosing(raw) as chunks:
            async for chunk in chunks:
                received += len(chunk)
                for piece in decoder.feed(chunk):
                    body.write(piece)
                    if body.tell() > max_bytes:
                        raise too_large
                if received > max_bytes:
                    raise too_large
    except DecodingError as error:
        raise _ExchangeError(FailureGrade.SOFT, f"the body {error}", status=200) from error
    except (httpx.HTTPError, OSError) as error:
        raise _broken(error) from error
    if not decoder.complete:
        raise _ExchangeError(FailureGrade.PASSING, "the body broke off before its end", status=200)
    return body.getvalue()


def _broken(error: httpx.HTTPError | OSError) -> _ExchangeError:
    if isinstance(error, httpx.NetworkError | OSError):
        return _ExchangeError(FailureGrade.PASSING, "the connection broke off")
    text = str(error)
    if "without sending complete message body" in text or "incomplete chunked read" in text:
        return _ExchangeError(FailureGrade.PASSING, "the body broke off before its end", status=200)
    if "without sending a response" in text:
        return _ExchangeError(
            FailureGrade.PASSING, "the server closed the connection without an answer"
        )
    if isinstance(error, httpx.LocalProtocolError):
        return _ExchangeError(FailureGrade.HARD, f"the request cannot be sent: {text}")
    return _ExchangeError(FailureGrade.SOFT, "the answer is not valid HTTP")


def _target(url: str, status: int, headers: dict[str, str]) -> str:
    location = headers.get("location")
    if not location:
        reason = f"{troubles.status_sentence(status)} without saying where to go"
        raise _ExchangeError(FailureGrade.SOFT, reason, status=status)
    # Header bytes that are no ASCII are UTF-8 more often than anything else.
    location = location.encode("latin-1").decode("utf-8", errors="replace")
    target = normalise(location, base=url)
    if target is None:
        shown = location[:100].encode("ascii", errors="replace").decode()
        reason = f"the server redirects to what is no http or https address ({shown!r})"
        raise _ExchangeError(FailureGrade.HARD, reason, status=status)
    return target


def _origin_and_target(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    netloc, _, target = rest.partition("/")
    return f"{scheme}://{netloc}/", f"/{target}"


def _login(url: str) -> tuple[tuple[str, str], ...]:
    userinfo, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    return (fields.basic_authorization(userinfo),) if at else ()


def _validators(request: FetchRequest) -> tuple[tuple[str, str], ...]:
    pairs = (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified))
    return tuple((name, value) for name, value in pairs if value is not None)


def _since(start: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - start)


def _transport(trust: ssl.SSLContext, connections: int) -> httpx.AsyncHTTPTransport:
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=10
    )
    return httpx.AsyncHTTPTransport(verify=trust, trust_env=False, http2=True, limits=limits)


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
