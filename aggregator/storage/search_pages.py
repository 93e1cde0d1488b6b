"""Pages of a search, whatever finds the articles: their order, and what stands for a story.

Pages put together are the answer there was when the first one was asked for: what has arrived
since has higher ids and is on none. What is not promised: an article that was changed meanwhile so
that it matches, or no longer does, is shown as it is when its page is asked for, and by relevance
one that scores otherwise since may come on two pages or on none; where hits are folded, an article
that has come into a story of which something was shown is not shown any more, and what has left
such a story may be shown once more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from typing import NamedTuple, Protocol

from aggregator.core.query_tree import Query
from aggregator.storage.protocol import Order
from aggregator.storage.rows import from_us
from aggregator.storage.search_cursors import Best, Cursor, Newest, read, written
from aggregator.storage.search_hits import hits
from aggregator.storage.sql import Session, chunks, ids
from aggregator.types import SearchPage

MAX_FOLDED = 36
"""Further articles of a hit's story that are named."""
_MEMBERS_TRIED = 60
"""Of a story, that are held against the search, to name them."""
_AT_A_TIME = 60
"""Articles of which the stories are looked up together."""
_AT_LEAST = 8
"""Articles asked for at once where some may be folded."""
_ALL = 1 << 62

_LAST = "SELECT coalesce(max(id), 0) AS id FROM articles"
_STORIES = "SELECT id, story_id FROM articles WHERE id IN {ids} AND story_id IS NOT NULL"
# Signs keep a planner from walking all articles in the order of the answer.
_MEMBERS = """
    SELECT id, story_id FROM articles
    WHERE story_id IN {ids} AND +id >= ? AND +id <= ? ORDER BY +id DESC
"""
_SEEN = "SELECT first_seen_at FROM articles WHERE id >= ? ORDER BY id LIMIT 1"


class Scored(NamedTuple):
    score: float
    """The lower, the better."""
    article_id: int


class Ranking(NamedTuple):
    """The best of the articles from `floor` to `top`."""

    scored: Sequence[Scored]
    """Best first; of equal score the higher id first."""
    floor: int
    """0: all there are."""
    unsettled: int
    """Scores of this id and higher ones may change as articles arrive."""
    complete: bool
    """False: there are more than were asked for."""


def weight_of(articles: int, total: int) -> float:
    """Of a word that so many of all articles have, as FTS5's bm25 has it: never negative."""
    total = max(total, articles)
    return max(log((total - articles + 0.5) / (articles + 0.5)), 1e-6)


class Finder(Protocol):
    """Answers one search in one transaction; conditions, words and times are its own."""

    @property
    def is_ranked(self) -> bool:
        """Whether the search has words to rank by."""

    def newest(self, *, below: int, limit: int) -> list[int]:
        """The highest ids that match, below `below`, in falling order."""

    def oldest(self, *, beyond: int, limit: int) -> list[int]:
        """The lowest ones, above `beyond`, in rising order."""

    def among(self, article_ids: Collection[int]) -> set[int]:
        """Those of them that match."""

    def ranked(self, *, top: int, floor: int | None, most: int) -> Ranking:
        """Of the ids from `floor` to `top` up to `most`. `floor` is what an earlier call for the
        same search gave, or None: it is chosen so that enough is ranked, and not too much."""

    def walk(self) -> Iterator[tuple[int, str, tuple[object, ...]]]:
        """Parts of what matches, the newest first: the lowest id that it may hold, and a statement
        for the ids of it with its parameters."""


def page(
    session: Session,
    finder: Finder,
    query: Query,
    *,
    limit: int,
    order: Order,
    fold: bool,
    after: str | None,
    passages: bool,
) -> SearchPage:
    if after is None:
        row = session.row(_LAST)
        top = 0 if row is None else int(row["id"])
        ranked = order == "relevance" and finder.is_ranked
        cursor: Cursor | None = None if ranked else Newest(top=top, below=top + 1)
    else:
        cursor = read(after, query, order, fold=fold)
        top = cursor.top
    pager = _Pager(session, finder, top, limit, fold)
    if cursor is None or isinstance(cursor, Best):
        following = pager.best(cursor)
        if isinstance(following, Newest):
            following = pager.newest(following)
    else:
        following = pager.newest(cursor)
    return SearchPage(
        hits=hits(
            session,
            query.root if passages else None,
            pager.heads,
            pager.folded() if fold else {},
        ),
        after=None if following is None else written(following, query, order, fold=fold),
        ranked_from=seen(session, pager.floor),
    )


