"""What goes into a digest, in which order, and what a person should look at."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from aggregator.core.lead_report import lead_article
from aggregator.core.story_texts import Standing, outlet_standings
from aggregator.types import Digest, Relation, SourceStatus, Story, StoryArticle

SILENT_AFTER = timedelta(days=30)
"""A source that is polled with success and has had nothing new for so long is reported."""

LATE = timedelta(days=3)
"""What was published so long before the period is old news, though it was first seen in it: the
backlog of a new source does not fill the digest."""

_SHARES = {Standing.OWN: 1.0, Standing.CARRIED: 1.0, Standing.REWRITE: 0.5, Standing.COPY: 0.25}
_KNOWN_SHARE = 0.5
_HALF_LIFE = timedelta(hours=48)


def build_digest(  # noqa: PLR0913 - what the digest consists of, each by its name
    stories: Sequence[Story],
    statuses: Sequence[SourceStatus],
    *,
    title: str,
    local_date: date,
    since_at: datetime,
    until_at: datetime,
    timezone: str,
    max_stories: int,
    max_items: int,
) -> Digest:
    """The digest of [since_at, until_at), by when articles were first seen.

    - Stories of two or more outlets that got a new article (not the same one again) in the
      period, by `rank`; the first `max_stories` of them.
    - Single items: the other stories with a new article, one item each (`lead_article` if it is
      new, else the first new one). When there are more than `max_items`, sources take turns,
      the newest item of each first, so that no source crowds out the others. Sorted by source,
      then by time.
    - Troubles: sources for which `trouble` has a sentence.
    """
    grouped: list[Story] = []
    items: list[StoryArticle] = []
    for story in stories:
        new = new_articles(story, since_at=since_at, until_at=until_at)
        if not new:
            continue
        if len(story.outlets) >= 2:
            grouped.append(story)
        else:
            lead = lead_article(story)
            items.append(lead if lead in new else new[0])
    grouped.sort(key=lambda story: _order(story, since_at, until_at))
    chosen = _share_out(items, max_items)
    return Digest(
        title=title,
        local_date=local_date,
        since_at=since_at,
        until_at=until_at,
        timezone=timezone,
        stories=tuple(grouped[:max_stories]),
        singles=tuple(sorted(chosen, key=_by_source)),
        troubles=tuple(status for status in statuses if trouble(status, now=until_at) is not None),
        left_out=len(grouped[max_stories:]) + len(items) - len(chosen),
    )


def rank(story: Story, *, since_at: datetime, until_at: datetime) -> float:
    """How high a story stands in the digest; a number without unit, higher is higher.

    Every outlet gives the weight of its source: in full for an independent report, half for a
    rewrite, a quarter if it only copied (`outlet_standings`); half of that if the outlet was
    already in the story before `since_at`, since readers have seen it there. The sum is halved for
    every 48 hours between the story's latest article and `until_at`. Equal stories go by number of
    articles (more first), then by the time of the latest article (later first), then by id.
    """
    standing = outlet_standings(story)
    known = frozenset(
        item.article.source for item in story.articles if item.article.first_seen_at < since_at
    )
    points = 0.0
    for outlet, weight in {item.article.source: item.weight for item in story.articles}.items():
        points += weight * _SHARES[standing[outlet]] * (_KNOWN_SHARE if outlet in known else 1.0)
    age = max(until_at - story.last_at, timedelta())
    return points * float(0.5 ** (age / _HALF_LIFE))


def new_articles(
    story: Story, *, since_at: datetime, until_at: datetime
) -> tuple[StoryArticle, ...]:
    """Its articles first seen in [since_at, until_at), without what is old news and without an
    outlet's same one again."""
    return tuple(
        item
        for item in story.articles
        if since_at <= item.article.first_seen_at < until_at
        and item.article.at >= since_at - LATE
        and item.relation is not Relation.SAME
    )


def trouble(status: SourceStatus, *, now: datetime) -> str | None:
    """Why a person should look at a source, in a sentence; None: all is well.

    - Failing: the last poll failed, and the graded failures in a row have come to 1 or more (one
      hard failure, two HTTP errors, four network errors).
    - Retired: it is polled no longer, because it is gone or has become one with another.
    - Silent: polls succeed, and the newest article is more than 30 days old.
    - Empty: polls succeed, and there has never been an article.

    A source that has not been polled yet, or has failed less than that, is none.
    """
    state = status.state
    if state.retired_at is not None:
        return state.last_error
    if state.last_error is not None:
        return state.last_error if state.failures >= 1 else None
    if state.last_ok_at is None:
        return None
    if status.newest_at is None:
        return "The feed can be read but has had no article yet."
    silent_for = now - status.newest_at
    if silent_for <= SILENT_AFTER:
        return None
    return f"Nothing new for {silent_for.days} days, although the feed can be read."


def _order(story: Story, since_at: datetime, until_at: datetime) -> tuple[float, int, float, int]:
    return (
        -rank(story, since_at=since_at, until_at=until_at),
        -len(story.articles),
        -story.last_at.timestamp(),
        story.story_id,
    )


def _share_out(items: Sequence[StoryArticle], limit: int) -> list[StoryArticle]:
    """At most `limit` items: each source in turn gives its newest, in order of source name."""
    queues: dict[str, deque[StoryArticle]] = {}
    for item in sorted(items, key=_by_source, reverse=True):
        queues.setdefault(item.article.source, deque()).append(item)
    waiting = deque(queues[source] for source in sorted(queues))
    taken: list[StoryArticle] = []
    while waiting and len(taken) < limit:
        queue = waiting.popleft()
        taken.append(queue.popleft())
        if queue:
            waiting.append(queue)
    return taken


def _by_source(item: StoryArticle) -> tuple[str, str, datetime, int]:
    article = item.article
    return article.source.casefold(), article.source, article.at, article.article_id
