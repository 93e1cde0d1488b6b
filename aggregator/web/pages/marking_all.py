"""Everything of a source, of a tag or of a search marked as read, up to what was seen."""

from __future__ import annotations

from aggregator.core.query import parse
from aggregator.storage.protocol import Storage
from aggregator.types import StreamQuery
from aggregator.web.site import Site
from aggregator.web.views.query_terms import with_term
from aggregator.web.views.sources_view import SILENT_AFTER
from aggregator.web.views.times import times_of

MOST_OF_SEARCH = 5_000
"""Articles of a search that are marked at once, the newest."""
_AT_A_TIME = 500


def latest_article(storage: Storage) -> int:
    """The id up to which all can be marked as read; 0: there is no article."""
    return next((item.article_id for item in storage.stream(StreamQuery(), limit=1)), 0)


def mark_sources_read(site: Site, *, until: int, source: int, tag: str) -> None:
    """Of the source with this id (0: of all), or of those with this tag ("": of all)."""
    only: list[int] | None = [source] if source else None
    now = site.clock()
    if tag:
        found = site.storage.source_outlines(now=now, silent_since=now - SILENT_AFTER, tag=tag)
        only = [one.source_id for one in found if not source or one.source_id == source]
    site.storage.mark_all_read(only, until=until, now=now)


def mark_found_read(site: Site, text: str, *, until: int) -> None:
    """What a search finds. Raises QueryError."""
    times = times_of(site.config(), site.clock())
    query = parse(with_term(text, "is:unread"), now=times.local(times.now))
    after = None
    for _ in range(MOST_OF_SEARCH // _AT_A_TIME):
        found = site.storage.search(query, limit=_AT_A_TIME, after=after, passages=False)
        numbers = [hit.article.article_id for hit in found.hits]
        site.storage.mark_read([one for one in numbers if one <= until], now=times.now)
        after = found.after
        if after is None:
            return
