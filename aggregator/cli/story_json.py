"""A story as JSON."""

from __future__ import annotations

from aggregator.core.lead_report import lead_of
from aggregator.core.moments import moment_of
from aggregator.core.origin import Origin, origin_of
from aggregator.core.precedence import first_outlets
from aggregator.core.story_texts import (
    Standing,
    carried_outlets,
    copying_outlets,
    independent_outlets,
    rewriting_outlets,
    standings,
)
from aggregator.types import Story, StoryArticle
from aggregator.types.stories import StoryLink


def story_fields(found: Story) -> dict[str, object]:
    """A story as one JSON object."""
    lead, first, origin = lead_of(found), first_outlets(found), origin_of(found)
    by_article = standings(found)
    return {
        "id": found.story_id,
        "title": lead.article.article.title,
        "lead": lead.article.article.article_id,
        "lead_why": lead.why,
        "first": found.first.article.source,
        "first_certain": first.certain,
        "first_outlets": first.outlets,
        "first_at": found.first_at,
        "last_at": found.last_at,
        "origin": None if origin is None else _origin_fields(origin),
        "outlets": found.outlets,
        "independent": independent_outlets(found),
        "of_agencies": carried_outlets(found),
        "rewriting": rewriting_outlets(found),
        "copying": copying_outlets(found),
        "continues": [_link_fields(other) for other in found.continues],
        "continued_by": [_link_fields(other) for other in found.continued_by],
        "articles": [
            _line_fields(item, found, by_article[item.article.article_id])
            for item in found.articles
        ],
    }


def _origin_fields(origin: Origin) -> dict[str, object]:
    return {
        "names": origin.names,
        "article": None if origin.article is None else origin.article.article.article_id,
        "how": origin.how,
        "why": origin.why,
    }


def _link_fields(other: StoryLink) -> dict[str, object]:
    return {"id": other.story_id, "title": other.title, "first_at": other.first_at}


def _line_fields(item: StoryArticle, found: Story, standing: Standing) -> dict[str, object]:
    known = moment_of(item)
    return {
        "id": item.article.article_id,
        "source": item.article.source,
        "title": item.article.title,
        "url": item.article.url,
        "at": item.article.at,
        "earliest": known.earliest,
        "latest": known.latest,
        "timing": known.timing,
        "published_at": item.article.published_at,
        "first_seen_at": item.article.first_seen_at,
        "language": item.article.language,
        "kind": item.article.kind,
        "relation": "first" if item is found.first else item.relation.value,
        "of": item.of,
        "standing": standing,
        "credits": item.credits,
        "dateline": item.dateline,
        "score": round(item.score, 3),
        "why": item.why,
        "placed_at": item.placed_at,
    }
