"""What went wrong on the way, as a sentence that the user understands."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

from aggregator.types import FailureGrade

_SOFT_STATUSES = frozenset({403, 404, 408, 421, 425, 429})
"""Answers that active feeds give and recover from, besides every 5xx."""

BROKEN_BODY = "the body broke off before its end"


class ExchangeError(Exception):
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


def status_grade(status: int) -> FailureGrade:
    """How much an HTTP error says about the feed."""
    if status in _SOFT_STATUSES or status >= 500:
        return FailureGrade.SOFT
    return FailureGrade.HARD


def status_sentence(status: int) -> str:
    """Such as "the server answered 503 Service Unavailable"."""
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    return f"the server answered {status}{phrase}"


def connection_trouble(
    error: BaseException, host: str, *, proxy: str | None = None
) -> tuple[FailureGrade, str]:
    """Why no connection came about, from the first telling cause behind `error`.

    `proxy`: the one that was to be connected to instead; None: there is none.
    """
    peer = f"the proxy {proxy}" if proxy else host
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = cause.verify_message.rstrip(".")
            return FailureGrade.SOFT, f"the certificate of {host} is not trusted: {reason}"
        if _is_reset(cause):
            return FailureGrade.PASSING, f"{peer} broke off the connection"
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason.replace("_", " ").lower()
            return FailureGrade.SOFT, f"no secure connection to {host} could be made: {reason}"
        if isinstance(cause, socket.gaierror):
            return FailureGrade.PASSING, f"no address is known for host {peer}"
        if isinstance(cause, ConnectionRefusedError):
            return FailureGrade.PASSING, f"{peer} refused the connection"
    return FailureGrade.PASSING, f"{peer} could not be reached"


def _is_reset(error: BaseException) -> bool:
    if isinstance(error, ssl.SSLError):
        # Of a reset amid the handshake Python before 3.11.5 gives no reason at all.
        return isinstance(error, ssl.SSLEOFError) or error.reason is None
    return isinstance(error, ConnectionResetError)


def proxy_sentence(text: str) -> str:
    """From what the transport says: "407 Proxy Authentication Required", or the rest after "the
    proxy" (see socks.SocksError)."""
    return f"the proxy answered {text}" if text[:1].isdigit() else f"the proxy {text}"


def time_sentence(limit: timedelta) -> str:
    """Such as "took longer than 30 s"."""
    return f"took longer than {limit.total_seconds():g} s"


def size_sentence(limit: int) -> str:
    """Such as "the body is larger than 32 MiB"."""
    for unit, size in (("MiB", 1024 * 1024), ("KiB", 1024)):
        if limit >= size:
            return f"the body is larger than {limit / size:.4g} {unit}"
    return f"the body is larger than {limit} bytes"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything behind it, nearest first; each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting.extend(link for link in (current.__cause__, current.__context__) if link)
