"""The stories of a day by weight, and single items below."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from aggregator.core.digest_ranking import order_of, points_of
from aggregator.core.kind_names import kind_mark
from aggregator.core.moments import moment_of
from aggregator.core.precedence import first_outlets
from aggregator.core.sentences import lead_sentences
from aggregator.core.story_texts import outlet_standings
from aggregator.notify.links import safe_link, safe_name
from aggregator.types import ArticleSummary, DigestStory, Marks, Relation, Story, StoryArticle
from aggregator.web.views.outlets import ChipView, FirstView, chips_of, counts_of, first_of
from aggregator.web.views.spread_view import SpreadView, spread_view
from aggregator.web.views.texts import TextView, headline_view, text_view
from aggregator.web.views.times import Times, TimeView, long_day

MOST_CHIPS = 10
"""Outlets of a story that are named."""
EXCERPT = 600
"""Characters of a text in which its first sentences are looked for."""
DAYS = 7
"""Offered to go to."""
_ONE_DAY = timedelta(days=1)
_UNMARKED = Marks(read=False, starred=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    story_id: int
    headline: TextView
    summary: TextView
    mark: str
    """What the page of the headline is, as in "live blog"; "" for an article."""
    lead_id: int
    """The article of the headline, which is what a star is for."""
    out: str | None
    """Its address at the outlet; None: none that is safe."""
    starred: bool
    read: bool
    """All of its articles are."""
    article_ids: tuple[int, ...]
    first: FirstView
    counts: tuple[str, ...]
    chips: tuple[ChipView, ...]
    more_chips: int
    spread: SpreadView | None
    latest: TimeView
    watches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    article_id: int
    headline: TextView
    mark: str
    time: TimeView
    out: str | None
    starred: bool
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItems:
    source: str
    source_id: int
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    text: str
    href: str
    current: bool


# --- which stories --------------------------------------------------------------------------------


def ranked(
    stories: Sequence[Story],
    *,
    since: datetime,
    until: datetime,
    caught: Mapping[int, frozenset[str]],
    watches: Mapping[str, str],
    outlets: Collection[str] | None,
) -> list[DigestStory]:
    """By the rule of digests (`core.digest_ranking`): those of which something was published in
    [since, until), by the clock that single items are listed by.

    `caught`: of articles the folded names of watches; `watches`: their names by these. `outlets`:
    only what one of these ran counts; None: any.
    """
    found: list[DigestStory] = []
    for story in stories:
        if not any(_ran(item, since, until, outlets) for item in story.articles):
            continue
        names: AbstractSet[str] = frozenset[str]().union(
            *(caught.get(item.article.article_id, ()) for item in story.articles)
        )
        caught_by = tuple(name for folded, name in watches.items() if folded in names)
        points = points_of(
            story, told=frozenset(), watches=len(caught_by), since_at=since, until_at=until
        )
        found.append(DigestStory(story=story, points=points, watches=caught_by))
    return sorted(found, key=order_of)


def _ran(
    item: StoryArticle, since: datetime, until: datetime, outlets: Collection[str] | None
) -> bool:
    """An outlet's same article again is nothing new."""
    return (
        since <= item.article.at < until
        and item.relation is not Relation.SAME
        and (outlets is None or item.article.source in outlets)
    )


# --- how each is shown ----------------------------------------------------------------------------


def story_card(
    one: DigestStory,
    *,
    lead: StoryArticle,
    excerpt: str,
    marks: Mapping[int, Marks],
    times: Times,
) -> StoryCard:
    """`lead`: as `lead_article` has it; `excerpt`: the beginning of its text."""
    story = one.story
    article = lead.article
    ids = tuple(item.article.article_id for item in story.articles)
    standing, first = outlet_standings(story), first_outlets(story)
    chips = chips_of(story, standing, first, times, most=MOST_CHIPS)
    return StoryCard(
        story_id=story.story_id,
        headline=headline_view(article.title, article.language),
        summary=text_view(
            lead_sentences(excerpt, title=article.title, language=article.language),
            article.language,
        ),
        mark=kind_mark(article.kind),
        lead_id=article.article_id,
        out=safe_link(article.url),
        starred=marks.get(article.article_id, _UNMARKED).starred,
        read=all(marks.get(number, _UNMARKED).read for number in ids),
        article_ids=ids,
        first=first_of(story, first, times),
        counts=counts_of(standing),
        chips=chips,
        more_chips=len(story.outlets) - len(chips),
        spread=spread_view(story, times, lanes=4),
        latest=times.moment(moment_of(max(story.articles, key=_at))),
        watches=tuple(map(safe_name, one.watches)),
    )


