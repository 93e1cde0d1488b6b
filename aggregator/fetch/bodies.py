"""Bodies, read and decoded no further than their bound."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from io import BytesIO

from aggregator.fetch import headers as fields
from aggregator.fetch import troubles
from aggregator.fetch.decoding import DecodingError, decoder_for
from aggregator.fetch.record import Recorder
from aggregator.fetch.troubles import BROKEN_BODY, ExchangeError
from aggregator.types import FailureGrade


async def read_body(
    chunks: AsyncGenerator[bytes, None],
    *,
    status: int,
    headers: dict[str, str],
    max_bytes: int,
    record: Recorder,
) -> bytes:
    """The decoded body. What comes over the wire, too, is `max_bytes` at most.

    Raises ExchangeError.
    """
    too_large = ExchangeError(FailureGrade.HARD, troubles.size_sentence(max_bytes), status=status)
    if (fields.declared_length(headers) or 0) > max_bytes:
        raise too_large
    body = BytesIO()
    try:
        decoder = decoder_for(headers.get("content-encoding", ""))
        async with aclosing(chunks):
            async for chunk in chunks:
                record.received += len(chunk)
                for piece in decoder.feed(chunk):
                    body.write(piece)
                    record.decoded = body.tell()
                    if record.decoded > max_bytes:
                        raise too_large
                if record.received > max_bytes:
                    raise too_large
    except DecodingError as error:
        raise ExchangeError(FailureGrade.SOFT, f"the body {error}", status=status) from error
    if not decoder.complete:
        raise ExchangeError(FailureGrade.PASSING, BROKEN_BODY, status=status)
    return body.getvalue()
