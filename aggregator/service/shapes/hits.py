"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aggregator.types import PageKind, Relation, SearchCounts, SearchHit

MATCH_BEGINS, MATCH_ENDS = "\x02", "\x03"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedFields:
    """One more article of a hit's story that matches, too."""

    id: int
    source: str
    relation: Relation
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HitFields:
    """An article that matches."""

    id: int
    story: int | None
    """Null: it has no story yet."""
    relation: Relation | None
    """To the article of its story that it resembles most; null: it has no story yet."""
    outlets: int
    """That ran its story."""
    source: str
    title: str
    url: str | None
    at: datetime
    """When it was published, at the latest when it was first seen."""
    published_at: datetime | None
    first_seen_at: datetime
    language: str | None
    kind: PageKind
    snippet: str
    """Plain text; each match stands between `**` and `**`."""
    folded: tuple[FoldedFields, ...]
    """The other articles of its story that match, for which it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    day: date
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    source: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageCount:
    language: str | None
    """Null: not known."""
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsFields:
    """How many articles match, and whose and when."""

    articles: int
    counted_from: datetime | None
    """Only what was first seen from then on has been counted, for there is too much; null: all
    has been."""
    by_day: tuple[DayCount, ...]
    """The earliest first; days without any are left out."""
    by_source: tuple[SourceCount, ...]
    """The one with most first."""
    by_language: tuple[LanguageCount, ...]
    """The one with most first."""


def hit_fields(hit: SearchHit) -> HitFields:
    article = hit.article
    return HitFields(
        id=article.article_id,
        story=article.story_id,
        relation=hit.relation,
        outlets=hit.outlets,
        source=article.source,
        title=article.title,
        url=article.url,
        at=article.at,
        published_at=article.published_at,
        first_seen_at=article.first_seen_at,
        language=article.language,
        kind=article.kind,
        snippet=marked(hit.snippet, "**"),
        folded=tuple(
            FoldedFields(id=one.article_id, source=one.source, relation=one.relation, at=one.at)
            for one in hit.folded
        ),
    )


def marked(snippet: str, mark: str) -> str:
    """With matches between two of these marks."""
    return snippet.replace(MATCH_BEGINS, mark).replace(MATCH_ENDS, mark)


def counts_fields(counts: SearchCounts) -> CountsFields:
    return CountsFields(
        articles=counts.articles,
        counted_from=counts.counted_from,
        by_day=tuple(DayCount(day=day, articles=number) for day, number in counts.by_day),
        by_source=tuple(
            SourceCount(source=name, articles=number) for name, number in counts.by_source
        ),
        by_language=tuple(
            LanguageCount(language=name or None, articles=number)
            for name, number in counts.by_language
        ),
    )
