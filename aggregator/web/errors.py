"""Errors as answers: pages for people, JSON for programs (RFC 9457), a sentence for both."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from aggregator.errors import ConfigError, QueryError, StorageError, UsageError
from aggregator.logs import get_logger
from aggregator.web.access.paths import is_for_programs, login_before
from aggregator.web.mistakes import mistakes_of
from aggregator.web.rendering import page
from aggregator.web.site import site_of

SENTENCES = {
    400: "The request cannot be understood.",
    401: "Log in first, or send a token.",
    403: "That is not allowed.",
    404: "There is nothing at this address.",
    405: "That cannot be done at this address.",
    500: "An error of ours; the log of the service says more.",
}
OUT_OF_REACH = "The database does not answer. Try again in a moment."


def add_handlers(app: FastAPI) -> None:
    """For everything that is raised on the way, but what is no error of ours to expect: that is
    the gate's."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StorageError, _storage)
    app.add_exception_handler(UsageError, _usage)
    app.add_exception_handler(ConfigError, _config)
    app.add_exception_handler(QueryError, _usage)


async def answer(
    request: Request,
    status: int,
    detail: str | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    problems: list[dict[str, object]] | None = None,
) -> Response:
    """An error as whoever asks can read it. `detail`: a sentence."""
    sentence = detail or SENTENCES.get(status) or f"{HTTPStatus(status).phrase}."
    if not wants_page(request):
        return _problem(status, sentence, headers, problems)
    if status == 401 and request.method in ("GET", "HEAD"):
        return _to_login(request)
    try:
        made: Response = await run_in_threadpool(
            page,
            request,
            "error.html.j2",
            status=status,
            code=status,
            title=HTTPStatus(status).phrase,
            sentence=sentence,
        )
    except Exception as error:  # noqa: BLE001 - what cannot be laid out must be said all the same
        failed(request, error)
        return _problem(status, sentence, headers, problems)
    made.headers.update(headers or {})
    return made


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer."""
    if is_for_programs(request.scope["path"]):
        return False
    return "text/html" in request.headers.get("accept", "")


def failed(request: Request, error: BaseException) -> None:
    """Say in the log what nobody expected."""
    get_logger().error(
        "request failed",
        method=request.method,
        path=request.scope["path"],
        error=f"{type(error).__name__}: {error}",
        at=_place(error),
    )


def _place(error: BaseException) -> str:
    """Where it was raised: file and line, those of ours last that led there."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "/aggregator/" in one.filename]
    shown = (
        f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in [*ours[-2:], *frames[-1:]]
    )
    return " ".join(dict.fromkeys(shown))


def _to_login(request: Request) -> Response:
    address = login_before(request.scope["path"], request.scope["query_string"].decode("latin-1"))
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def _problem(
    status: int,
    sentence: str,
    headers: Mapping[str, str] | None,
    problems: list[dict[str, object]] | None,
) -> Response:
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "column": None,
        "errors": problems or [],
    }
    sent = dict(headers or {})
    if status == 401:
        sent.setdefault("WWW-Authenticate", 'Bearer realm="aggregator"')
    return JSONResponse(content, status, headers=sent, media_type="application/problem+json")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type
    if error.status_code < 400 or error.status_code in (204, 304):
        return Response(status_code=error.status_code, headers=error.headers)
    return await answer(request, error.status_code, said_by(error), headers=error.headers)


def said_by(error: HTTPException) -> str | None:
    """Its sentence; None: it was raised without one, and has the name of its status."""
    named = error.detail == HTTPStatus(error.status_code).phrase
    return None if named else str(error.detail)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - narrows the type
    found = list(mistakes_of(error))
    if any(where[0] == "path" for where, _ in found):
        return await answer(request, 404)  # no number, where an address has one
    problems: list[dict[str, object]] = [
        {"where": ".".join(where), "message": right} for where, right in found
    ]
    told = "; ".join(f"“{'.'.join(where[1:]) or where[0]}” {right}" for where, right in found)
    return await answer(request, 422, f"{told}.", problems=problems)


async def _storage(request: Request, error: Exception) -> Response:
    get_logger().warning("database out of reach", path=request.scope["path"], error=str(error))
    return await answer(request, 503, OUT_OF_REACH, headers={"Retry-After": "5"})


async def _usage(request: Request, error: Exception) -> Response:
    return await answer(request, 400, _without_folder(request, str(error)))


async def _config(request: Request, error: Exception) -> Response:
    return await answer(request, 409, _without_folder(request, str(error)))


def _without_folder(request: Request, sentence: str) -> str:
    """Where feeds.yaml lies is nobody's business."""
    path = site_of(request).config_path
    for folder in {f"{path.parent}/", f"{path.absolute().parent}/"} - {"./", "/"}:
        sentence = sentence.replace(folder, "")
    return sentence
