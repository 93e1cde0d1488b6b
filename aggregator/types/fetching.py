"""What is asked for over HTTP, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class FailureGrade(StrEnum):
    """How much a failure says about the feed (after Media Cloud's fetcher)."""

    HARD = "hard"
    """The answer is no feed, or the address cannot be right: counts 1."""
    SOFT = "soft"
    """An HTTP error that active feeds recover from (404, 429, 5xx): counts 0.5."""
    PASSING = "passing"
    """The network's fault (DNS, connection, time-out): counts 0.25."""

    @property
    def weight(self) -> float:
        return {"hard": 1.0, "soft": 0.5, "passing": 0.25}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    url: str
    accept: str = "*/*"
    etag: str | None = None
    """Sent as If-None-Match; None: not sent."""
    last_modified: str | None = None
    """Sent as If-Modified-Since; None: not sent."""
    headers: tuple[tuple[str, str], ...] = ()
    max_bytes: int = 32 * 1024 * 1024
    """Bound on the decoded body."""
    delta: bool = False
    """Take an answer with the new entries only, where the server has that (RFC 3229)."""
    proxy: str | None = field(default=None, repr=False)
    """Such as socks5://user:password@proxy.example.org:1080; "": none; None: the fetcher's own."""


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Fetched:
    """A 200 with its whole body, or a 226 with what is new.

    The fetcher notices when nobody holds it any longer, for its memory: do not keep it for long.
    """

    url: str
    """The address that answered, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    etag: str | None
    """None: the answer had none."""
    last_modified: str | None
    """None: the answer had none."""
    elapsed: timedelta
    moved_to: str | None = None
    """The address that all redirects on the way, permanent ones, say to use from now on; None:
    there was none, or one was temporary or led from https to http."""
    delta: bool = False
    """The body has the new entries only (a 226): what it lacks is not gone."""

    @property
    def content_type(self) -> str | None:
        """The Content-Type header; None: absent."""
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304; the validators it carried, if any."""

    url: str
    etag: str | None
    last_modified: str | None
    elapsed: timedelta
    moved_to: str | None = None
    """As in `Fetched`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    @property
    def status(self) -> int:
        return 304


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """An expected failure is a value."""

    url: str
    grade: FailureGrade
    reason: str
    """A sentence that the user understands."""
    status: int | None = None
    """None: no answer came."""
    retry_after: timedelta | None = None
    """As the server asked, already relative to now; None: not asked."""
    elapsed: timedelta = timedelta()
    private: bool = False
    """The server that answered has no public address."""


FetchOutcome = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest:
    """Something that is handed over. It may be sent twice, after a connection that died meanwhile:
    the receiver must be able to tell by a header of it."""

    url: str = field(repr=False)
    """May hold a login, or be a secret as a whole."""
    body: bytes = field(repr=False)
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    max_bytes: int = 16 * 1024
    """Of the answer's decoded body; what goes beyond is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a server said to a POST, whatever its status. A redirect is not followed."""

    status: int
    body: bytes
    """Its beginning when it is long; less when it breaks off or is slow to come."""
    retry_after: timedelta | None
    """As in `FetchFailed`."""


PostOutcome = Answered | FetchFailed
"""FetchFailed: no answer came. Its `url` is cut to the host's, for the rest may be a secret."""
