"""How the endpoints of the API are registered.

FastAPI makes a route anew wherever its router is included, and what that takes is felt each time
the program starts: so each part has the prefix, the dependencies and the names of the whole, and
what it answers becomes a schema when the document is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from aggregator.web.api.problems import problem_of
from aggregator.web.site import site_of

API = "/api/v1"

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token of `aggregator web token add`. Its scope says what it may: `read` looks,"
    " `mark` marks as read and stars, too, `admin` changes all the rest.",
)


def _credentials(
    _given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
) -> None:
    """Only says in the document what the gate takes; the gate has looked at it before."""


class Route(APIRoute):
    """Answers with problems, whatever the endpoint and its dependencies raise. Endpoints give
    finished responses, so that `response_model` is of use to the document only."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        response_model: Any = None,
        **given: Any,
    ) -> None:
        super().__init__(path, endpoint, response_model=None, **given)
        self._given = {**given, "response_model": response_model}

    @cached_property
    def described(self) -> APIRoute:
        """The same with who may ask, and what it answers."""
        dependencies = [Depends(_credentials), *self.dependencies]
        return APIRoute(self.path, self.endpoint, **{**self._given, "dependencies": dependencies})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                told = problem_of(error, folder=f"{site_of(request).config_path.parent}/")
                if told is None:
                    raise
                return told

        return handle


def part(prefix: str = "", *, tag: str) -> APIRouter:
    """A part of the API. `tag`: that of its endpoints in the document."""
    return APIRouter(
        prefix=f"{API}{prefix}",
        tags=[tag],
        route_class=Route,
        generate_unique_id_function=_operation_id,
    )


def _operation_id(route: APIRoute) -> str:
    """As in `stories_merge`."""
    return f"{route.tags[0]}_{route.name}"
