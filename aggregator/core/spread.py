"""How a story spread: its articles on an axis of time, in as many lanes as it takes for each to be
seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.moments import moment_of
from aggregator.core.story_texts import Standing, standings
from aggregator.types import Relation, Story, StoryArticle

SHORTEST = timedelta(hours=1)
"""Of the axis: what came out within minutes is not to look like days."""
MOST = 200
"""Articles that are placed; the first ones by time and the last one. Nobody counts more dots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadMark:
    item: StoryArticle
    standing: Standing
    first: bool
    """It is the story's first article."""
    x: float
    """0 to 1: where on the axis its time is; that of the last article is at most 1."""
    lane: int
    """0 is the axis itself; marks of one lane do not touch unless there are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    marks: tuple[SpreadMark, ...]
    """By time, without an outlet's same article again."""
    lanes: int
    starts_at: datetime
    """Where the axis begins: with the first mark."""
    ends_at: datetime
    left_out: int
    """Articles beyond those placed."""


def spread_of(story: Story, *, across: int, lanes: int) -> Spread:
    """`across`: how many marks have room beside each other on the axis; `lanes`: most of them."""
    items = sorted(
        (item for item in story.articles if item.relation is not Relation.SAME), key=_when
    )
    placed = items if len(items) <= MOST else [*items[: MOST - 1], items[-1]]
    starts, ends = _when(placed[0]), _when(placed[-1])
    length = max(ends - starts, SHORTEST)
    standing = standings(story)
    first = story.first.article.article_id
    marks: list[SpreadMark] = []
    free: list[float] = []
    """From where on each lane has room."""
    for item in placed:
        x = (_when(item) - starts) / length
        lane = _lane(x, free, lanes)
        free[lane] = x + 1 / across
        number = item.article.article_id
        marks.append(
            SpreadMark(item=item, standing=standing[number], first=number == first, x=x, lane=lane)
        )
    return Spread(
        marks=tuple(marks),
        lanes=len(free),
        starts_at=starts,
        ends_at=starts + length,
        left_out=len(items) - len(placed),
    )


def _when(item: StoryArticle) -> datetime:
    """When it was out for certain."""
    return moment_of(item).latest


def _lane(x: float, free: list[float], most: int) -> int:
    """The lowest one with room; a new one if there may be one; else the one with most room."""
    found = next((lane for lane, start in enumerate(free) if start <= x), None)
    if found is not None:
        return found
    if len(free) < most:
        free.append(x)
        return len(free) - 1
    return min(range(len(free)), key=free.__getitem__)
