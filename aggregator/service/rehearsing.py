"""What a watch would have sent: the time that has passed, once more, and nothing is sent.

What was caught is looked for as watches look (`pipeline.watching`): each article when it was first
seen, in its story as far as that had come by then. Its text, its relation to the story, and the
story itself are as they are now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from aggregator.core.query import parse
from aggregator.core.query_relaxed import relaxed
from aggregator.core.query_tree import After, And, Query, joined
from aggregator.core.watch import Matcher
from aggregator.core.watch_rules import next_time, silent_sources, sources_of
from aggregator.pipeline.watching import STORY
from aggregator.storage.protocol import Storage
from aggregator.storage.watches import FRESH
from aggregator.types import ArticleSummary, NoticeItem, Watch, WatchHit, WatchItem

ROUND = timedelta(seconds=2)
"""What is caught within it is in one message: as often a service looks."""
_PAGE = 500
_OF_STORY = 2_000
"""Articles of a story that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One that would have been made."""

    at: datetime
    """Later than now: it waits until then."""
    items: tuple[NoticeItem, ...]
    """All of it, the earliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    watch: Watch
    since: datetime
    until: datetime
    messages: tuple[Message, ...]
    """By time."""

    @property
    def items(self) -> int:
        return sum(len(one.items) for one in self.messages)


def rehearse(
    storage: Storage, watch: Watch, *, since: datetime, now: datetime, timezone: tzinfo
) -> Rehearsal:
    """What the watch would have sent of what was first seen since then; reads only. Days in its
    query are days in `timezone`.

    Of a watch for silent sources: what it would tell now, for how things were is not kept.
    """
    if watch.silent is not None:
        hits = silent_sources(storage.source_statuses(), watch, sources_of(watch), now=now)
    else:
        hits = _caught(storage, watch, since, timezone, now)
    return Rehearsal(
        watch=watch,
        since=since,
        until=now,
        messages=tuple(
            Message(at=at, items=tuple(storage.notice_items(bundle)))
            for at, bundle in bundles(watch, hits)
        ),
    )


def bundles(watch: Watch, hits: Sequence[WatchHit]) -> Iterator[tuple[datetime, list[WatchHit]]]:
    """When messages would be made of `hits` (in order of time), and what would be in each."""
    made: list[datetime] = []
    waiting: list[WatchHit] = []
    due: datetime | None = None
    for hit in hits:
        if due is not None and due < hit.at:
            yield due, waiting
            made.append(due)
            waiting, due = [], None
        if due is None:
            due = next_time(watch, now=hit.at + ROUND, made=made)
        waiting.append(hit)
    if due is not None:
        yield due, waiting


# --- what was caught -----------------------------------------------------------------------------


def _caught(
    storage: Storage, watch: Watch, since: datetime, zone: tzinfo, now: datetime
) -> list[WatchHit]:
    """By the time at which they would have been caught, each subject once."""
    reader = _Reader(watch, zone)
    found = _candidates(storage, parse(watch.query, now=now.astimezone(zone)), since)
    wanted = {one.article_id for one in found}
    hits: list[WatchHit] = []
    for story_id in dict.fromkeys(one.story_id for one in found):
        if story_id is not None:  # else nobody has looked for stories since
            hits += reader.hits(storage.watch_items(story_id, limit=_OF_STORY), wanted)
    first: dict[str, WatchHit] = {}
    for hit in sorted(hits, key=lambda hit: (hit.at, hit.article_id or 0)):
        first.setdefault(hit.subject, hit)
    return [*first.values()]


class _Reader:
    """Goes through stories, and reads the query anew where times in it go with the clock."""

    def __init__(self, watch: Watch, zone: tzinfo) -> None:
        self._watch = watch
        self._zone = zone
        self._matcher: Matcher | None = None

    def hits(self, members: Sequence[WatchItem], wanted: Collection[int]) -> Iterator[WatchHit]:
        """What the articles of a story bring about that are `wanted`, as they come."""
        sources: set[int] = set()
        there: list[WatchItem] = []
        for item in sorted(members, key=lambda one: (one.first_seen_at, one.article_id)):
            sources.add(item.source_id)
            there.append(item)
            if item.article_id in wanted:
                yield from self._brought(there, outlets=len(sources))

    def _brought(self, there: Sequence[WatchItem], *, outlets: int) -> Iterator[WatchHit]:
        """By the last one of these."""
        came = there[-1]
        first_at = min(one.at for one in there)
        matcher = self._at(came.first_seen_at)

        def then(item: WatchItem) -> WatchItem:
            return replace(item, outlets=outlets, is_first=item.at == first_at)

        if matcher.match(then(came)):
            yield matcher.hit(self._watch, came, now=came.first_seen_at)
        elif matcher.needs_stories and outlets > 1:
            for watch, item in matcher.match_story([then(one) for one in there[-STORY:]]):
                yield matcher.hit(watch, item, now=came.first_seen_at)

    def _at(self, now: datetime) -> Matcher:
        if self._matcher is None or self._matcher.is_timed:
            query = parse(self._watch.query, now=now.astimezone(self._zone))
            self._matcher = Matcher([(self._watch, query)])
        return self._matcher


def _candidates(storage: Storage, query: Query, since: datetime) -> list[ArticleSummary]:
    """What is news since then and may have matched: times and stories are left open."""
    bound = After(since - FRESH)
    wanted = replace(query, root=joined(And, [relaxed(query.root), bound]) or bound)
    found: list[ArticleSummary] = []
    after: str | None = None
    while True:
        page = storage.search(wanted, limit=_PAGE, after=after, passages=False)
        fresh = [hit.article for hit in page.hits if hit.article.first_seen_at >= since]
        found += [one for one in fresh if one.at >= one.first_seen_at - FRESH]
        after = page.after
        if after is None or len(fresh) < len(page.hits):
            return found
