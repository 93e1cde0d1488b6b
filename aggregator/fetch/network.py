"""Connections, to addresses that were looked up and checked here: the only importer of httpcore.

httpcore takes a network backend, which it asks for every connection by host name. Ours looks the
name up once, keeps of the answers those that may be reached, and connects to one of these by its
number, so that a second look-up cannot lead elsewhere (DNS rebinding); TLS still asks for a
certificate of the name. This holds for redirects as for first requests, since each makes its
connection here.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from aggregator.fetch import socks, tunnel
from aggregator.fetch.guard import Guard, literal
from aggregator.fetch.proxy import Proxy
from aggregator.fetch.race import Opener, alternating, first
from aggregator.fetch.resolve import Resolver

MAX_ADDRESSES = 10
"""Of one name; more would make us scan a network for whoever runs its name server."""
KEEP_ALIVE = 10.0
"""Seconds that a connection without a request stays open."""
MAX_UNUSED = 256 * 1024
"""Bytes that a server may send without one of them being of use."""


class AddressRefused(Exception):
    """The guard does not let a connection be made; the message is its sentence."""


class LookUpTimedOut(Exception):
    """The name server took too long."""


class Chatter(Exception):
    """A server keeps sending what is no answer."""


class Stream(httpcore.AsyncNetworkStream):
    """A connection that counts what comes in and leads to nothing.

    h11 and httpcore go through interim answers (1xx), pings, empty frames and chunks of one byte
    for as long as they come. Whoever gets something out of the connection says so; a byte of a
    body makes up for itself and for one around it.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream, address: str) -> None:
        self.address = address
        """Of the other end."""
        self._inner = inner
        self._socket: Any = None
        self._unused = 0

    def answered(self) -> None:
        """The header of an answer came."""
        self._unused = 0

    def of_use(self, count: int) -> None:
        """So many bytes of a body came."""
        self._unused = max(0, self._unused - 2 * count)

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> bytes:
        if self._unused > MAX_UNUSED:
            raise Chatter
        data = await self._inner.read(max_bytes, timeout)
        self._unused += len(data)
        return data

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> Stream:
        try:
            inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:  # httpcore forgets the connection when it is called off
            await self._inner.aclose()
            raise
        return Stream(inner, self.address)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":  # asked of every idle connection, twice a request
            return self._is_readable()
        return self._inner.get_extra_info(info)

    def _is_readable(self) -> bool:
        """Whether the server has closed an idle connection, or said something uncalled for."""
        if self._socket is None:
            self._socket = self._inner.get_extra_info("socket")
        descriptor = self._socket.fileno()
        if descriptor < 0:
            return True
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))


class Network(httpcore.AsyncNetworkBackend):
    """Connects to hosts by name. `guard`: None lets every address be reached."""

    def __init__(self, guard: Guard | None, resolve: Resolver) -> None:
        self._guard = guard
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        """Raises AddressRefused, LookUpTimedOut and what httpcore raises."""
        looking = True
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                looking = False

                def opener(address: str) -> Opener[Stream]:
                    return lambda: self._open(address, port, local_address, socket_options)

                return await first([opener(address) for address in addresses])
        except TimeoutError as error:
            raise (LookUpTimedOut if looking else httpcore.ConnectTimeout) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error

    async def _open(
        self,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> Stream:
        inner = await self._inner.connect_tcp(address, port, None, local_address, socket_options)
        return Stream(inner, address)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        """Those that may be reached, in the order to try them. Raises OSError, AddressRefused."""
        try:
            number = literal(host)
        except ValueError as error:
            raise socket.gaierror(socket.EAI_NONAME, str(error)) from error
        found = [str(number)] if number is not None else await self._resolve(host, port)
        if self._guard is not None:
            refusals = {address: self._guard.refusal(host, port, address) for address in found}
            reasons = [reason for reason in refusals.values() if reason]
            found = [address for address, reason in refusals.items() if reason is None]
            if reasons and not found:
                raise AddressRefused(reasons[0])
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "there is no address")
        return alternating(found)[:MAX_ADDRESSES]


