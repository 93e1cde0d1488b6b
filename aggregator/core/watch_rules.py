"""What is told once, when a message may be made, and which sources have fallen silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from aggregator.core.durations import format_duration
from aggregator.core.pace import watched_since
from aggregator.core.query import parse
from aggregator.core.query_tree import And, Field, Node, Not, Or
from aggregator.core.quiet_hours import quiet_until
from aggregator.core.source_keys import names_source
from aggregator.core.text import clean_line, fold
from aggregator.types.sources import FeedState, Source, SourceStatus
from aggregator.types.watching import Rate, Watch, WatchHit, WatchItem, WatchPer

_DAYS: Final = 3
"""From so many days on nobody counts hours."""
_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def watch_key(name: str) -> str:
    """A name as it is stored and compared."""
    return fold(clean_line(name))


def subject_of(watch: Watch, item: WatchItem) -> str:
    """What is told once: the article, or its story. An article that has no story yet stands for
    itself."""
    if watch.per is WatchPer.STORY and item.story_id is not None:
        return f"story:{item.story_id}"
    return f"article:{item.article_id}"


# --- when ----------------------------------------------------------------------------------------


def next_time(watch: Watch, *, now: datetime, made: Sequence[datetime]) -> datetime:
    """The earliest time from `now` on at which a message may be made: `now` itself where it may.

    `made`: when messages of the watch were made, in order (`most` of the latest are enough). Never
    in quiet hours, and never so that more than `at_most` were made in any such time. Whatever waits
    then goes into that one message.
    """
    at = now
    while True:
        allowed = _rested(watch.at_most, made, at) if watch.at_most else at
        if watch.quiet:
            allowed = quiet_until(watch.quiet, allowed) or allowed
        if allowed == at:
            return at
        at = allowed


def _rested(rate: Rate, made: Sequence[datetime], at: datetime) -> datetime:
    """When one of the last `most` messages is longer ago than the rate counts."""
    if len(made) < rate.most:
        return at
    return max(at, made[-rate.most] + rate.span)


# --- silent sources ------------------------------------------------------------------------------


def silent_sources(
    statuses: Iterable[SourceStatus], watch: Watch, root: Node | None, *, now: datetime
) -> list[WatchHit]:
    """Those of the sources that are polled and that `root` names (None: all of them) that had
    brought nothing new for `watch.silent` when they were last asked.

    What came last is what the poll noted (`Pace.last_at`), or, where there is no such note, its
    newest article; of one that has never brought anything, when it was first read. What the
    first answer of a feed dates is believed. A source that never could be polled has no such time,
    and is never silent; what was not asked for, because nothing was running, is no silence either.
    Each silence has a subject of its own: it is told once, and again after news has come.
    """
    if watch.silent is None:
        raise ValueError(f"the watch {watch.name} is not for silent sources")
    hits = []
    for status in statuses:
        state = status.state
        if state.retired_at is not None or not (root is None or names(root, status.source)):
            continue
        last_at = _last_news(status)
        since = last_at or (watched_since(state.pace) if state.pace else None)
        if since is None or state.last_poll_at is None:
            continue
        if state.last_poll_at - since < watch.silent:
            continue
        hits.append(
            WatchHit(
                watch=watch_key(watch.name),
                subject=f"silent:{status.source_id}:{int(last_at.timestamp()) if last_at else 0}",
                article_id=None,
                source_id=status.source_id,
                snippet=_sentence(state, last_at, now),
                at=now,
            )
        )
    return hits


def sources_of(watch: Watch) -> Node | None:
    """Which sources a watch for silence is about, as a query without times; None: all."""
    return parse(watch.query, now=_ANY_TIME).root if watch.query.strip() else None


def names(root: Node, source: Source) -> bool:
    """Whether a query of `source` and `tag` fields means a source. Raises ValueError where it has
    anything else in it."""
    match root:
        case Field(name="source" | "tag"):
            return names_source(root, source.name, source.tags)
        case And():
            return all(names(item, source) for item in root.items)
        case Or():
            return any(names(item, source) for item in root.items)
        case Not():
            return not names(root.item, source)
        case _:
            raise ValueError(f"this tells nothing of a source: {root}")


def _last_news(status: SourceStatus) -> datetime | None:
    """None: it has never brought anything."""
    pace = status.state.pace
    return pace.last_at if pace and pace.last_at else status.newest_at


def _sentence(state: FeedState, last_at: datetime | None, now: datetime) -> str:
    silence = f"Nothing new for {_span(now - last_at)}" if last_at else "Nothing has come yet"
    if state.last_error is not None:
        return f"{silence}, and the last poll failed: {state.last_error}"
    return f"{silence}, although the feed can be read."


def _span(value: timedelta) -> str:
    """In whole hours, or days where there are several; shorter ones to the second."""
    days, hours = value // timedelta(days=1), value // timedelta(hours=1)
    if days >= _DAYS:
        return f"{days} days"
    return f"{hours} hours" if hours > 1 else format_duration(value)
