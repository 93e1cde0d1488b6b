"""The verbs about what is searched and read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from aggregator.storage import search_counts, search_pages
from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query
    from aggregator.storage import reading, streams
    from aggregator.storage.protocol import Order
    from aggregator.types import Article, Counts, SearchCounts, SearchPage, Story
else:  # each when one of its verbs is asked for
    reading = Later("reading")
    streams = Later("streams")


class ReadingVerbs(Transactions):
    """See `protocol.reading`."""

    def search(
        self,
        query: Query,
        *,
        limit: int,
        order: Order = "newest",
        fold: bool = False,
        after: str | None = None,
        passages: bool = True,
    ) -> SearchPage:
        return self._read(
            lambda session: search_pages.page(
                session,
                self._finder(session, query.root),
                query,
                limit=limit,
                order=order,
                fold=fold,
                after=after,
                passages=passages,
            )
        )

    def search_counts(self, query: Query, *, most: int = 20) -> SearchCounts:
        return self._read(
            lambda session: search_counts.counts(
                session, self._finder(session, query.root), most=most
            )
        )

    def matching(self, query: Query | None, *, beyond: int = 0, limit: int) -> list[Article]:
        return self._read(
            lambda session: reading.matching(
                session,
                None if query is None else self._finder(session, query.root),
                beyond=beyond,
                limit=limit,
            )
        )

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        min_sources: int = 1,
        limit: int,
        brief: bool = False,
        published: bool = False,
    ) -> list[Story]:
        return self._read(
            lambda session: reading.stories(
                session,
                since=since,
                until=until,
                min_sources=min_sources,
                limit=limit,
                brief=brief,
                published=published,
            )
        )

    def story(self, story_id: int) -> Story | None:
        return self._read(lambda session: reading.story(session, story_id))

    def article(self, article_id: int) -> Article | None:
        return self._read(lambda session: reading.article(session, article_id))

    def articles(self, article_ids: Collection[int]) -> list[Article]:
        return self._read(lambda session: reading.articles(session, article_ids))

    def counts(self) -> Counts:
        return self._read(reading.counts)

    def daily_counts(
        self, *, since: datetime, only: Collection[int] | None = None
    ) -> dict[int, dict[date, int]]:
        return self._read(lambda session: streams.daily_counts(session, since=since, only=only))
