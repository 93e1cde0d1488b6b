"""Bodies, read and decoded no further than their bound."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from io import BytesIO

from aggregator.fetch import headers as fields
from aggregator.fetch import troubles
from aggregator.fetch.decoding import DecodingError, decoder_for
from aggregator.fetch.ration import Share
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
    share: Share,
) -> bytes:
    """The decoded body. What comes over the wire, too, is `max_bytes` at most.

    `share`: of the memory for bodies. Raises ExchangeError.
    """
    if (fields.declared_length(headers) or 0) > max_bytes:
        raise _too_large(max_bytes, status)
    with BytesIO() as body:  # closed, for the traceback of an error keeps it
        try:
            decoder = decoder_for(headers.get("content-encoding", ""))
            async with aclosing(chunks):
                async for chunk in chunks:
                    record.received += len(chunk)
                    for piece in decoder.feed(chunk):
                        record.decoded += len(piece)
                        if record.decoded > max_bytes:
                            raise _too_large(max_bytes, status)
                        await share.need(record.decoded)
                        body.write(piece)
                    if record.received > max_bytes:
                        raise _too_large(max_bytes, status)
        except DecodingError as error:
            reason = f"the body {error}"
            raise ExchangeError(FailureGrade.SOFT, reason, status=status) from error
        if not decoder.complete:
            raise ExchangeError(FailureGrade.PASSING, BROKEN_BODY, status=status)
        return body.getvalue()


async def read_beginning(
    chunks: AsyncGenerator[bytes, None], *, headers: dict[str, str], max_bytes: int
) -> bytes:
    """The first bytes of a body, decoded; shorter when it breaks off or cannot be decoded."""
    body = bytearray()
    with suppress(DecodingError, ExchangeError):
        decoder = decoder_for(headers.get("content-encoding", ""))
        async with aclosing(chunks):
            async for chunk in chunks:
                for piece in decoder.feed(chunk):
                    body += piece
                    if len(body) >= max_bytes:
                        return bytes(body[:max_bytes])
    return bytes(body)


def _too_large(max_bytes: int, status: int) -> ExchangeError:
    return ExchangeError(FailureGrade.HARD, troubles.size_sentence(max_bytes), status=status)
