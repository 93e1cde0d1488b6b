"""The OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from aggregator.service.shapes.articles import ArticleFields
from aggregator.web.api.problems import Problem
from aggregator.web.api.routing import API, Route
from aggregator.web.streaming import StoryEvent

_DESCRIPTION = """\
Everything that the command line can, for programs. Times are UTC (ISO 8601).

Who asks from this machine needs nothing where no password is set; else a token is sent as
`Authorization: Bearer TOKEN`. Lists that go on have `next`, the address of the next page. Answers
have an `ETag`: sent back as `If-None-Match`, it is answered 304 where nothing has changed. Errors
are problem details (RFC 9457) whose `detail` says what to do next. docs/api.md has examples.
"""
_PARTS = (
    ("stories", "What is being reported, and by whom."),
    ("articles", "Articles, and how they are marked."),
    ("search", "Finding articles."),
    ("export", "Taking articles out."),
    ("sources", "What is followed."),
    ("watches", "Saved searches that send what is new."),
    ("digests", "What is sent once a day or so."),
    ("program", "Whether all is well."),
    ("events", "What comes, as it comes."),
)


def describe(app: FastAPI) -> None:
    """Have the application serve it."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    def openapi(_: Request) -> Response:
        """In a thread: to make it takes half a second."""
        return JSONResponse(app.openapi())

    app.openapi = made  # type: ignore[method-assign]
    app.add_route(f"{API}/openapi.json", openapi, include_in_schema=False)


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        routes=[one.described for one in app.routes if isinstance(one, Route)],
        tags=[{"name": name, "description": text} for name, text in _PARTS],
    )
    schemas = document["components"]["schemas"]
    schemas.update(_further())
    _inherit(schemas.pop("ArticleFields"), schemas["ArticleDetail"])
    for path in document["paths"].values():
        for operation in path.values():
            _say_what_is_answered(operation["responses"], schemas)
    return document


def _further() -> dict[str, Any]:
    """Schemas of what no endpoint answers as JSON: problems, what events tell, and what others
    widen."""
    router = APIRouter()
    router.add_api_route("/", _nothing, response_model=Problem | StoryEvent | ArticleFields)
    found: dict[str, Any] = get_openapi(title="", version="", routes=router.routes)
    schemas: dict[str, Any] = found["components"]["schemas"]
    return schemas


def _nothing() -> None:
    """Stands for an endpoint."""


def _inherit(base: dict[str, Any], derived: dict[str, Any]) -> None:
    """Descriptions are read from a class itself only, not from those it is derived from."""
    for name, schema in base["properties"].items():
        if "description" in schema:
            derived["properties"][name].setdefault("description", schema["description"])


def _say_what_is_answered(responses: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The description of the schema, in place of “Successful Response”."""
    for status in responses.keys() & {"200", "201"}:
        content = responses[status]["content"]
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        known = schemas.get(name.rpartition("/")[2], {})
        if "description" in known:
            responses[status]["description"] = known["description"]
