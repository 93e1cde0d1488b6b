"""Which articles report one event, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.types.summaries import ArticleSummary, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """One line of a story's timeline."""

    article: ArticleSummary
    relation: Relation
    of: int | None
    """The article it resembles most; None: it is the first."""
    score: float
    why: str
    weight: float
    """Of its source."""
    words: int
    excerpt: str
    """The first few hundred characters of the text."""
    credits: tuple[str, ...] = ()
    """Agencies and outlets that its text names as its origin, as in `ArticleText`."""
    dateline: str | None = None
    """As in `ArticleText`."""
    utc_offset: timedelta | None = None
    """As in `ArticleText`."""
    unseen_at: datetime | None = None
    """When its feed was last read without it; None: not known, or the feed was new."""
    placed_at: datetime | None = None
    """When a person put it into this story; None: nobody has."""
    image_url: str | None = None
    """As in `ArticleText`."""
    image_alt: str = ""
    """As in `ArticleText`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink:
    """Another story, as one that is linked with it shows it."""

    story_id: int
    title: str
    """Headline of its first article."""
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles that report one event; articles are in order of time, the first outlet first."""

    story_id: int
    articles: tuple[StoryArticle, ...]
    continues: tuple[StoryLink, ...] = ()
    """Earlier stories that it follows upon."""
    continued_by: tuple[StoryLink, ...] = ()
    """Later stories that follow upon it, by time."""

    @property
    def first(self) -> StoryArticle:
        return self.articles[0]

    @property
    def first_at(self) -> datetime:
        return self.articles[0].article.at

    @property
    def last_at(self) -> datetime:
        return max(item.article.at for item in self.articles)

    @property
    def outlets(self) -> tuple[str, ...]:
        """Names of the sources, in order of their first article."""
        return tuple(dict.fromkeys(item.article.source for item in self.articles))
