"""Everything under /api/v1, and the stream of events, which the page listens to as well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from aggregator.web import streaming
from aggregator.web.api import (
    adding,
    articles,
    digests,
    export,
    search,
    sources,
    status,
    stories,
    watches,
)
from aggregator.web.api.document import operation_id

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


_API = APIRouter(
    prefix="/api/v1",
    dependencies=[Depends(_credentials)],
    generate_unique_id_function=operation_id,
)
for _part in (
    stories.router,
    articles.router,
    search.router,
    export.router,
    adding.router,  # before sources, whose addresses take any name
    sources.router,
    watches.router,
    digests.router,
    status.router,
    streaming.router,
):
    _API.include_router(_part)

router = APIRouter()
router.include_router(_API)
router.include_router(streaming.router, include_in_schema=False)
