"""What a search gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aggregator.types.summaries import ArticleSummary, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedHit:
    """One more article of a hit's story that matches, too."""

    article_id: int
    source: str
    relation: Relation
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    article: ArticleSummary
    snippet: str
    """Plain text; matches stand between U+0002 and U+0003."""
    relation: Relation | None = None
    """To the article of its story that it resembles most; None: it has no story yet."""
    outlets: int = 1
    """That ran its story."""
    folded: tuple[FoldedHit, ...] = ()
    """Where hits are folded under their story: the others, in the order of the answer; the first
    few dozen of a large story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    hits: tuple[SearchHit, ...]
    after: str | None
    """Give it to the next search for what comes next, whatever has arrived meanwhile; None: there
    is nothing more. Letters, digits, "-" and "." only."""
    ranked_from: datetime | None = None
    """By relevance: only what was first seen from then on has been ranked, for there is too much;
    what is older follows, the newest first. None: all has been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCounts:
    """How many articles match, and whose and when."""

    articles: int
    by_source: tuple[tuple[str, int], ...]
    """(name, articles), the one with most first."""
    by_day: tuple[tuple[date, int], ...]
    """(day, articles) by `at`, the earliest first; days without any are left out."""
    by_language: tuple[tuple[str, int], ...]
    """(primary subtag, "" where it is not known; articles), the one with most first."""
    counted_from: datetime | None = None
    """Only what was first seen from then on has been counted, for there is too much; None: all
    has been."""
