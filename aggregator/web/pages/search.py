"""Search: the same language as on the command line, narrowed by links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from aggregator.core.query import parse
from aggregator.core.query_tree import Query
from aggregator.errors import QueryError, UsageError
from aggregator.storage.protocol import Storage
from aggregator.types import Scope, SearchPage
from aggregator.web.access.visitor import needs
from aggregator.web.pages.marking_all import MOST_OF_SEARCH, latest_article
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views import search_view
from aggregator.web.views.outlets import counted
from aggregator.web.views.search_view import Asked, CountsView, HitView, Mistake
from aggregator.web.views.times import Times, times_of

router = APIRouter()

HITS = 20
"""On one page."""
FACETS = 12
"""Sources and languages that are offered."""


def _asked(*, q: str = "", by: str = "newest", after: str = "", flat: str = "") -> Asked:
    return Asked(
        q=q.strip(),
        by="relevance" if by == "relevance" else "newest",
        flat=flat in {"1", "true", "on"},
        after=after,
    )


@router.get("/search", dependencies=[Depends(needs(Scope.READ))])
def search(
    request: Request,
    site: Annotated[Site, Depends(site_of)],
    asked: Annotated[Asked, Depends(_asked)],
) -> Response:
    config, times = site.config(), times_of(site.config(), site.clock())
    mistake: Mistake | None = None
    trouble: str | None = None
    found: SearchPage | None = None
    counts: CountsView | None = None
    found_in_all = 0
    if asked.q:
        try:
            query = parse(asked.q, now=times.local(times.now))
            found = _found(site.storage, query, asked)
            totals = site.storage.search_counts(query, most=FACETS)
            found_in_all = totals.articles
            counts = search_view.counts_view(totals, asked, times)
        except QueryError as error:
            mistake = search_view.mistake_of(asked.q, error)
        except UsageError:
            trouble = "This page of the search is no more; begin with its first one."
    return page(
        request,
        "search.html.j2",
        status=400 if mistake or trouble else 200,
        asked=asked,
        mistake=mistake,
        trouble=trouble,
        hits=_hits(site.storage, found, times),
        ranked_from=times.at(found.ranked_from) if found and found.ranked_from else None,
        counts=counts,
        latest=latest_article(site.storage) if found and found.hits else 0,
        all_read_hint=_hint(found_in_all),
        filters=search_view.filters_of(asked) if counts else (),
        marks=search_view.marks_of(asked) if counts else (),
        all_days=search_view.days_chosen(asked) if counts else None,
        older=(
            Asked(q=asked.q, by=asked.by, flat=asked.flat, after=found.after).address
            if found and found.after
            else None
        ),
        first=asked.but() if asked.after else None,
        by_newest=asked.but(by="newest"),
        by_relevance=asked.but(by="relevance"),
        folded=asked.but(flat=False),
        flat=asked.but(flat=True),
        feed=f"/feeds/articles.atom?{urlencode({'q': asked.q})}",
        watch=f"/watches?{urlencode({'query': asked.q})}#add",
        watches=[(one.name, asked.but(q=one.query)) for one in config.watches if one.query],
        bar_height=search_view.BAR_HEIGHT,
    )


def _hint(number: int) -> str:
    """What a button would mark."""
    if number <= MOST_OF_SEARCH:
        return f"{counted(number, 'article')} up to now"
    return f"the newest {MOST_OF_SEARCH:,} of them that are unread"


def _found(storage: Storage, query: Query, asked: Asked) -> SearchPage:
    return storage.search(
        query,
        limit=HITS,
        order="relevance" if asked.by == "relevance" else "newest",
        fold=not asked.flat,
        after=asked.after or None,
    )


def _hits(storage: Storage, found: SearchPage | None, times: Times) -> Sequence[HitView]:
    hits = found.hits if found else ()
    marks = storage.marks([hit.article.article_id for hit in hits]) if hits else {}
    return [search_view.hit_view(hit, marks, times) for hit in hits]
