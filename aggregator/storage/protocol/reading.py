"""What a store must do about what is searched and read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query
    from aggregator.types import Article, Counts, SearchCounts, SearchPage, Story

Order = Literal["newest", "relevance"]


class ReadingStore(Protocol):
    """See `protocol.Storage`."""

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
        """Articles that match, by when they were first stored or by relevance.

        Of a word in the article's language every form is found, of a phrase in quotes these only.
        `fold`: of the articles of a story that match, the first of the answer stands for all, on
        whatever page that is. `after` is what the page before gave; what has arrived since the
        first page is on none. What has no words to rank by comes newest first in either order.
        Without `passages` snippets are empty, which is less work.
        Raises UsageError for an `after` that was given for another search, or is none.
        """

    def search_counts(self, query: Query, *, most: int = 20) -> SearchCounts:
        """How many articles match; `most` sources and languages are named."""

    def matching(self, query: Query | None, *, beyond: int = 0, limit: int) -> list[Article]:
        """Whole articles that match (None: all), ids above `beyond`, by id: up to
        `limit`, fewer where their texts are long, at least one if there is any. Without former
        revisions."""

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
        """Stories with an article first seen in [since, until), the one with most outlets first,
        then the latest; None: no bound. Each comes with all its articles. `brief`: only the first
        of them has its excerpt. `published`: the bounds are those of `ArticleSummary.at`."""

    def story(self, story_id: int) -> Story | None:
        """None: there is no such story."""

    def article(self, article_id: int) -> Article | None:
        """With its former revisions and its assignment; None: there is no such article."""

    def articles(self, article_ids: Collection[int]) -> list[Article]:
        """Those that exist, by id, without former revisions."""

    def counts(self) -> Counts:
        """Totals for summaries and health checks."""

    def daily_counts(
        self, *, since: datetime, only: Collection[int] | None = None
    ) -> dict[int, dict[date, int]]:
        """Articles first seen since then, by source id and UTC day; days without any are left
        out. `only`: of these sources; None: of all."""
