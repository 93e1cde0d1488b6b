"""Cookies: one of whoever has logged in, and one for the forms of whoever has not."""

from __future__ import annotations

from datetime import timedelta

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response

from aggregator.types import WebSession
from aggregator.web.access.secrets import chance, secret_hash
from aggregator.web.site import Site

_SESSION = "aggregator-session"
_FORMS = "aggregator-forms"
_LIFE = timedelta(days=400)
"""The longest that browsers keep a cookie; the store ends a session 30 days after it was last
seen."""
_AGENT = 200


def open_session(site: Site, *, agent: str) -> str:
    """What its cookie holds. Raises StorageError."""
    secret, now = chance(), site.clock()
    site.storage.open_session(
        WebSession(
            hash=secret_hash(secret),
            created_at=now,
            seen_at=now,
            agent=agent[:_AGENT],
        )
    )
    return secret


def set_session(response: Response, secret: str, *, secure: bool) -> None:
    response.headers.append("set-cookie", _cookie(_SESSION, secret, secure=secure, life=_LIFE))


def end_session(response: Response, *, secure: bool) -> None:
    """Have the browser forget it."""
    response.headers.append("set-cookie", _cookie(_SESSION, "", secure=secure, life=timedelta(0)))


def session_in(connection: HTTPConnection, *, secure: bool) -> str | None:
    """What the cookie holds; None: there is none."""
    return connection.cookies.get(_name(_SESSION, secure=secure)) or None


def forms_in(connection: HTTPConnection, *, secure: bool) -> str | None:
    return connection.cookies.get(_name(_FORMS, secure=secure)) or None


def set_forms(headers: MutableHeaders, secret: str, *, secure: bool) -> None:
    """Until the browser is closed."""
    headers.append("set-cookie", _cookie(_FORMS, secret, secure=secure, life=None))


def _name(name: str, *, secure: bool) -> str:
    # Of such a name browsers take only cookies that this very host has set by https.
    return f"__Host-{name}" if secure else name


def _cookie(name: str, value: str, *, secure: bool, life: timedelta | None) -> str:
    parts = [f"{_name(name, secure=secure)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if life is not None:
        parts.append(f"Max-Age={int(life.total_seconds())}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)
