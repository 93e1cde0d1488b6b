"""Articles and stories in a few words, for tests of the rules that read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.core.timeline import arrange
from aggregator.types import ArticleSummary, PageKind, Relation, Story, StoryArticle

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


def article(
    number: int,
    source: str,
    minutes: float,
    relation: Relation = Relation.NEW,
    of: int | None = None,
    *,
    seen: float | None = None,
    title: str = "The bridge is open",
    language: str | None = "en",
    words: int = 200,
    weight: float = 1.0,
    credit: tuple[str, ...] = (),
    unseen: float | None = None,
    utc_offset: timedelta | None = None,
    kind: PageKind = PageKind.ARTICLE,
) -> StoryArticle:
    """Published `minutes` after noon, first seen `seen` minutes after noon (None: at once), its
    feed last read without it `unseen` minutes after noon (None: not known)."""
    at = NOON + timedelta(minutes=minutes)
    return StoryArticle(
        article=ArticleSummary(
            article_id=number,
            source_id=1,
            source=source,
            url=f"https://example.org/{number}",
            title=title,
            published_at=at,
            first_seen_at=at if seen is None else NOON + timedelta(minutes=seen),
            language=language,
            story_id=1,
            kind=kind,
        ),
        relation=relation,
        of=of,
        score=1.0 if of is None else 0.5 + number / 1000,
        why=f"why {number}",
        weight=weight,
        words=words,
        excerpt="It opened. People came.",
        credits=credit,
        unseen_at=None if unseen is None else NOON + timedelta(minutes=unseen),
        utc_offset=utc_offset,
    )


def undated(item: StoryArticle) -> StoryArticle:
    """The same without a publication time."""
    return replace(item, article=replace(item.article, published_at=None))


def story(*articles: StoryArticle, number: int = 1) -> Story:
    return Story(story_id=number, articles=arrange(articles))
