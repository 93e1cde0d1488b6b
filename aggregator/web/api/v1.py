"""Everything under /api/v1, and the stream of events, which the page listens to as well."""

from __future__ import annotations

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

ROUTERS = (
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
    streaming.for_page,
)
