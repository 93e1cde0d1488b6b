"""A digest as its readers see it: safe texts, safe links, local times. Templates only lay it out.

Everything that came from a publisher passes through here once: texts lose controls and
bidirectional overrides, links that are not plainly http(s) are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from urllib.parse import urlsplit

from aggregator.core.digest import new_articles, trouble
from aggregator.core.directions import direction_of
from aggregator.core.enumerating import enumerate_names
from aggregator.core.kind_names import kind_mark
from aggregator.core.language_tags import primary_subtag
from aggregator.core.lead_report import lead_article
from aggregator.core.moments import moment_of
from aggregator.core.origin import How, origin_of
from aggregator.core.precedence import first_outlets
from aggregator.core.sentences import lead_sentences
from aggregator.core.story_texts import Standing, standings
from aggregator.core.text import clean_line
from aggregator.core.timeline import describe
from aggregator.notify.clock import Clock
from aggregator.types import Digest, Relation, SourceStatus, Story, StoryArticle

_LONGEST_LINK = 2000
_MOST_OUTLETS = 12
_GROUPS = {
    Standing.OWN: "reports",
    Standing.CARRIED: "reports",
    Standing.REWRITE: "rewrites",
    Standing.COPY: "copies",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A text that may lead somewhere."""

    text: str
    url: str | None
    """http(s) only; None: no link that is safe to show."""
    lang: str
    """BCP 47 primary subtag, or "" when not known."""
    dir: str
    """"rtl", "ltr", or "auto" when the language is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletView:
    """An outlet in a story, by its first article of the kind."""

    name: str
    url: str | None
    role: str
    """As `describe` has it: "own report", "copy of …"; of the first, whether that is certain; and
    what its page is, if no article."""
    detail: str
    """What the role adds where outlets are listed as reports or as copies; "" when nothing."""
    time: str
    """As exact as it is known: "06:12", "about 06:12", "by 06:12", "Sun"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    headline: LinkView
    summary: str
    note: str
    """That the story has been here before, and what is new; "" for a story of the period."""
    origin: str
    """Whom the texts name as their origin, where that is not the first outlet; "" when nobody."""
    first: OutletView
    certain: bool
    """That it was first."""
    reports: tuple[OutletView, ...]
    """Other outlets with an independent report, in order of time; the first twelve."""
    rewrites: tuple[OutletView, ...]
    """Outlets that rewrote another's text, in order of time; the first twelve."""
    copies: tuple[OutletView, ...]
    """Outlets that only copied, in order of time; the first twelve."""

    @property
    def outlets(self) -> tuple[OutletView, ...]:
        """All that are listed, in the order in which they are."""
        return (self.first, *self.reports, *self.rewrites, *self.copies)

    more: str
    """How many outlets are not listed, as in "and 3 more outlets"; "" when all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    headline: LinkView
    mark: str
    """What its page is, as in "paywall"; "" for an article."""
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    name: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleView:
    name: str
    url: str | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    title: str
    day: str
    counts: str
    """As in "12 stories, 34 single items"."""
    stories: tuple[StoryView, ...]
    sources: tuple[SourceView, ...]
    troubles: tuple[TroubleView, ...]
    left_out: str
    """A sentence; "" when nothing was."""
    nothing: str
    """A sentence for an empty day; "" when there is news."""
    period: str
    top: str
    """The headline of the first story, else of the newest item; "" on an empty day."""


def view_digest(digest: Digest) -> DigestView:
    """Everything the templates need, in the order they show it."""
    clock = Clock(digest)
    return DigestView(
        title=clean_line(digest.title),
        day=_long_date(digest.local_date),
        counts=_counts(digest),
        stories=tuple(_story(story, digest, clock) for story in digest.stories),
        sources=_sources(digest.singles, clock),
        troubles=tuple(_trouble(status, digest.until_at) for status in digest.troubles),
        left_out=_left_out(digest.left_out),
        nothing="Nothing new in this period." if digest.is_empty else "",
        period=clock.period,
        top=_top(digest),
    )


def safe_link(url: str | None) -> str | None:
    """The address if it is http(s), names a host and hides nothing; else None.

    Refused are other schemes, white space, controls, backslashes, and a user name before the
    host (`https://bank.example@evil.example/`), which only serves to deceive.
    """
    if url is None or len(url) > _LONGEST_LINK or clean_line(url) != url:
        return None
    if any(char.isspace() or char in '\\"<>' for char in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return url


def _story(story: Story, digest: Digest, clock: Clock) -> StoryView:
    lead = lead_article(story)
    standing = standings(story)
    first, *others = _by_outlet(story, standing)
    groups: dict[str, list[StoryArticle]] = {"reports": [], "rewrites": [], "copies": []}
    for item in others:
        groups[_GROUPS[standing[item.article.article_id]]].append(item)
    unlisted = sum(len(items[_MOST_OUTLETS:]) for items in groups.values())
    certain = first_outlets(story).certain
    return StoryView(
        headline=_headline(lead),
        summary=lead_sentences(lead.excerpt, title=lead.article.title),
        note=_note(story, digest),
        origin=_origin(story),
        first=_outlet(first, story, clock, certain=certain),
        certain=certain,
        more=f"and {_count(unlisted, 'more outlet', 'more outlets')}" if unlisted else "",
        **{
            group: tuple(_outlet(item, story, clock) for item in items[:_MOST_OUTLETS])
            for group, items in groups.items()
        },
    )


def _origin(story: Story) -> str:
    origin = origin_of(story)
    if origin is None or origin.article is story.first:
        return ""
    return clean_line(enumerate_names(origin.names)) if origin.how is How.CREDITED else ""


def _by_outlet(story: Story, standing: Mapping[int, Standing]) -> list[StoryArticle]:
    """The first article, and of every other outlet its best, the earliest of equals, by time."""
    chosen: dict[str, StoryArticle] = {story.first.article.source: story.first}
    for item in story.articles[1:]:
        known = chosen.setdefault(item.article.source, item)
        if known is story.first:
            continue
        if standing[item.article.article_id].rank < standing[known.article.article_id].rank:
            chosen[item.article.source] = item
    return [item for item in story.articles if chosen[item.article.source] is item]


def _note(story: Story, digest: Digest) -> str:
    if all(item.article.first_seen_at >= digest.since_at for item in story.articles):
        return ""
    new = new_articles(story, since_at=digest.since_at, until_at=digest.until_at)
    names = tuple(dict.fromkeys(clean_line(item.article.source) for item in new))
    return f"Continued; new since the last digest: {enumerate_names(names, most=4)}."


def _outlet(item: StoryArticle, story: Story, clock: Clock, *, certain: bool = True) -> OutletView:
    role = describe(item, story)
    return OutletView(
        name=clean_line(item.article.source),
        url=safe_link(item.article.url),
        role=_marked(clean_line(role if certain else f"{role}, as far as can be told"), item),
        detail=_marked(clean_line(_detail(role, item, story)), item),
        time=clock.show(moment_of(item)),
    )


def _marked(said: str, item: StoryArticle) -> str:
    return ", ".join(filter(None, (said, kind_mark(item.article.kind))))


def _detail(role: str, item: StoryArticle, story: Story) -> str:
    if item.relation in {Relation.COPY, Relation.REWRITE}:
        return role.removesuffix(f"{item.relation} of {story.first.article.source}")
    return role if item.relation is Relation.TRANSLATION else role.partition(", ")[2]


def _headline(item: StoryArticle) -> LinkView:
    lang = primary_subtag(item.article.language or "")
    lang = lang if lang.isascii() and lang.isalpha() else ""
    return LinkView(
        text=clean_line(item.article.title) or "(without a title)",
        url=safe_link(item.article.url),
        lang=lang,
        dir=direction_of(lang),
    )


def _sources(items: Iterable[StoryArticle], clock: Clock) -> tuple[SourceView, ...]:
    return tuple(
        SourceView(
            name=clean_line(source),
            items=tuple(
                ItemView(
                    headline=_headline(item),
                    mark=kind_mark(item.article.kind),
                    time=clock.show(moment_of(item)),
                )
                for item in group
            ),
        )
        for source, group in groupby(items, key=lambda item: item.article.source)
    )


def _trouble(status: SourceStatus, now: datetime) -> TroubleView:
    return TroubleView(
        name=clean_line(status.source.name),
        url=safe_link(status.source.url),
        sentence=clean_line(trouble(status, now=now) or "It is not known what is wrong."),
    )


def _top(digest: Digest) -> str:
    if digest.stories:
        return _headline(lead_article(digest.stories[0])).text
    if digest.singles:
        newest = max(digest.singles, key=lambda item: item.article.at)
        return _headline(newest).text
    return ""


def _counts(digest: Digest) -> str:
    parts = []
    if digest.stories:
        parts.append(_count(len(digest.stories), "story", "stories"))
    if digest.singles:
        parts.append(_count(len(digest.singles), "single item", "single items"))
    return ", ".join(parts)


def _left_out(number: int) -> str:
    if not number:
        return ""
    what = _count(number, "more story or item was", "more stories and items were")
    return f"{what} left out to keep this readable."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _long_date(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"
