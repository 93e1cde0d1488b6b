"""Which connections a request may use: pools, and turns at them."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aggregator.fetch import network
from aggregator.fetch.guard import Guard
from aggregator.fetch.proxy import Proxy
from aggregator.fetch.resolve import Resolver
from aggregator.fetch.turns import MOST, Turns

_POOLS = 8


@dataclass(frozen=True, slots=True)
class Lane:
    """A pool and as many turns as it has connections, so that nobody waits inside it."""

    pool: network.Pool
    turns: Turns
    proxy: Proxy | None
    """None: its connections are direct."""


class Lanes:
    """All of them; those through proxies are made when they are first asked for.

    `make_trust` gives a new context with the certificates that are trusted.
    """

    def __init__(
        self,
        *,
        connections: int,
        patience: timedelta,
        guard: Guard | None,
        resolve: Resolver,
        make_trust: Callable[[], ssl.SSLContext],
    ) -> None:
        self._connections = connections
        self._patience = patience
        self._guard = guard
        self._resolve = resolve
        self._make_trust = make_trust
        self._trust = make_trust()
        # A pool's cost a request grows with its connections, so hosts are spread over several;
        # each has twice its share, for hosts never spread evenly and slow ones come in clusters.
        each = min(connections, 2 * -(-connections // _POOLS) + 2)
        self._direct = [self._lane(each, None) for _ in range(_POOLS)]
        self._proxied: dict[str, Lane] = {}

    def direct(self, host: str) -> Lane:
        return self._direct[zlib.crc32(host.encode()) % len(self._direct)]

    def through(self, proxy: str) -> Lane:
        """Raises ValueError, with a sentence, when the address of the proxy cannot be used."""
        if proxy not in self._proxied:
            self._proxied[proxy] = self._lane(self._connections, Proxy.parse(proxy))
        return self._proxied[proxy]

    async def aclose(self) -> None:
        for lane in (*self._direct, *self._proxied.values()):
            await lane.pool.aclose()

    def _lane(self, connections: int, proxy: Proxy | None) -> Lane:
        over_tls = proxy is not None and proxy.scheme == "https"
        pool = network.connection_pool(
            trust=self._trust,
            connections=MOST * connections,
            kept=connections,
            guard=self._guard,
            resolve=self._resolve,
            proxy=proxy,
            proxy_trust=self._make_trust() if over_tls else None,
        )
        return Lane(pool, Turns(connections, patience=self._patience), proxy)
