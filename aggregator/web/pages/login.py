"""Logging in and out."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from aggregator.web.access.gate import came_by
from aggregator.web.access.limits import Limits
from aggregator.web.access.passwords import LONGEST, hashed, is_dated, is_right
from aggregator.web.access.paths import local
from aggregator.web.access.secrets import secret_hash
from aggregator.web.access.sessions import end_session, open_session, session_in, set_session
from aggregator.web.access.visitor import visitor_of
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of

router = APIRouter()

_Next = Annotated[str, Form(alias="next", max_length=2000)]


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in addresses
    """The page to log in; whoever is known goes on."""
    if visitor_of(request).scope is not None:
        return RedirectResponse(local(next), 303)
    return _page(request, local(next))


@router.post("/login")
def log_in(
    request: Request,
    password: Annotated[str, Form(max_length=LONGEST)] = "",
    next: _Next = "/",  # noqa: A002 - the name in addresses
) -> Response:
    """A session for whoever has the password."""
    site, origin = site_of(request), came_by(request)
    limits: Limits = request.app.state.limits
    wait = limits.wait(origin.address, now=site.clock())
    if wait is not None:
        seconds = ceil(wait.total_seconds())
        made = _page(request, local(next), status=429, trouble=_too_often(seconds))
        made.headers["Retry-After"] = str(seconds)
        return made
    stored = site.storage.password_hash()
    if not is_right(stored, password):
        return _page(request, local(next), status=403, trouble="That is not the password.")
    limits.succeeded(origin.address)
    if stored is not None and is_dated(stored):
        site.storage.set_password_hash(hashed(password))
    answer = RedirectResponse(local(next), 303)
    renew_session(request, answer, site)
    return answer


@router.post("/logout")
def log_out(request: Request) -> Response:
    """End the session, here and in the store."""
    site, secure = site_of(request), came_by(request).secure
    secret = session_in(request, secure=secure)
    if secret is not None:
        site.storage.close_session(secret_hash(secret))
    answer = RedirectResponse("/login", 303)
    end_session(answer, secure=secure)
    return answer


def renew_session(request: Request, answer: Response, site: Site) -> None:
    """Another session in place of that which the browser may have. Raises StorageError."""
    secure = came_by(request).secure
    old = session_in(request, secure=secure)
    if old is not None:
        site.storage.close_session(secret_hash(old))
    secret = open_session(site, agent=request.headers.get("user-agent", ""))
    set_session(answer, secret, secure=secure)


def _page(
    request: Request, address: str, *, status: int = 200, trouble: str | None = None
) -> Response:
    return page(
        request,
        "login.html.j2",
        status=status,
        next=address,
        trouble=trouble,
        has_password=site_of(request).storage.password_hash() is not None,
    )


def _too_often(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    return f"Too many tries. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