@dataclass(slots=True)
class _Pager:
    """One page as it fills."""

    session: Session
    finder: Finder
    top: int
    limit: int
    fold: bool
    heads: list[int] = field(default_factory=list)
    """Articles of the page, in its order."""
    floor: int = 0
    _stories: dict[int, int] = field(default_factory=dict)
    """By the ids of the articles that were met."""
    _shown: set[int] = field(default_factory=set)
    """Stories that something stands for, here or on a page before."""
    _places: dict[int, int] = field(default_factory=dict)
    """In the ranking, by id."""

    # --- newest first

    def newest(self, cursor: Newest) -> Newest | None:
        """Fill the page; where the next one begins, None: there is nothing more."""
        self.floor = cursor.floor
        below = cursor.below
        while True:
            wanted = self.limit - len(self.heads) + 1
            found = self.finder.newest(
                below=below, limit=max(wanted, _AT_LEAST) if self.fold else wanted
            )
            if not found:
                return None
            for article_id in self._unshown(found, since=cursor.below):
                if len(self.heads) == self.limit:
                    last = self._last_below(cursor)
                    return Newest(top=self.top, below=last, floor=cursor.floor)
                self.heads.append(article_id)
            below = found[-1]

    def _last_below(self, cursor: Newest) -> int:
        """The lowest id that this page has shown of those it began with; it may be none."""
        shown = [one for one in self.heads if one < cursor.below and one not in self._places]
        return min(shown, default=cursor.below)

    def _unshown(self, found: Sequence[int], *, since: int) -> Iterator[int]:
        """Those that stand for themselves or are the first of their story. `since`: from this id
        on, the pages before have shown all that matches."""
        if not self.fold:
            yield from found
            return
        stories = self._look_up(found)
        unknown = set(stories.values()) - self._shown
        if since <= self.top:
            self._shown |= self._met(unknown, since)
        for article_id in found:
            story = stories.get(article_id)
            if story is None:
                yield article_id
            elif story not in self._shown:
                yield article_id
                self._shown.add(story)

    def _met(self, stories: Collection[int], since: int) -> set[int]:
        """Those of which an article from `since` on matches."""
        members = self._members(stories, since)
        matching = self.finder.among(members)
        return {members[one] for one in matching}

    # --- by relevance

    def best(self, cursor: Best | None) -> Cursor | None:
        """Fill the page from the ranking; what comes next, None: nothing."""
        most = _ALL if cursor is not None else self.limit * 4 if self.fold else self.limit + 1
        floor = None if cursor is None else cursor.floor
        while True:
            ranking = self.finder.ranked(top=self.top, floor=floor, most=most)
            following = self._best(ranking, cursor)
            if following is not None or ranking.complete:
                break
            self.heads.clear()
            self._shown.clear()
            most = _ALL
        self.floor = ranking.floor
        if following is None and ranking.floor:
            return Newest(top=self.top, below=ranking.floor, floor=ranking.floor)
        return following

    def _best(self, ranking: Ranking, cursor: Best | None) -> Best | None:
        self._places = {one.article_id: place for place, one in enumerate(ranking.scored)}
        passed, left = _parted(ranking, cursor)
        if self.fold:
            self._shown |= set(self._look_up([one.article_id for one in passed]).values())
        for chunk in chunks(left, _AT_A_TIME):
            stories = self._look_up([one.article_id for one in chunk]) if self.fold else {}
            for one in chunk:
                story = stories.get(one.article_id)
                if story is None or story not in self._shown:
                    if len(self.heads) == self.limit:
                        return _after(ranking, self.top, passed)
                    self.heads.append(one.article_id)
                    if story is not None:
                        self._shown.add(story)
                passed.append(one)
        return None

    # --- stories

    def folded(self) -> Mapping[int, Sequence[int]]:
        """By the ids of the heads, the others of their stories that match, in the order of the
        answer."""
        stories = self._look_up(self.heads)
        by_story = {story: head for head, story in stories.items()}
        tried: dict[int, list[int]] = {}
        for member, story in self._members(by_story, 0).items():
            others = tried.setdefault(by_story[story], [])
            if member != by_story[story] and len(others) < _MEMBERS_TRIED:
                others.append(member)
        matching = self.finder.among([one for others in tried.values() for one in others])
        return {
            head: sorted(matching.intersection(others), key=self._order)[:MAX_FOLDED]
            for head, others in tried.items()
        }

    def _order(self, article_id: int) -> tuple[int, int]:
        return self._places.get(article_id, len(self._places)), -article_id

    def _look_up(self, article_ids: Sequence[int]) -> dict[int, int]:
        """Stories of those that have one."""
        unknown = [one for one in article_ids if one not in self._stories]
        for chunk in chunks(unknown):
            for row in self.session.rows(_STORIES.format(ids=ids(chunk))):
                self._stories[row["id"]] = row["story_id"]
        return {one: self._stories[one] for one in article_ids if one in self._stories}

    def _members(self, stories: Collection[int], since: int) -> dict[int, int]:
        """Stories by the ids of their articles, the highest first."""
        if not stories:
            return {}
        rows = self.session.rows(_MEMBERS.format(ids=ids(stories)), (since, self.top))
        return {row["id"]: row["story_id"] for row in rows}


def _parted(ranking: Ranking, cursor: Best | None) -> tuple[list[Scored], list[Scored]]:
    """What the pages before have shown or passed over, and the rest."""
    if cursor is None:
        return [], list(ranking.scored)
    key = (cursor.score, -cursor.article_id)
    passed: list[Scored] = []
    left: list[Scored] = []
    for one in ranking.scored:
        if one.article_id >= cursor.unsettled:
            is_passed = one.article_id in cursor.passed
        else:
            is_passed = (one.score, -one.article_id) <= key
        (passed if is_passed else left).append(one)
    return passed, left


def _after(ranking: Ranking, top: int, passed: Sequence[Scored]) -> Best:
    settled = [one for one in passed if one.article_id < ranking.unsettled]
    key = max(((one.score, -one.article_id) for one in settled), default=(float("-inf"), 0))
    return Best(
        top=top,
        floor=ranking.floor,
        score=key[0],
        article_id=-key[1],
        unsettled=ranking.unsettled,
        passed=frozenset(one.article_id for one in passed if one.article_id >= ranking.unsettled),
    )


def seen(session: Session, article_id: int) -> datetime | None:
    if not article_id:
        return None
    row = session.row(_SEEN, (article_id,))
    return None if row is None else from_us(row["first_seen_at"])
