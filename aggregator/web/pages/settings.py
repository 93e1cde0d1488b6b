"""Tokens, the password, and who is logged in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import UsageError
from aggregator.types import Scope
from aggregator.web.access.gate import came_by
from aggregator.web.access.limits import Limits
from aggregator.web.access.passwords import LONGEST, hashed, is_right
from aggregator.web.access.secrets import new_token, secret_hash
from aggregator.web.access.sessions import end_session, session_in
from aggregator.web.access.visitor import Visitor, needs, visitor_of
from aggregator.web.pages.login import renew_session
from aggregator.web.rendering import page
from aggregator.web.site import site_of
from aggregator.web.views.sentences import sentence_of

router = APIRouter()

_Admin = Annotated[Visitor, Depends(needs(Scope.ADMIN))]
_Password = Annotated[str, Form(max_length=LONGEST)]


@router.get("/settings")
def show(request: Request, _: _Admin) -> Response:
    return _page(request)


@router.post("/settings/password")
def change_password(
    request: Request,
    _: _Admin,
    new: _Password,
    again: _Password,
    old: _Password = "",
) -> Response:
    """Set it, or another one. All sessions end, and whoever did it gets a new one."""
    site = site_of(request)
    stored = site.storage.password_hash()
    if stored is not None:
        limits: Limits = request.app.state.limits
        if limits.wait(came_by(request).address, now=site.clock()) is not None:
            return _page(request, status=429, trouble="Too many tries. Try again later.")
        if not is_right(stored, old):
            return _page(request, status=403, trouble="That is not the present password.")
        limits.succeeded(came_by(request).address)
    if new != again:
        return _page(request, status=400, trouble="The two new passwords are not the same.")
    try:
        made = hashed(new)
    except UsageError as error:
        return _page(request, status=400, trouble=sentence_of(error))
    site.storage.set_password_hash(made)
    answer = RedirectResponse("/settings", 303)
    renew_session(request, answer, site)
    return answer


@router.post("/settings/tokens")
def add_token(
    request: Request, _: _Admin, name: Annotated[str, Form()], scope: Annotated[Scope, Form()]
) -> Response:
    """The token is shown this once."""
    site = site_of(request)
    try:
        token, stored = new_token(name, scope, now=site.clock())
        site.storage.add_token(stored)
    except UsageError as error:
        return _page(request, status=400, trouble=sentence_of(error))
    return _page(request, token=token, token_name=stored.name)


@router.post("/settings/tokens/revoke")
def revoke_token(request: Request, _: _Admin, name: Annotated[str, Form()]) -> Response:
    site_of(request).storage.revoke_token(name)
    return RedirectResponse("/settings", 303)


@router.post("/settings/sessions/end")
def end_sessions(request: Request, _: _Admin) -> Response:
    """All, this one too."""
    site_of(request).storage.close_sessions()
    answer = RedirectResponse("/login", 303)
    end_session(answer, secure=came_by(request).secure)
    return answer


def _page(
    request: Request,
    *,
    status: int = 200,
    trouble: str | None = None,
    token: str | None = None,
    token_name: str = "",
) -> Response:
    site = site_of(request)
    web = site.config().web
    secret = session_in(request, secure=came_by(request).secure)
    return page(
        request,
        "settings.html.j2",
        status=status,
        trouble=trouble,
        token=token,
        token_name=token_name,
        has_password=site.storage.password_hash() is not None,
        tokens=site.storage.tokens(),
        sessions=site.storage.sessions(now=site.clock()),
        own=secret_hash(secret) if secret and visitor_of(request).session else None,
        listen=web.listen,
        url=web.url,
        images=web.images.value,
        proxy=web.proxy.header if web.proxy else None,
        scopes=tuple(Scope),
    )
