"""Articles, stories and marks, as the API takes and answers them beside `service.shapes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body

from aggregator.service.shapes.articles import ArticleFields
from aggregator.web.api.described import given, taken
from aggregator.web.api.parameters import BodyId


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDetail(ArticleFields):
    """An article, with its text in all its forms, and how it is marked."""

    read: bool
    """Whether it has been marked as read."""
    starred: bool
    """Whether it has a star."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class StreamItemFields:
    """An article as readers' apps list it."""

    id: int
    story: int | None
    """Null: it has no story yet."""
    source: str
    source_id: int
    title: str
    url: str | None
    at: datetime
    """When it was published, at the latest when it was first seen."""
    first_seen_at: datetime
    language: str | None
    read: bool
    starred: bool


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFields:
    """What is unread of a source."""

    source_id: int
    articles: int
    newest_at: datetime
    """When the newest of them was first seen."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleNumbers:
    """Some articles."""

    articles: Annotated[list[BodyId], Body(min_length=1, max_length=1_000)]
    """Their numbers."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class StoryNumbers:
    """Some stories."""

    stories: Annotated[list[BodyId], Body(min_length=1, max_length=100)]
    """Their numbers."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUpTo:
    """What is to be marked as read."""

    until: BodyId
    """Everything up to the article with this number."""
    sources: Annotated[list[BodyId], Body(max_length=1_000)] | None = None
    """Only of the sources with these numbers; null: of all."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What has come of marking."""

    articles: tuple[int, ...]
    done: Literal["starred", "unstarred", "read", "unread"]
    changed: int
    """How many of them were not so before."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedUpTo:
    """What has come of marking all up to an article as read."""

    until: int
    changed: int
    """How many were unread before."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """A story that is known by another number, since its first article went."""

    former: Annotated[int, Body(alias="from")]
    now: Annotated[int, Body(alias="to")]


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFields:
    """What has become of articles and stories."""

    story: int
    """Where they are now."""
    moved: tuple[int, ...]
    renamed: tuple[Renamed, ...]
    ended: tuple[int, ...]
    """Stories that have no article any more."""
