"""What endpoints take: numbers within bounds, times, and what they are served from."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Body, Depends, Path, Query

from aggregator.core.durations import parse_duration
from aggregator.core.query import MAX_LENGTH, parse
from aggregator.core.query_tree import Query as SearchQuery
from aggregator.types import Scope
from aggregator.web.access.visitor import needs
from aggregator.web.api.problems import Refused
from aggregator.web.mistakes import AFTER, ONE_LINE, WHEN
from aggregator.web.site import Site, site_of

MOST = 2**53 - 1
"""The greatest number that every reader of JSON can tell from its neighbours."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Here = Annotated[Site, Depends(site_of)]

READ = [Depends(needs(Scope.READ))]
MARK = [Depends(needs(Scope.MARK))]
ADMIN = [Depends(needs(Scope.ADMIN))]

ArticleId = Annotated[int, Path(ge=1, le=MOST, description="The number of an article.")]
StoryId = Annotated[int, Path(ge=1, le=MOST, description="The number of a story.")]
BodyId = Annotated[int, Body(ge=1, le=MOST, strict=True)]
BodyFlag = Annotated[bool, Body(strict=True)]
BodyText = Annotated[str, Body(max_length=2_000, pattern=ONE_LINE)]

Limit = Annotated[int, Query(ge=1, le=200, description="How many at the most.")]
Since = Annotated[
    str | None,
    Query(
        pattern=WHEN,
        description="How long ago (`12h`, `3d`), a day (`2026-02-07`, in UTC) or a time (ISO 8601;"
        " without an offset in UTC).",
    ),
]
SearchText = Annotated[
    str,
    Query(
        max_length=MAX_LENGTH,
        description="In the search language (docs/search.md). Days are those of the time zone of"
        " the section `digest`.",
    ),
]
After = Annotated[
    str | None,
    Query(
        max_length=400,
        pattern=AFTER,
        description="The next page: `after` of the page before.",
    ),
]


def when(given: str | None, *, now: datetime, name: str = "since") -> datetime | None:
    """Raises Refused."""
    if given is None:
        return None
    try:
        if _DAY.match(given):
            at = datetime.fromisoformat(given)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        return now - parse_duration(given)
    except (ValueError, OverflowError):
        raise Refused(
            422,
            f"{name}: “{given}” is neither a duration such as 12h or 3d nor a time such as"
            " 2026-02-07 or 2026-02-07T12:30:00Z.",
        ) from None


def read_query(text: str, site: Site) -> SearchQuery:
    """Raises QueryError."""
    return parse(text, now=site.clock().astimezone(site.config().digest.timezone))
