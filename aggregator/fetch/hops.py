"""The requests of one exchange: what each sends, and where a redirect leads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.core.urls import host_key, normalise, same_server
from aggregator.fetch import headers as fields
from aggregator.fetch import troubles
from aggregator.fetch.decoding import ACCEPT_ENCODING
from aggregator.fetch.troubles import ExchangeError
from aggregator.types import FailureGrade, FetchRequest, PostRequest

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_DELTA = ("A-IM", "feed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of an exchange; a redirect makes another of it."""

    url: str
    accept: str
    extra: tuple[tuple[str, str], ...]
    validators: tuple[tuple[str, str], ...]
    body: bytes | None = None
    """Of a POST; None: it is a GET."""

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def host(self) -> str:
        """As in core.urls.host_key."""
        return host_key(self.url)

    @property
    def endpoint(self) -> tuple[str, int]:
        """(host without brackets, port)."""
        host, colon, port = self.host.rpartition(":")
        if not colon or port.endswith("]"):
            host, port = self.host, "443" if self.url.startswith("https:") else "80"
        return host.strip("[]"), int(port)

    @property
    def origin_and_target(self) -> tuple[str, str]:
        scheme, _, rest = self.url.partition("://")
        netloc, _, target = rest.partition("/")
        return f"{scheme}://{netloc}/", f"/{target}"

    @property
    def offers_delta(self) -> bool:
        """Whether an answer with new entries only (226) is welcome."""
        return _DELTA in self.validators

    def fields(self, user_agent: str) -> list[tuple[bytes, bytes]]:
        """What is sent, and nothing else. Raises ExchangeError."""
        try:
            return fields.merged(
                [("Host", self.host), ("User-Agent", user_agent), ("Accept", self.accept)],
                self.extra,
                [("Accept-Encoding", ACCEPT_ENCODING)],
                self.validators,
            )
        except ValueError as error:
            raise ExchangeError(FailureGrade.HARD, str(error)) from error

    def towards(self, url: str) -> Hop:
        """The same request to where a redirect points. Another origin gets no secrets, and no
        validators, which were given by this one; the same host over https is no other."""
        if same_server(self.url, url):
            return replace(self, url=url)
        return replace(self, url=url, extra=fields.without_secrets(self.extra), validators=())


def first_hop(request: FetchRequest) -> Hop | None:
    """None: the address is no http(s) one."""
    address = _address(request.url)
    if address is None:
        return None
    url, login = address
    return Hop(
        url=url,
        accept=request.accept,
        extra=(*login, *request.headers),
        validators=_validators(request),
    )


def post_hop(request: PostRequest) -> Hop | None:
    """The same."""
    address = _address(request.url)
    if address is None:
        return None
    url, login = address
    return Hop(
        url=url,
        accept="*/*",
        extra=(*login, ("Content-Type", request.content_type), *request.headers),
        validators=(),
        body=request.body,
    )


def _address(url: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """Without the login in it, and that as headers; None: it is no http(s) one."""
    full, bare = normalise(url, userinfo=True), normalise(url)
    return None if full is None or bare is None else (bare, _login(full))


def redirect_target(url: str, status: int, headers: dict[str, str]) -> str:
    """Where the answer of `url` leads. Raises ExchangeError when that cannot be followed."""
    location = headers.get("location")
    if not location:
        reason = f"{troubles.status_sentence(status)} without saying where to go"
        raise ExchangeError(FailureGrade.SOFT, reason, status=status)
    # Header bytes that are no ASCII are UTF-8 more often than anything else.
    location = location.encode("latin-1").decode("utf-8", errors="replace")
    target = normalise(location, base=url)
    if target is None:
        shown = location[:100].encode("ascii", errors="replace").decode()
        reason = f"the server redirects to what is no http or https address ({shown!r})"
        raise ExchangeError(FailureGrade.HARD, reason, status=status)
    return target


def is_permanent(status: int, url: str, target: str) -> bool:
    """Whether a redirect may replace an address for good: never one from https to http."""
    downgraded = url.startswith("https:") and not target.startswith("https:")
    return status in _PERMANENT and not downgraded


def _login(url: str) -> tuple[tuple[str, str], ...]:
    userinfo, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    return (fields.basic_authorization(userinfo),) if at else ()


def _validators(request: FetchRequest) -> tuple[tuple[str, str], ...]:
    pairs = [("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified)]
    sent = [(name, value) for name, value in pairs if value is not None]
    # A difference needs something to differ from, which RFC 3229 names by the ETag.
    if request.delta and request.etag is not None:
        sent.append(_DELTA)
    return tuple(sent)
