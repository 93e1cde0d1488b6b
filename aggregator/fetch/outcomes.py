"""What an exchange comes to: the outcome of an answer, or of a failure."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.fetch import headers as fields
from aggregator.fetch import troubles
from aggregator.fetch.bodies import read_body
from aggregator.fetch.guard import is_public
from aggregator.fetch.hops import Hop
from aggregator.fetch.lanes import Lane
from aggregator.fetch.ration import Share
from aggregator.fetch.record import Recorder
from aggregator.fetch.troubles import ExchangeError
from aggregator.types import Fetched, FetchFailed, NotModified

_WITH_CONTENT = frozenset({200, 203})


class Answer(Protocol):
    """An answer whose body is still to come."""

    status: int
    headers: dict[str, str]

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes. Raises ExchangeError."""

    async def drain(self) -> None:
        """Read what is left of a small body."""


async def outcome_of(
    hop: Hop,
    answer: Answer,
    *,
    max_bytes: int,
    record: Recorder,
    share: Share,
    clock: Callable[[], datetime],
) -> Fetched | NotModified:
    """What an answer that is no redirect brings; its `elapsed` is still to be said. Raises
    ExchangeError."""
    status, headers = answer.status, answer.headers
    etag = fields.validator(headers, "etag")
    last_modified = fields.validator(headers, "last-modified")
    if status == 304 and hop.validators:
        await answer.drain()
        return NotModified(
            url=hop.url,
            etag=etag,
            last_modified=last_modified,
            elapsed=timedelta(),
            headers=headers,
        )
    delta = status == 226 and hop.offers_delta and headers.get("im", "feed").lower() == "feed"
    if status not in _WITH_CONTENT and not delta:
        await answer.drain()
        raise ExchangeError(
            troubles.status_grade(status),
            troubles.status_sentence(status),
            status=status,
            retry_after=fields.retry_after(headers.get("retry-after"), now=clock()),
        )
    body = await read_body(
        answer.chunks(),
        status=status,
        headers=headers,
        max_bytes=max_bytes,
        record=record,
        share=share,
    )
    return Fetched(
        url=hop.url,
        status=status,
        headers=headers,
        body=body,
        etag=etag,
        last_modified=last_modified,
        elapsed=timedelta(),
        delta=delta,
    )


def failed(
    failure: ExchangeError, hop: Hop, lane: Lane, record: Recorder, start: float
) -> FetchFailed:
    """`start`: when it began, as in `since`."""
    address = None if lane.proxy else record.address
    return FetchFailed(
        url=hop.url,
        grade=failure.grade,
        reason=failure.reason,
        status=failure.status,
        retry_after=failure.retry_after,
        elapsed=since(start),
        private=address is not None and not is_public(address),
    )


def since(start: float) -> timedelta:
    """How long it is since `time.monotonic()` said so."""
    return timedelta(seconds=time.monotonic() - start)
