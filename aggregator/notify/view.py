"""A digest as its readers see it: safe texts, safe links, local times, in its own language.

Templates only lay it out. Everything that came from a publisher has passed through here once: texts
lose controls and bidirectional overrides, links that are not plainly http(s) are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from aggregator.core.digest_troubles import TroubleKind, trouble_of
from aggregator.core.text import shorten
from aggregator.notify.clock import Clock
from aggregator.notify.links import safe_link, safe_name
from aggregator.notify.view_stories import BriefView, ItemView, StoryView, StoryViews
from aggregator.notify.words.catalogue import Words
from aggregator.types import Digest, DigestSection, SourceStatus, StoryArticle

MOST_TROUBLES = 25
_LONGEST_TITLE = 100
_LONGEST_SENTENCE = 500
_PREVIEWED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    title: str
    """"" where there is only one, which needs none."""
    stories: tuple[StoryView, ...]
    brief: tuple[BriefView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    name: str
    url: str | None
    """Its home page."""
    items: tuple[ItemView, ...]
    more: str
    """How many are left out, as in "and 12 more"; "" when none are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleView:
    name: str
    url: str | None
    sentence: str
    lang: str
    """What the sentence is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    words: Words
    title: str
    day: str
    hour: str
    """At which the period ends; "" in the first edition of a day."""
    counts: str
    """As in "12 stories · 34 single items"."""
    sections: tuple[SectionView, ...]
    sources: tuple[SourceView, ...]
    troubles: tuple[TroubleView, ...]
    more_troubles: str
    """How many are not listed; "" when all are."""
    left_out: str
    """A sentence; "" when nothing was."""
    nothing: str
    """A sentence for an empty day; "" when there is news."""
    period: str
    again_url: str | None
    """Where readers see this edition again; None: they have no page, or nobody does."""
    rest_url: str | None
    """Where all stories of the day are; None: readers have no page."""
    top: str
    """The headline of the story with the most points, else of the newest item; "" on an empty
    day."""
    preview: str
    """Further headlines, which inboxes show behind the subject."""
    short_day: str
    """As in "30 Mar", with the hour after the first edition of a day."""

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """Those in full, in order."""
        return tuple(story for section in self.sections for story in section.stories)


def view_digest(digest: Digest) -> DigestView:
    """Everything that is shown, in the order in which it is."""
    words = Words(digest.language)
    clock = Clock(digest, words)
    views = StoryViews(digest, words, clock)
    day = digest.edition.local_date
    hour = clock.hour if digest.edition.slot != 1 else ""
    top, *others = [*_headlines(digest, views), ""]
    return DigestView(
        words=words,
        title=shorten(digest.title, _LONGEST_TITLE),
        day=words.locale.long_date(day),
        hour=hour,
        counts=_counts(digest, words),
        sections=tuple(_sections(digest.sections, words, views)),
        sources=tuple(_sources(digest, words, views)),
        troubles=tuple(
            _trouble(status, digest, words, clock) for status in digest.troubles[:MOST_TROUBLES]
        ),
        more_troubles=_more("more_troubles", len(digest.troubles) - MOST_TROUBLES, words),
        left_out=_more("left_out", digest.left_out, words),
        nothing=words.say("nothing") if digest.is_empty else "",
        period=clock.period,
        again_url=_address(digest),
        rest_url=f"{digest.home}/?day={digest.edition.local_date}" if digest.home else None,
        top=top,
        preview=" · ".join(filter(None, others[:_PREVIEWED])),
        short_day=" ".join(filter(None, (words.locale.short_date(day), hour))),
    )


def _counts(digest: Digest, words: Words) -> str:
    """As in "12 stories · 34 single items", of what is shown; "" for an empty digest."""
    stories = sum(len(one.stories) + len(one.brief) for one in digest.sections)
    return " · ".join(
        words.count(key, number)
        for key, number in (("stories", stories), ("items", len(digest.singles)))
        if number
    )


def _headlines(digest: Digest, views: StoryViews) -> list[str]:
    """Of the stories by points, whatever their sections; where there are none, of the items by
    time, the newest first."""
    shown = [one for section in digest.sections for one in (*section.stories, *section.brief)]
    ranked = sorted(shown, key=lambda one: -one.points)
    if ranked:
        return [views.headline_of_story(one).text for one in ranked[: _PREVIEWED + 1]]
    newest = sorted(digest.singles, key=lambda item: item.article.at, reverse=True)
    return [views.headline(item).text for item in newest[: _PREVIEWED + 1]]


def _sections(
    sections: Iterable[DigestSection], words: Words, views: StoryViews
) -> Iterator[SectionView]:
    shown = [one for one in sections if one.stories or one.brief]
    titled = any(one.title is not None for one in shown)
    for section in shown:
        title = section.title or (words.say("others") if titled else "")
        yield SectionView(
            title=shorten(title, _LONGEST_TITLE),
            stories=tuple(map(views.story, section.stories)),
            brief=tuple(map(views.brief, section.brief)),
        )


def _sources(digest: Digest, words: Words, views: StoryViews) -> Iterator[SourceView]:
    for source, items in groupby(digest.singles, key=_source_of):
        yield SourceView(
            name=safe_name(source),
            url=safe_link(digest.sites.get(source)),
            items=tuple(map(views.item, items)),
            more=_more("more_items", digest.singles_left_out.get(source, 0), words),
        )


def _source_of(item: StoryArticle) -> str:
    return item.article.source


def _trouble(status: SourceStatus, digest: Digest, words: Words, clock: Clock) -> TroubleView:
    found = trouble_of(status, now=digest.until_at)
    sentence, lang = words.say("retired"), words.language
    match None if found is None else found.kind:
        case TroubleKind.SILENT if status.newest_at is not None:
            sentence = words.say("silent", day=clock.day(status.newest_at))
        case TroubleKind.EMPTY:
            sentence = words.say("empty")
        case TroubleKind.MOVED:
            sentence = words.say("moved", address=(found and found.address) or "")
        case _ if found is not None and found.said:
            sentence, lang = found.said, "en"
    return TroubleView(
        name=safe_name(status.source.name),
        url=safe_link(status.state.site_url) or safe_link(status.source.url),
        sentence=shorten(sentence, _LONGEST_SENTENCE),
        lang=lang,
    )


def _more(key: str, number: int, words: Words) -> str:
    return words.count(key, number) if number > 0 else ""


def _address(digest: Digest) -> str | None:
    if digest.home is None or digest.is_preview:
        return None
    edition = digest.edition
    name = quote(edition.digest, safe="")
    return f"{digest.home}/digests/{name}/{edition.local_date}/{edition.slot}"