def by_source(
    found: Sequence[ArticleSummary], marks: Mapping[int, Marks], times: Times
) -> tuple[SourceItems, ...]:
    """Single items, by source and then by time, the latest first."""
    ordered = sorted(found, key=lambda item: item.at, reverse=True)
    ordered.sort(key=lambda item: (item.source.casefold(), item.source_id))
    return tuple(
        SourceItems(
            source=safe_name(items[0].source),
            source_id=items[0].source_id,
            items=tuple(_item(item, marks, times) for item in items),
        )
        for _, group in groupby(ordered, key=lambda item: item.source_id)
        for items in [list(group)]
    )


def _item(item: ArticleSummary, marks: Mapping[int, Marks], times: Times) -> ItemView:
    own = marks.get(item.article_id, _UNMARKED)
    return ItemView(
        article_id=item.article_id,
        headline=headline_view(item.title, item.language),
        mark=kind_mark(item.kind),
        time=times.at(item.at),
        out=safe_link(item.url),
        starred=own.starred,
        read=own.read,
    )


def _at(item: StoryArticle) -> datetime:
    return item.article.at


# --- where one can go -----------------------------------------------------------------------------


def address(*, day: date | None = None, tag: str | None = None, number: int = 1) -> str:
    """Of a page, by number, of a day (None: the last 24 hours) and a tag."""
    values = {
        "day": "" if day is None else day.isoformat(),
        "tag": tag or "",
        "number": "" if number == 1 else str(number),
    }
    query = urlencode({key: value for key, value in values.items() if value})
    return f"/?{query}" if query else "/"


def single_items(day: date | None, tag: str | None) -> str:
    """The search that finds articles which no other outlet reports."""
    parts = ["sources:1"]
    if day is None:
        parts.append("after:24h")
    else:
        parts.append(f"after:{day.isoformat()} before:{(day + _ONE_DAY).isoformat()}")
    if tag:
        quoted = tag.replace('"', " ")
        parts.append(f'tag:"{quoted}"')
    return " ".join(parts)


def search_address(day: date | None, tag: str | None) -> str:
    """Where all of them are."""
    return f"/search?{urlencode({'q': single_items(day, tag)})}"


def days(times: Times, day: date | None, tag: str | None) -> tuple[Choice, ...]:
    """The last 24 hours and the days before today; another one that is shown stands at the end."""
    choices = [Choice(text="Last 24 hours", href=address(tag=tag), current=day is None)]
    offered = [times.today - _ONE_DAY * ago for ago in range(DAYS)]
    if day is not None and day not in offered:
        offered.append(day)
    return (
        *choices,
        *(
            Choice(
                text=times.day(one).capitalize()
                if (times.today - one).days < 2
                else times.day(one),
                href=address(day=one, tag=tag),
                current=one == day,
            )
            for one in offered
        ),
    )


def tags(names: Sequence[str], day: date | None, tag: str | None) -> tuple[Choice, ...]:
    """All, and each of `names`; none where there are none."""
    if not names:
        return ()
    return (
        Choice(text="All", href=address(day=day), current=tag is None),
        *(
            Choice(text=name, href=address(day=day, tag=name), current=name == tag)
            for name in names
        ),
    )


def title_of(day: date | None) -> str:
    """As in "Today", "Monday, 30 March 2026"."""
    return "Today" if day is None else long_day(day)
