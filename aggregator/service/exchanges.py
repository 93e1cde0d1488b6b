"""How each exchange over HTTP is logged, one line with what it cost, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aggregator.fetch.http import Exchange
from aggregator.logs import get_logger
from aggregator.types import FetchFailed, NotModified


@dataclass(slots=True, kw_only=True)
class Totals:
    """Of a process, since it started."""

    count: int = 0
    not_modified: int = 0
    failed: int = 0
    received: int = 0
    """Bytes of bodies as they came over the wire."""
    decoded: int = 0
    """Bytes of bodies after decoding."""
    seconds: float = 0.0
    """Of all exchanges together, whether one after the other or at once."""

    def add(self, exchange: Exchange) -> None:
        self.count += 1
        self.not_modified += isinstance(exchange.outcome, NotModified)
        self.failed += isinstance(exchange.outcome, FetchFailed)
        self.received += exchange.received
        self.decoded += exchange.decoded
        self.seconds += exchange.elapsed.total_seconds()


class Exchanges:
    """Told of each: writes it down and counts it."""

    def __init__(self) -> None:
        self.totals = Totals()

    def __call__(self, exchange: Exchange) -> None:
        self.totals.add(exchange)
        _log(exchange)


def _log(exchange: Exchange) -> None:
    outcome, last = exchange.outcome, exchange.last
    get_logger().info(
        "exchange",
        url=exchange.url,
        at=outcome.url,
        status=outcome.status,
        error=outcome.reason if isinstance(outcome, FetchFailed) else None,
        requests=len(exchange.steps),
        address=last.address if last else None,
        http=last.http_version if last else None,
        reused=last.reused if last else None,
        connect=_seconds(last.connect) if last else None,
        tls=_seconds(last.tls) if last else None,
        wait=_seconds(last.wait) if last else None,
        received=exchange.received,
        decoded=exchange.decoded,
        seconds=_seconds(exchange.elapsed),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)
