"""How each exchange over HTTP is logged: one line, with what it cost."""

from __future__ import annotations

from datetime import timedelta

from aggregator.fetch.http import Exchange
from aggregator.logs import get_logger
from aggregator.types import Fetched, FetchFailed


def exchanged(exchange: Exchange) -> None:
    """Write it down."""
    outcome, last = exchange.outcome, exchange.last
    get_logger().info(
        "exchange",
        url=exchange.url,
        at=outcome.url,
        status=_status(exchange),
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


def _status(exchange: Exchange) -> int | None:
    outcome = exchange.outcome
    if isinstance(outcome, Fetched | FetchFailed):
        return outcome.status
    return 304


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)
