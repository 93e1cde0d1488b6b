"""What is reported today, or was on another day, by weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config import Config
from aggregator.core.lead_report import lead_article
from aggregator.core.query import parse
from aggregator.core.source_keys import tag_key
from aggregator.core.watch_rules import watch_key
from aggregator.storage.protocol import Storage
from aggregator.types import ArticleSummary, DigestStory, Scope
from aggregator.web.access.visitor import needs
from aggregator.web.pages.marking_all import latest_article
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views import today_view
from aggregator.web.views.times import Times, times_of

router = APIRouter()

STORIES = 30
"""On one page."""
CANDIDATES = 100
"""Stories with most outlets that are ranked; of those with a tag more must be looked at."""
CANDIDATES_OF_TAG = 400
ITEMS = 60
"""Single items, the latest ones."""
TAGS = 12
"""Offered, those that most sources have."""
_NUMBER = re.compile(r"[0-9]{1,3}")
_DAY = timedelta(days=1)
_AHEAD = timedelta(hours=1)
"""What was first seen a little later than now is shown: it is the clock of another machine."""
_CAUGHT_WITHIN = timedelta(days=3)
"""Watches look at what was published so long ago."""


@router.get("/", dependencies=[Depends(needs(Scope.READ))])
def today(
    request: Request,
    site: Annotated[Site, Depends(site_of)],
    day: str = "",
    tag: str = "",
    number: str = "",
) -> Response:
    config, times = site.config(), times_of(site.config(), site.clock())
    wanted = _day_of(day, times)
    since, until = _span(wanted, times)
    outlets = _outlets(config, tag) if tag else None
    nothing = outlets is not None and not outlets
    found = [] if nothing else _ranked(site.storage, config, since, until, outlets)
    pages = max((len(found) - 1) // STORIES + 1, 1)
    at = min(max(int(number), 1), pages) if _NUMBER.fullmatch(number) else 1
    start = (at - 1) * STORIES
    shown = found[start : start + STORIES]
    only_stories = nothing or at > 1
    items = [] if only_stories else _single_items(site.storage, times, wanted, tag)
    return page(
        request,
        "today.html.j2",
        title=today_view.title_of(wanted),
        cards=_cards(site.storage, shown, times),
        sources=_by_source(site.storage, items, times),
        days=today_view.days(times, wanted, tag or None),
        tags=today_view.tags(_tags(config, tag), wanted, tag or None),
        newer=today_view.address(day=wanted, tag=tag, number=at - 1) if at > 1 else None,
        older=(today_view.address(day=wanted, tag=tag, number=at + 1) if at < pages else None),
        back=today_view.address(day=wanted, tag=tag, number=at),
        followed=bool(config.sources),
        latest=latest_article(site.storage),
        tag=tag,
        more_items=today_view.search_address(wanted, tag) if len(items) == ITEMS else None,
    )


def _day_of(text: str, times: Times) -> date | None:
    """None: the last 24 hours."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise HTTPException(404, f"“{text}” is no day; one is written 2026-03-30.") from None
    if not date(1970, 1, 2) <= found <= times.today:
        raise HTTPException(404, "There is no news of that day yet.")
    return found


def _span(day: date | None, times: Times) -> tuple[datetime, datetime]:
    if day is None:
        return times.now - _DAY, times.now + _AHEAD
    return times.starts(day), times.starts(day + _DAY)


def _ranked(
    storage: Storage,
    config: Config,
    since: datetime,
    until: datetime,
    outlets: frozenset[str] | None,
) -> list[DigestStory]:
    """`outlets`: only what these ran counts; None: any."""
    stories = storage.stories(
        since=since,
        until=until,
        min_sources=2,
        limit=CANDIDATES if outlets is None else CANDIDATES_OF_TAG,
        brief=True,
        published=True,
    )
    until_caught = until + _CAUGHT_WITHIN
    return today_view.ranked(
        stories,
        since=since,
        until=until,
        caught=storage.caught(since=since, until=until_caught) if config.watches else {},
        watches={watch_key(watch.name): watch.name for watch in config.watches},
        outlets=outlets,
    )


def _outlets(config: Config, tag: str) -> frozenset[str]:
    wanted = tag_key(tag)
    return frozenset(
        source.name for source in config.sources if wanted in map(tag_key, source.tags)
    )


def _cards(
    storage: Storage, shown: Sequence[DigestStory], times: Times
) -> list[today_view.StoryCard]:
    """Lists of stories come with the beginning of each story's first text; where another article
    leads, its own is read."""
    leads = [lead_article(one.story) for one in shown]
    without = [lead.article.article_id for lead in leads if not lead.excerpt]
    texts = {
        article.summary.article_id: article.text[: today_view.EXCERPT]
        for article in (storage.articles(without) if without else ())
    }
    ids = [item.article.article_id for one in shown for item in one.story.articles]
    marks = storage.marks(ids) if ids else {}
    return [
        today_view.story_card(
            one,
            lead=lead,
            excerpt=lead.excerpt or texts.get(lead.article.article_id, ""),
            marks=marks,
            times=times,
        )
        for one, lead in zip(shown, leads, strict=True)
    ]


def _single_items(
    storage: Storage, times: Times, day: date | None, tag: str
) -> list[ArticleSummary]:
    query = parse(today_view.single_items(day, tag), now=times.local(times.now))
    found = storage.search(query, limit=ITEMS, passages=False)
    return [hit.article for hit in found.hits]


def _by_source(
    storage: Storage, items: Sequence[ArticleSummary], times: Times
) -> tuple[today_view.SourceItems, ...]:
    marks = storage.marks([item.article_id for item in items]) if items else {}
    return today_view.by_source(items, marks, times)


def _tags(config: Config, tag: str) -> list[str]:
    """Those that most sources have, and the one that is shown."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for source in config.sources:
        for name in source.tags:
            key = tag_key(name)
            names.setdefault(key, name)
            counts[key] = counts.get(key, 0) + 1
    keys = sorted(counts, key=lambda key: (-counts[key], key))[:TAGS]
    offered = [names[key] for key in keys]
    return offered if not tag or tag in offered else [*offered, tag]
