"""A search that goes on: what comes while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.core.query import parse
from aggregator.core.watch import Matcher, why_unfit
from aggregator.errors import UsageError
from aggregator.pipeline.watching import AT_A_TIME, MOMENTS, PATIENCE
from aggregator.storage.protocol import Storage
from aggregator.types import SearchHit, Watch, WatchCursor, WatchItem, WatchPer


@dataclass(slots=True, kw_only=True)
class Follower:
    """Looks as watches do, and remembers nothing beyond its own end; reads only.

    Days in the query are days of local time.
    """

    storage: Storage
    query: str
    clock: Callable[[], datetime]
    """Of the store, which says how old articles are."""
    _watch: Watch = field(init=False)
    _matcher: tuple[datetime, Matcher] = field(init=False)
    """And when its query was read."""
    _cursor: WatchCursor = field(init=False)
    _told: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """From now on. Raises QueryError, and UsageError for what is not known of a new article."""
        now = self.clock()
        self._watch = Watch(name="search", query=self.query, per=WatchPer.ARTICLE, to=("terminal",))
        unfit = why_unfit(parse(self.query, now=now.astimezone()).root)
        if unfit is not None:
            raise UsageError(unfit)
        self._matcher = self._read(now)
        self._cursor = self.storage.latest_cursor()

    def news(self) -> list[SearchHit]:
        """What has come since the last call and matches; each article once."""
        hits: list[SearchHit] = []
        while True:
            now = self.clock()
            items, after = self.storage.to_watch(
                self._cursor, limit=AT_A_TIME, now=now, patience=PATIENCE
            )
            if after == self._cursor:
                return hits
            self._cursor = after
            found = (self._hit(item, now) for item in items)
            hits += [hit for hit in found if hit is not None]

    def _hit(self, item: WatchItem, now: datetime) -> SearchHit | None:
        if item.article_id in self._told:
            return None
        matcher = self._current(now)
        if not matcher.match(item):
            return None
        article = self.storage.article(item.article_id)
        if article is None:
            return None
        self._told.add(item.article_id)
        return SearchHit(
            article=article.summary,
            snippet=matcher.hit(self._watch, item, now=now).snippet,
            relation=item.relation,
            outlets=item.outlets,
        )

    def _current(self, now: datetime) -> Matcher:
        read_at, matcher = self._matcher
        if matcher.is_timed and not timedelta() <= now - read_at < MOMENTS:
            self._matcher = self._read(now)
        return self._matcher[1]

    def _read(self, now: datetime) -> tuple[datetime, Matcher]:
        return now, Matcher([(self._watch, parse(self.query, now=now.astimezone()))])
