"""A story: its articles by time, where it comes from, what it follows upon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aggregator.core.enumerating import enumerate_names
from aggregator.core.kind_names import kind_mark
from aggregator.core.lead_report import lead_of
from aggregator.core.moments import moment_of
from aggregator.core.origin import origin_of
from aggregator.core.precedence import first_outlets
from aggregator.core.sentences import lead_sentences
from aggregator.core.story_texts import outlet_standings, standings
from aggregator.core.timeline import describe, language_name
from aggregator.notify.links import safe_link, safe_name
from aggregator.types import Marks, Relation, Story, StoryArticle
from aggregator.types.stories import StoryLink
from aggregator.web.views.outlets import KINDS, FirstView, counts_of, first_of
from aggregator.web.views.spread_view import SpreadView, spread_view
from aggregator.web.views.texts import (
    TextView,
    headline_view,
    isolated,
    text_view,
    whole_headline_view,
)
from aggregator.web.views.times import Times, TimeView

_UNMARKED = Marks(read=False, starred=False)
_BESIDE = 8
"""Other articles that are listed beside one."""
_COMPARED = frozenset({Relation.SAME, Relation.COPY, Relation.REWRITE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    article_id: int
    source: str
    source_id: int
    headline: TextView
    relation: str
    """As in "copy of The Harbour Post"."""
    kind: str
    """"first", "own", "rewrite" or "copy": the shape of its mark."""
    mark: str
    """What its page is; "" for an article."""
    time: TimeView
    language: str
    """Its name, where it is not that of the first article; else ""."""
    words: str
    reasons: tuple[str, ...]
    """Why it is here, a sentence each."""
    score: str
    """How sure, in per cent; "" for the first article."""
    compare: str | None
    """Address of the comparison with the text that it is from; None: it is from no other."""
    compare_with: str
    """Outlet of that text; "" where there is none."""
    out: str | None
    starred: bool
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    story_id: int
    headline: str
    time: TimeView


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    story_id: int
    headline: TextView
    summary: TextView
    lead_id: int
    lead_source: str
    lead_why: str
    first: FirstView
    origin: str
    """Whom it comes from, as far as texts show; "" when nothing does."""
    origin_why: str
    counts: tuple[str, ...]
    spread: SpreadView | None
    rows: tuple[RowView, ...]
    continues: tuple[LinkView, ...]
    continued_by: tuple[LinkView, ...]
    article_ids: tuple[int, ...]
    starred: bool
    """The article of the headline is."""
    read: bool
    """All articles are."""
    latest: TimeView


def story_view(story: Story, marks: Mapping[int, Marks], times: Times) -> StoryView:
    lead = lead_of(story)
    article = lead.article.article
    origin = origin_of(story)
    ids = tuple(item.article.article_id for item in story.articles)
    return StoryView(
        story_id=story.story_id,
        headline=whole_headline_view(article.title, article.language),
        summary=text_view(
            lead_sentences(lead.article.excerpt, title=article.title, language=article.language),
            article.language,
        ),
        lead_id=article.article_id,
        lead_source=safe_name(article.source),
        lead_why=lead.why,
        first=first_of(story, first_outlets(story), times),
        origin=""
        if origin is None
        else enumerate_names([isolated(safe_name(one)) for one in origin.names]),
        origin_why="" if origin is None else origin.why,
        counts=counts_of(outlet_standings(story)),
        spread=spread_view(story, times, lanes=6, titles=True),
        rows=tuple(_rows(story, marks, times)),
        continues=tuple(_link(one, times) for one in story.continues),
        continued_by=tuple(_link(one, times) for one in story.continued_by),
        article_ids=ids,
        starred=marks.get(article.article_id, _UNMARKED).starred,
        read=all(marks.get(number, _UNMARKED).read for number in ids),
        latest=times.at(story.last_at),
    )


def _rows(story: Story, marks: Mapping[int, Marks], times: Times) -> Iterator[RowView]:
    standing = standings(story)
    outlets = {item.article.article_id: item.article.source for item in story.articles}
    main = language_name(story.first.article.language)
    for item in story.articles:
        article = item.article
        number = article.article_id
        own = marks.get(number, _UNMARKED)
        language = language_name(article.language) or ""
        compared = item.of if item.relation in _COMPARED and item.of in outlets else None
        yield RowView(
            article_id=number,
            source=safe_name(article.source),
            source_id=article.source_id,
            headline=headline_view(article.title, article.language),
            relation=describe(item, story),
            kind="first" if item is story.first else KINDS[standing[number]],
            mark=kind_mark(article.kind),
            time=times.moment(moment_of(item)),
            language="" if language == main else language,
            words=f"{item.words:,} words" if item.words else "",
            reasons=tuple(_reasons(item, times)),
            score="" if item is story.first else f"{item.score:.0%}",
            compare=compare_address(story.story_id, compared, number) if compared else None,
            compare_with=safe_name(outlets[compared]) if compared else "",
            out=safe_link(article.url),
            starred=own.starred,
            read=own.read,
        )


def compare_address(story_id: int, one: int, other: int) -> str:
    """Of the page with two of its articles side by side, the earlier one first."""
    return f"/stories/{story_id}/compare?a={one}&b={other}"


def _reasons(item: StoryArticle, times: Times) -> Iterator[str]:
    if item.placed_at is not None:
        yield f"Put here by hand, {times.at(item.placed_at).text}."
    if item.why:
        yield item.why
    if item.dateline:
        yield f"Its dateline is “{item.dateline}”."


def _link(other: StoryLink, times: Times) -> LinkView:
    return LinkView(
        story_id=other.story_id,
        headline=headline_view(other.title, None).text,
        time=times.at(other.first_at),
    )


# --- beside an article ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideView:
    """The story of an article, in short."""

    story_id: int
    relation: str
    """What the article is to it, as in "copy of The Harbour Post"."""
    why: str
    counts: tuple[str, ...]
    others: tuple[RowView, ...]
    """Its other articles, the first ones by time."""
    more: int
    compare: str | None
    compare_with: str


def beside(story: Story, article_id: int, times: Times) -> BesideView | None:
    """None: the article is alone, or has left the story meanwhile."""
    rows = {row.article_id: row for row in _rows(story, {}, times)}
    own = rows.pop(article_id, None)
    if own is None or not rows:
        return None
    others = tuple(rows.values())
    return BesideView(
        story_id=story.story_id,
        relation=own.relation,
        why=" ".join(own.reasons),
        counts=counts_of(outlet_standings(story)),
        others=others[:_BESIDE],
        more=len(others) - len(others[:_BESIDE]),
        compare=own.compare,
        compare_with=own.compare_with,
    )
