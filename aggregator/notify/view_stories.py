"""Stories and items of a digest as its readers see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aggregator.core.digest_growth import growth_of
from aggregator.core.lead_report import lead_article
from aggregator.core.moments import moment_of
from aggregator.core.origin import How, origin_of
from aggregator.core.precedence import credited, credits_outlet, first_outlets
from aggregator.core.sentences import lead_sentences
from aggregator.core.story_texts import Standing, standings
from aggregator.core.text import shorten
from aggregator.notify.clock import Clock
from aggregator.notify.links import LinkView, headline_of, safe_link, safe_name
from aggregator.notify.words.catalogue import Words
from aggregator.types import Digest, DigestStory, PageKind, Relation, Story, StoryArticle

MOST_OUTLETS = 12
"""Listed of each kind in a story."""
_MOST_NAMED = 2
_MOST_WATCHES = 6
_LONGEST_ALT = 300
_LISTS = {
    Standing.OWN: "reports",
    Standing.CARRIED: "reports",
    Standing.REWRITE: "rewrites",
    Standing.COPY: "copies",
}
_MARKS = {PageKind.PAYWALL: "paywall", PageKind.VIDEO: "video", PageKind.LIVE: "live"}
"""Of the kinds of pages that hold an article; of the others the text is the feed's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletView:
    """An outlet in a story, by its first article of the kind."""

    name: str
    url: str | None
    detail: str
    """What the list that it stands in does not say: "in Spanish", "copy of …", "paywall"."""
    time: str
    """As exact as it is known: "06:12", "about 06:12", "by 06:12", "Sun"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """Outlets that did the same."""

    label: str
    """As in "Copied by:"."""
    outlets: tuple[OutletView, ...]
    """In order of time; the first twelve."""
    more: str
    """How many are not listed, as in "and 3 more outlets"; "" when all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    url: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    headline: LinkView
    summary: str
    image: ImageView | None
    note: str
    """That the story has been told before, and what is new; "" for one that is told first."""
    watches: str
    """Those that caught it, as in "Watch: Baku"; "" when none did."""
    origin: str
    """Whom the texts name as their origin, where that is not the first outlet, as in "Origin:
    AFP"; "" when nobody."""
    first: ListView
    """One outlet; the label says whether it is certain that it was first."""
    lists: tuple[ListView, ...]
    """The others: independent reports, rewrites, copies; none is empty."""
    outlets: str
    """How many in all, as in "4 outlets"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    headline: LinkView
    outlet: str
    """Of the headline."""
    time: str
    outlets: str
    """As in "4 outlets"."""
    note: str
    """As `StoryView.note`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    headline: LinkView
    mark: str
    """What its page is, as in "paywall"; "" for an article."""
    time: str