class ProxiedNetwork(httpcore.AsyncNetworkBackend):
    """Connects through a proxy. `trust`: for a proxy that is itself reached over TLS."""

    def __init__(self, proxy: Proxy, network: Network, trust: ssl.SSLContext | None) -> None:
        self._proxy = proxy
        self._network = network
        self._trust = trust

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        """Raises what `Network.connect_tcp` does, and httpcore.ProxyError."""
        proxy = self._proxy
        stream = await self._network.connect_tcp(
            proxy.host, proxy.port, timeout, local_address, socket_options
        )
        try:
            async with asyncio.timeout(timeout):
                if self._trust is not None:
                    stream = await self._secured(stream)
                connect = socks.connect if proxy.scheme == "socks5" else tunnel.connect
                await connect(stream.read, stream.write, host=host, port=port, login=proxy.login)
        except BaseException as error:
            await stream.aclose()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout from error
            if isinstance(error, socks.SocksError | tunnel.TunnelError):
                raise httpcore.ProxyError(str(error)) from error
            raise
        return stream

    async def _secured(self, stream: Stream) -> Stream:
        assert self._trust is not None, "asked by the caller"  # noqa: S101 - narrows the type
        try:
            return await stream.start_tls(self._trust, self._proxy.host)
        except httpcore.ConnectError as error:
            raise httpcore.ProxyError(f"offers no secure connection: {error}") from error


class Pool(httpcore.AsyncConnectionPool):
    """One for HTTP/1.1 and HTTP/2. Of its connections, `kept` may stay open without a request.

    `proxy`: an HTTP proxy that is to make the requests for http addresses itself, as is usual.
    For https ones `network` makes the connections in every case: httpcore's own tunnels stay in
    the pool for good, each in the place of another, when the handshake behind the proxy fails.
    """

    def __init__(
        self,
        *,
        trust: ssl.SSLContext,
        connections: int,
        kept: int,
        network: httpcore.AsyncNetworkBackend,
        proxy: httpcore.Proxy | None = None,
        proxy_network: Network | None = None,
    ) -> None:
        self._trust = trust
        self._secure_network = network
        super().__init__(
            ssl_context=trust,
            proxy=proxy,
            max_connections=connections,
            max_keepalive_connections=kept,
            keepalive_expiry=KEEP_ALIVE,
            http2=True,
            network_backend=proxy_network or network,
        )

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        if origin.scheme != b"https":
            return super().create_connection(origin)
        return httpcore.AsyncHTTPConnection(
            origin=origin,
            ssl_context=self._trust,
            keepalive_expiry=KEEP_ALIVE,
            http2=True,
            network_backend=self._secure_network,
        )

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        # The extension has done its work, `request.url` has the target as it is to be sent; it
        # would do it again to what is sent to a proxy, where another target belongs.
        request.extensions = {
            name: value for name, value in request.extensions.items() if name != "target"
        }
        return await super().handle_async_request(request)


def connection_pool(
    *,
    trust: ssl.SSLContext,
    connections: int,
    kept: int,
    guard: Guard | None,
    resolve: Resolver,
    proxy: Proxy | None = None,
    proxy_trust: ssl.SSLContext | None = None,
) -> Pool:
    """A pool of connections that are direct, or go through `proxy`; `connections` at the most, of
    which `kept` may stay open without a request.

    The address of a proxy is not asked of the guard, nor, as nobody here knows it, is what the
    proxy connects to. `proxy_trust` is needed for a proxy at an https address.
    """
    if proxy is None:
        network = Network(guard, resolve)
        return Pool(trust=trust, connections=connections, kept=kept, network=network)
    to_proxy = Network(None, resolve)
    through = ProxiedNetwork(proxy, to_proxy, proxy_trust)
    if proxy.scheme == "socks5":
        return Pool(trust=trust, connections=connections, kept=kept, network=through)
    forwarding = httpcore.Proxy(url=str(proxy), auth=proxy.login, ssl_context=proxy_trust)
    return Pool(
        trust=trust,
        connections=connections,
        kept=kept,
        network=through,
        proxy=forwarding,
        proxy_network=to_proxy,
    )
