"""A story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.core.lead_report import lead_of
from aggregator.core.moments import Timing, moment_of
from aggregator.core.origin import How, Origin, origin_of
from aggregator.core.precedence import first_outlets
from aggregator.core.story_texts import (
    Standing,
    carried_outlets,
    copying_outlets,
    independent_outlets,
    rewriting_outlets,
    standings,
)
from aggregator.types import PageKind, Story, StoryArticle
from aggregator.types.stories import StoryLink


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginFields:
    """Where a story comes from."""

    names: tuple[str, ...]
    """Agencies and outlets."""
    article: int | None
    """Its own article in the story; null: none of the story's outlets is it."""
    how: How
    why: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLinkFields:
    """Another story."""

    id: int
    title: str
    """Headline of its first article."""
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLineFields:
    """One article of a story's timeline."""

    id: int
    source: str
    title: str
    url: str | None
    at: datetime
    """When it was published, at the latest when it was first seen."""
    earliest: datetime | None
    """It came out then or later; null: not known."""
    latest: datetime
    """It came out then or earlier."""
    timing: Timing
    """What `earliest` and `latest` rest on."""
    published_at: datetime | None
    """As the publisher says; null: it does not."""
    first_seen_at: datetime
    language: str | None
    kind: PageKind
    relation: str
    """`first` for the first of the story; else how it stands to the article `of`: new, same, copy,
    rewrite, report or translation."""
    of: int | None
    """The article it resembles most; null: it is the first."""
    standing: Standing
    """What its text is to the count of reports."""
    credits: tuple[str, ...]
    """Agencies and outlets that its text names as its origin."""
    dateline: str | None
    score: float
    why: str
    """Why it belongs here, a sentence."""
    placed_at: datetime | None
    """When a person put it into this story; null: nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFields:
    """Articles that report one event."""

    id: int
    """That of the article that began it."""
    title: str
    """Headline of the lead report."""
    lead: int
    """The article that says most."""
    lead_why: str
    first: str
    """Name of the source that was first."""
    first_certain: bool
    """False: one of the others of `first_outlets` may have been earlier."""
    first_outlets: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    origin: OriginFields | None
    """Null: nothing shows where it comes from."""
    outlets: tuple[str, ...]
    """Names of the sources, in order of their first article."""
    independent: tuple[str, ...]
    """Those with a report of their own."""
    of_agencies: tuple[str, ...]
    """Those of them that ran an agency's report first."""
    rewriting: tuple[str, ...]
    copying: tuple[str, ...]
    continues: tuple[StoryLinkFields, ...]
    """Earlier stories that it follows upon."""
    continued_by: tuple[StoryLinkFields, ...]
    articles: tuple[StoryLineFields, ...]
    """In order of time."""


def story_fields(found: Story) -> StoryFields:
    lead, first, origin = lead_of(found), first_outlets(found), origin_of(found)
    by_article = standings(found)
    return StoryFields(
        id=found.story_id,
        title=lead.article.article.title,
        lead=lead.article.article.article_id,
        lead_why=lead.why,
        first=found.first.article.source,
        first_certain=first.certain,
        first_outlets=tuple(first.outlets),
        first_at=found.first_at,
        last_at=found.last_at,
        origin=None if origin is None else _origin_fields(origin),
        outlets=found.outlets,
        independent=tuple(independent_outlets(found)),
        of_agencies=tuple(carried_outlets(found)),
        rewriting=tuple(rewriting_outlets(found)),
        copying=tuple(copying_outlets(found)),
        continues=tuple(map(_link_fields, found.continues)),
        continued_by=tuple(map(_link_fields, found.continued_by)),
        articles=tuple(
            _line_fields(item, found, by_article[item.article.article_id])
            for item in found.articles
        ),
    )


def _origin_fields(origin: Origin) -> OriginFields:
    return OriginFields(
        names=tuple(origin.names),
        article=None if origin.article is None else origin.article.article.article_id,
        how=origin.how,
        why=origin.why,
    )


def _link_fields(other: StoryLink) -> StoryLinkFields:
    return StoryLinkFields(id=other.story_id, title=other.title, first_at=other.first_at)


def _line_fields(item: StoryArticle, found: Story, standing: Standing) -> StoryLineFields:
    known = moment_of(item)
    return StoryLineFields(
        id=item.article.article_id,
        source=item.article.source,
        title=item.article.title,
        url=item.article.url,
        at=item.article.at,
        earliest=known.earliest,
        latest=known.latest,
        timing=known.timing,
        published_at=item.article.published_at,
        first_seen_at=item.article.first_seen_at,
        language=item.article.language,
        kind=item.article.kind,
        relation="first" if item is found.first else item.relation.value,
        of=item.of,
        standing=standing,
        credits=item.credits,
        dateline=item.dateline,
        score=round(item.score, 3),
        why=item.why,
        placed_at=item.placed_at,
    )
