"""Which article speaks for a story: its headline and its beginning are shown for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.core.language_tags import primary_subtag
from aggregator.core.moments import moment_of
from aggregator.core.origin import How, origin_of
from aggregator.core.story_texts import Standing, standings
from aggregator.core.timeline import language_name
from aggregator.types import PageKind, Story, StoryArticle

EARLY = timedelta(hours=6)
"""After the first article that may lead."""
ENOUGH = 60
"""Words of a text that says what happened; fewer are a flash, a link or a summary."""
FULL = 600
"""More words make a report no better."""
_NO_REPORT = frozenset({PageKind.VIDEO, PageKind.LIVE})
"""The other kinds of pages are articles, or leave the feed's text in the place of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    article: StoryArticle
    why: str
    """A sentence that a person can check."""


def lead_of(story: Story) -> Lead:
    """The article that speaks for the story, by these rules:

    1. What is no report (a video, a live blog) or has no title leads only if nothing else is there.
    2. The origin's own article (`origin_of`), if it has 60 words or more.
    3. Else the fullest early report. Early is what came out within six hours after the first
       of these. Reports are texts of an outlet's own, an agency's that it ran first, and rewrites;
       copies only where there are no others. Those in the story's main language, that of most of
       its outlets, of equals that of the first article, are preferred to those in others, as long
       as one of them has 60 words. Full is the number of words, no more than 600 of them, times the
       weight of the source; the earlier of equals.
    """
    fit = [item for item in story.articles if item.article.kind not in _NO_REPORT]
    fit = [item for item in fit or story.articles if item.article.title] or list(story.articles)
    if len(fit) == 1:
        return Lead(article=fit[0], why=_only(len(story.articles)))
    origin = origin_of(story)
    if origin is not None and origin.article in fit and _has_text(origin.article):
        said = (
            "named as the origin" if origin.how is How.CREDITED else "the origin of a copied text"
        )
        return Lead(article=origin.article, why=f"It is {said}.")
    candidates, language = _in_main_language(_early_reports(story, fit), story)
    lead = max(candidates, key=lambda item: min(item.words, FULL) * item.weight)
    return Lead(article=lead, why=_fullest(lead, candidates, language))


def lead_article(story: Story) -> StoryArticle:
    """The article of `lead_of`."""
    return lead_of(story).article


def _has_text(item: StoryArticle) -> bool:
    return item.words >= ENOUGH


def _early_reports(story: Story, fit: Sequence[StoryArticle]) -> list[StoryArticle]:
    until = moment_of(fit[0]).latest + EARLY
    early = [item for item in fit if moment_of(item).latest <= until]
    standing = standings(story)
    reports = [item for item in early if standing[item.article.article_id] is not Standing.COPY]
    return reports or early


def _in_main_language(
    items: list[StoryArticle], story: Story
) -> tuple[list[StoryArticle], str | None]:
    """Those in the main language, and which it is; all, and None, where that excludes nothing."""
    outlets: dict[str, set[str]] = {}
    for item in story.articles:
        if language := _language(item):
            outlets.setdefault(language, set()).add(item.article.source)
    main = max(outlets, key=lambda language: len(outlets[language]), default="")
    own = [item for item in items if _language(item) in {main, ""}]
    if len(own) == len(items) or not any(map(_has_text, own)):
        return items, None
    return own, main


def _language(item: StoryArticle) -> str:
    return primary_subtag(item.article.language or "")


def _only(articles: int) -> str:
    if articles == 1:
        return "It is the only article."
    return "It is the only article that has a title and is no video or live blog."


def _fullest(lead: StoryArticle, candidates: Sequence[StoryArticle], language: str | None) -> str:
    within = f" in {language_name(language) or language}" if language else ""
    early = f"{within} within {EARLY // timedelta(hours=1)} hours of the first"
    if len(candidates) == 1:
        return f"It is the only report{early}."
    weighed = any(item.weight != lead.weight for item in candidates)
    words = f"{lead.words} words{f' at weight {lead.weight:g}' if weighed else ''}"
    return f"It is the fullest of the {len(candidates)} reports{early}: {words}."
