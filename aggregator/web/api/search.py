"""Search: which articles match, and how many."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.service.shapes.hits import CountsFields, HitFields, counts_fields, hit_fields
from aggregator.web.api.answers import Page, answer, page
from aggregator.web.api.parameters import READ, After, Here, Limit, SearchText, read_query
from aggregator.web.api.problems import problems
from aggregator.web.api.routing import part

router = part("/search", tag="search")


@router.get("", dependencies=READ, response_model=Page[HitFields], responses=problems(422))
def search(
    *,
    request: Request,
    here: Here,
    q: SearchText,
    by: Annotated[
        Literal["newest", "relevance"],
        Query(description="What comes first: what was stored last, or what fits best."),
    ] = "newest",
    flat: Annotated[
        bool,
        Query(
            description="Every article for itself; else one stands for all of its story that match."
        ),
    ] = False,
    limit: Limit = 20,
    after: After = None,
) -> Response:
    """Articles that match. What has come since the first page is on none of the next ones."""
    found = here.storage.search(
        read_query(q, here), limit=limit, order=by, fold=not flat, after=after
    )
    return page(request, [*map(hit_fields, found.hits)], after=found.after)


@router.get("/counts", dependencies=READ, response_model=CountsFields, responses=problems(422))
def count(
    request: Request,
    here: Here,
    q: SearchText,
    most: Annotated[
        int, Query(ge=1, le=500, description="How many sources and languages are named.")
    ] = 20,
) -> Response:
    """How many articles match, by day, source and language."""
    counts = here.storage.search_counts(read_query(q, here), most=most)
    return answer(request, counts_fields(counts))
