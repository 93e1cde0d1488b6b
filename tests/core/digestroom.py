"""Digests of invented stories, for tests of what goes into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from storymaker import NOON

from aggregator.core.digest import DigestPlan, build_digest
from aggregator.types import (
    Digest,
    DigestStory,
    Edition,
    FeedState,
    SectionRule,
    Source,
    SourceStatus,
    Story,
)

UNTIL = NOON + timedelta(hours=12)
SINCE = UNTIL - timedelta(days=1)
YESTERDAY = -20 * 60
"""Minutes before noon: in the period before."""


def build(
    *stories: Story,
    statuses: tuple[SourceStatus, ...] = (),
    tags: tuple[str, ...] = (),
    sections: tuple[SectionRule, ...] = (),
    watches: tuple[str, ...] = (),
    max_stories: int = 10,
    max_items: int = 10,
    matches: Iterable[int] | None = None,
    caught: Mapping[int, frozenset[str]] | None = None,
    told: Iterable[int] = (),
    section_matches: Mapping[str, frozenset[int]] | None = None,
) -> Digest:
    plan = DigestPlan(
        title="News",
        timezone="UTC",
        language="en",
        tags=tags,
        sections=sections,
        watches={name.casefold(): name for name in watches},
        max_stories=max_stories,
        max_items=max_items,
    )
    return build_digest(
        stories,
        statuses,
        plan=plan,
        edition=Edition(digest="digest", local_date=date(2026, 3, 30), slot=1),
        since_at=SINCE,
        until_at=UNTIL,
        matches=None if matches is None else frozenset(matches),
        caught=caught or {},
        told=frozenset(told),
        section_matches=section_matches or {},
    )


def shown(digest: Digest) -> list[int]:
    """Ids of the stories in full."""
    return [one.story.story_id for one in digest.stories]


def told_before(story: Story, *told: int) -> DigestStory:
    return DigestStory(story=story, points=1.0, told=frozenset(told))


def status(
    name: str = "A",
    *,
    tags: tuple[str, ...] = (),
    error: str | None = None,
    failures: float = 0.0,
    ok_at: datetime | None = UNTIL,
    newest_at: datetime | None = UNTIL,
    retired_at: datetime | None = None,
    address: str | None = None,
    site_url: str | None = None,
) -> SourceStatus:
    return SourceStatus(
        source_id=1,
        source=Source(name=name, url="https://example.org/feed", tags=tags),
        state=FeedState(
            next_poll_at=UNTIL,
            last_ok_at=ok_at,
            last_error=error,
            failures=failures,
            retired_at=retired_at,
            address=address,
            site_url=site_url,
        ),
        articles=1,
        newest_at=newest_at,
    )