class StoryViews:
    """Of one digest."""

    def __init__(self, digest: Digest, words: Words, clock: Clock) -> None:
        self._digest = digest
        self._words = words
        self._clock = clock

    def story(self, one: DigestStory) -> StoryView:
        story = one.story
        lead = lead_article(story)
        standing = standings(story)
        first, *others = _by_outlet(story, standing)
        certain = first_outlets(story).certain
        return StoryView(
            headline=self.headline(lead),
            summary=lead_sentences(
                lead.excerpt, title=lead.article.title, language=lead.article.language
            ),
            image=self._image(lead),
            note=self._note(one),
            watches=self._watches(one),
            origin=self._origin(story),
            first=ListView(
                label=self._words.say("first" if certain else "first_likely"),
                outlets=(self._outlet(first, story),),
                more="",
            ),
            lists=tuple(self._lists(others, story, standing)),
            outlets=self._words.count("outlets", len(story.outlets)),
        )

    def brief(self, one: DigestStory) -> BriefView:
        lead = lead_article(one.story)
        return BriefView(
            headline=self.headline(lead),
            outlet=safe_name(lead.article.source),
            time=self._clock.show(moment_of(lead)),
            outlets=self._words.count("outlets", len(one.story.outlets)),
            note=self._note(one),
        )

    def item(self, item: StoryArticle) -> ItemView:
        return ItemView(
            headline=self.headline(item),
            mark=self._mark(item),
            time=self._clock.show(moment_of(item)),
        )

    def headline(self, item: StoryArticle) -> LinkView:
        return headline_of(item, untitled=self._words.say("untitled"))

    def headline_of_story(self, one: DigestStory) -> LinkView:
        return self.headline(lead_article(one.story))

    def _image(self, lead: StoryArticle) -> ImageView | None:
        url = safe_link(lead.image_url) if self._digest.images else None
        if url is None:
            return None
        return ImageView(url=url, alt=shorten(lead.image_alt, _LONGEST_ALT))

    def _note(self, one: DigestStory) -> str:
        growth = growth_of(one, since_at=self._digest.since_at)
        if growth is None:
            return ""
        parts = [
            self._words.say(key, outlets=self._words.names(_names(items)))
            for key, items in (
                ("grown_reports", growth.reports),
                ("grown_translations", growth.translations),
                ("grown_updates", growth.updates),
                ("grown_rewrites", growth.rewrites),
                ("grown_copies", growth.copies),
            )
            if items
        ]
        separator = self._words.say("separator")
        return self._words.say("continued", what=separator.join(parts)) if parts else ""

    def _watches(self, one: DigestStory) -> str:
        if not one.watches:
            return ""
        names = self._words.say("comma").join(map(safe_name, one.watches[:_MOST_WATCHES]))
        return f"{self._words.say('watches')} {names}"

    def _origin(self, story: Story) -> str:
        origin = origin_of(story)
        if origin is None or origin.article is story.first or origin.how is not How.CREDITED:
            return ""
        return f"{self._words.say('origin')} {self._words.names([*map(safe_name, origin.names)])}"

    def _lists(
        self, items: Iterable[StoryArticle], story: Story, standing: Mapping[int, Standing]
    ) -> Iterator[ListView]:
        groups: dict[str, list[StoryArticle]] = {"reports": [], "rewrites": [], "copies": []}
        for item in items:
            groups[_LISTS[standing[item.article.article_id]]].append(item)
        for label, group in groups.items():
            if group:
                more = len(group) - MOST_OUTLETS
                yield ListView(
                    label=self._words.say(label),
                    outlets=tuple(self._outlet(item, story) for item in group[:MOST_OUTLETS]),
                    more=self._words.count("more_outlets", more) if more > 0 else "",
                )

    def _outlet(self, item: StoryArticle, story: Story) -> OutletView:
        return OutletView(
            name=safe_name(item.article.source),
            url=safe_link(item.article.url),
            detail=self._words.say("comma").join(filter(None, self._details(item, story))),
            time=self._clock.show(moment_of(item)),
        )

    def _details(self, item: StoryArticle, story: Story) -> Iterator[str]:
        say = self._words.say
        if item.relation in {Relation.COPY, Relation.REWRITE}:
            yield self._derived(item, story)
        elif item.relation is not Relation.SAME:
            if item.relation is Relation.TRANSLATION:
                language = self._words.locale.language(item.article.language)
                yield say("in_language", language=language) if language else ""
            names = [safe_name(name) for name in credited(item)[:_MOST_NAMED]]
            yield say("credits", names=self._words.names(names)) if names else ""
        yield self._mark(item)

    def _derived(self, item: StoryArticle, story: Story) -> str:
        """Whose text it is, where that is not the first outlet's."""
        other = next((one for one in story.articles if one.article.article_id == item.of), None)
        if other is None:
            return ""
        outlet = safe_name(other.article.source)
        if credits_outlet(other, item.article.source):
            return self._words.say("credited_by", outlet=outlet)
        if other.article.source == story.first.article.source:
            return ""
        copied = item.relation is Relation.COPY
        return self._words.say("copy_of" if copied else "rewrite_of", outlet=outlet)

    def _mark(self, item: StoryArticle) -> str:
        key = _MARKS.get(item.article.kind)
        return self._words.say(key) if key else ""


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


def _names(items: Iterable[StoryArticle]) -> list[str]:
    return list(dict.fromkeys(safe_name(item.article.source) for item in items))
