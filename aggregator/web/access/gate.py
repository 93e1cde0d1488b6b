"""What every request passes: the host it names, who sends it, and where it comes from."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.config.web import WebConfig
from aggregator.errors import StorageError
from aggregator.web.access.bodies import Body
from aggregator.web.access.csrf import HEADER, SAFE, comes_from_elsewhere, is_token
from aggregator.web.access.headers import add_headers
from aggregator.web.access.hosts import Origin, WrongHost, origin_of
from aggregator.web.access.limits import Limits
from aggregator.web.access.paths import is_for_clients, is_open, is_probe
from aggregator.web.access.recognising import UnknownToken, nobody, recognise
from aggregator.web.access.secrets import chance
from aggregator.web.access.sessions import forms_in, set_forms
from aggregator.web.errors import answer, failed
from aggregator.web.site import Site


def gated(app: FastAPI, site: Site) -> None:
    """Put the gate in front of an application."""
    app.state.limits = Limits()
    app.add_middleware(Gate, site=site)


def came_by(request: Request) -> Origin:
    """How a request came here, as the gate has found."""
    origin: Origin = request.state.origin
    return origin


class Gate:
    """An ASGI middleware of its own: Starlette's base class would hold back what is streamed.

    Paths are taken from the scope, by which requests are routed: `Request.url` is put together with
    the header Host, which whoever asks writes.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # nothing else is served
        scope.setdefault("state", {})["visitor"] = nobody()
        request = Request(scope)
        web = self._site.config().web
        answering = _Answering(request, web, send)
        try:
            refusal = await self._pass(request, receive, answering, web)
        except StorageError as error:
            failed(request, error)
            refusal = await answer(request, 503, headers={"Retry-After": "5"})
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - no traceback goes to whoever asks
            failed(request, error)
            if answering.begun:
                raise _CutOff from None  # the connection must be closed: the answer is not whole
            refusal = await answer(request, 500)
        if refusal is not None:
            await refusal(scope, receive, answering.send)

    async def _pass(
        self, request: Request, receive: Receive, answering: _Answering, web: WebConfig
    ) -> Response | None:
        """Why it does not pass; None: it has been answered."""
        if is_probe(request.scope["path"]):
            await self._app(request.scope, receive, answering.send)
            return None
        try:
            origin = origin_of(request, web)
            answering.origin = request.state.origin = origin
            await self._recognise(request, origin, answering)
            body = Body(request.scope, receive)
            await body.admit()
            await self._check(request, origin, body, web)
        except WrongHost as error:
            return await answer(request, error.status, str(error))
        except UnknownToken:
            return await answer(request, 401, "This token is not known; it may have been revoked.")
        except HTTPException as error:
            return await answer(request, error.status_code, error.detail, headers=error.headers)
        await self._app(request.scope, body.receive, answering.send)
        return None

    async def _recognise(self, request: Request, origin: Origin, answering: _Answering) -> None:
        path = request.scope["path"]
        if path.startswith("/static/") or is_for_clients(path):
            return  # the same for everybody; asks by itself
        forms = forms_in(request, secure=origin.secure)
        if forms is None:
            forms = answering.new_forms = chance()
        request.state.visitor = await run_in_threadpool(
            recognise, self._site, request, origin, forms
        )
        if request.state.visitor.scope is None and not is_open(path):
            raise HTTPException(401, "Log in first, or send a token (Authorization: Bearer …).")

    async def _check(self, request: Request, origin: Origin, body: Body, web: WebConfig) -> None:
        """Requests of browsers that change something must come from our pages. What has no token
        for forms came with one of its own."""
        expected = request.state.visitor.csrf
        if request.method in SAFE or not expected:
            return
        if comes_from_elsewhere(request, origin, web.url):
            raise HTTPException(403, "This was sent by another site, and is not done.")
        given = request.headers.get(HEADER) or await body.csrf()
        if not is_token(given, expected):
            raise HTTPException(
                403,
                "This form is of another session. Load the page again and repeat it; programs send"
                " a token (Authorization: Bearer …).",
            )


class _CutOff(Exception):
    """An answer broke off; what happened is in the log."""


class _Answering:
    """Adds to an answer what every one has."""

    def __init__(self, request: Request, web: WebConfig, send: Send) -> None:
        self._request = request
        self._web = web
        self._send = send
        self.begun = False
        self.origin: Origin | None = None
        """None: it is not known yet."""
        self.new_forms: str | None = None
        """What the cookie for forms shall hold; None: what it holds."""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            asked = self._request.scope
            add_headers(headers, path=asked["path"], query=asked["query_string"], web=self._web)
            is_page = headers.get("content-type", "").startswith("text/html")
            if self.new_forms and self.origin and is_page:
                set_forms(headers, self.new_forms, secure=self.origin.secure)
        await self._send(message)
