"""Errors as programs read them: problem details (RFC 9457) with our sentences."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from aggregator.codec import to_json
from aggregator.errors import (
    AggregatorError,
    ConfigError,
    DatabaseBusy,
    DeliveryError,
    InstanceRunning,
    NotGrouped,
    QueryError,
    SandboxError,
    StorageError,
    UsageError,
)
from aggregator.web.errors import OUT_OF_REACH, SENTENCES, said_by
from aggregator.web.mistakes import mistakes_of
from aggregator.web.views.sentences import sentence

MEDIA_TYPE = "application/problem+json"

_WORDS = {
    401: "Nobody has logged in, or the token is unknown.",
    403: "The token may not do this.",
    404: "It does not exist.",
    409: "It does not go together with what is there; see `detail`.",
    422: "A parameter or the body cannot be used; see `detail` and `errors`.",
    502: "The other side could not be had.",
    503: "The database does not answer, or too many are listening; try again.",
}
_ALWAYS = (401, 403, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong."""

    where: str
    """As in `query.limit` or `body.articles.0`, or a key of feeds.yaml."""
    message: str
    """What would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong (RFC 9457)."""

    type: str
    """Always `about:blank`: the status says what kind of problem it is."""
    title: str
    """The name of the status."""
    status: int
    detail: str
    """A sentence that says what to do next."""
    column: int | None
    """Of a search that cannot be read: where, from 1; else null."""
    errors: tuple[Mistake, ...]
    """Everything that is wrong with the request or with feeds.yaml; empty: `detail` says it."""


class Refused(Exception):
    """Raised by an endpoint: the answer is this problem."""

    def __init__(self, status: int, detail: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an endpoint's refusals are described; those that all may give are added."""
    return {
        status: {
            "description": _WORDS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*statuses, *_ALWAYS})
    }


def texts(description: str, *kinds: str) -> dict[int | str, dict[str, Any]]:
    """How an answer is described that is no JSON."""
    content = {kind: {"schema": {"type": "string"}} for kind in kinds}
    return {200: {"description": description, "content": content}}


def problem(
    status: int,
    detail: str,
    *,
    column: int | None = None,
    errors: tuple[Mistake, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer."""
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        column=column,
        errors=errors,
    )
    return Response(
        to_json(body),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def problem_of(error: Exception, *, folder: str = "") -> Response | None:
    """The answer to what was raised; None: it is a mistake of ours. `folder`: that of feeds.yaml,
    which is nobody's business."""
    match error:
        case Refused():
            return problem(error.status, error.detail, headers=error.headers)
        case HTTPException():
            if error.status_code == 400:  # FastAPI's, of a body that is no JSON
                return problem(422, "The body cannot be read; send JSON in UTF-8.")
            headers = dict(error.headers or {})
            said = said_by(error) or SENTENCES.get(error.status_code) or str(error.detail)
            return problem(error.status_code, sentence(said), headers=headers)
        case RequestValidationError():
            return _invalid(error)
        case AggregatorError():
            return _of_ours(error, folder)
    return None


def _of_ours(error: AggregatorError, folder: str) -> Response:
    said = str(error).replace(folder, "") if len(folder) > len("./") else str(error)
    match error:
        case ConfigError():
            found = tuple(
                Mistake(where=f"line {one.line} {one.key}".strip(), message=one.message)
                for one in error.problems
            )
            return problem(409, f"feeds.yaml is wrong as it is: {said}", errors=found)
        case QueryError():
            return problem(422, sentence(said), column=error.column)
        case NotGrouped() | InstanceRunning():
            status = 409
        case UsageError():
            status = 422
        case DatabaseBusy() | StorageError():
            return problem(503, OUT_OF_REACH)  # its own sentence may name the database's path
        case DeliveryError() | SandboxError():
            status = 502
        case _:
            status = 422
    return problem(status, sentence(said))


def _invalid(error: RequestValidationError) -> Response:
    found = list(mistakes_of(error))
    told = "; ".join(f"`{'.'.join(where[1:]) or where[0]}` {right}" for where, right in found)
    return problem(
        422,
        f"{told}.",
        errors=tuple(
            Mistake(where=".".join(where), message=sentence(right)) for where, right in found
        ),
    )
