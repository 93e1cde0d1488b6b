"""A digest as its readers see it: safe texts, safe links, local times. Templates only lay it out.

Everything that came from a publisher passes through here once: texts lose controls and
bidirectional overrides, links that are not plainly http(s) are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aggregator.core.digest import lead_article, new_articles, trouble
from aggregator.core.kind_names import kind_mark
from aggregator.core.sentences import lead_sentences
from aggregator.core.text import clean_line
from aggregator.core.timeline import describe, is_independent
from aggregator.types import Digest, Relation, SourceStatus, Story, StoryArticle

# Languages written from right to left, by primary subtag.
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_LONGEST_LINK = 2000
_WEEK = timedelta(days=6)
_MOST_OUTLETS = 12


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
    """As `describe` has it: "own report", "copy of …"; and what its page is, if no article."""
    detail: str
    """What the role adds where outlets are listed as reports or as copies; "" when nothing."""
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    headline: LinkView
    summary: str
    note: str
    """That the story has been here before, and what is new; "" for a story of the period."""
    first: OutletView
    reports: tuple[OutletView, ...]
    """Other outlets with a text of their own, in order of time; the first twelve."""
    copies: tuple[OutletView, ...]
    """Outlets that only copied, in order of time; the first twelve."""
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
    clock = _Clock(digest)
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


class _Clock:
    """Times as the digest's readers write them."""

    def __init__(self, digest: Digest) -> None:
        self._zone = ZoneInfo(digest.timezone)
        self._until = digest.until_at.astimezone(self._zone)
        since = digest.since_at.astimezone(self._zone)
        self.period = (
            f"{_short_date(since.date())} {since:%H:%M} to "
            f"{_short_date(self._until.date())} {self._until:%H:%M}, {digest.timezone}"
        )

    def show(self, at: datetime) -> str:
        """06:12 on the digest's own date, "Sun 21:40" within the week before, else "12 Mar"."""
        local = at.astimezone(self._zone)
        today = self._until.date()
        if local.date() == today:
            return f"{local:%H:%M}"
        if today - _WEEK <= local.date() < today:
            return f"{local:%a %H:%M}"
        year = "" if local.year == today.year else f" {local.year}"
        return f"{local.day} {local:%b}{year}"


def _story(story: Story, digest: Digest, clock: _Clock) -> StoryView:
    lead = lead_article(story)
    first, *others = _by_outlet(story)
    reports = [item for item in others if is_independent(item)]
    copies = [item for item in others if not is_independent(item)]
    unlisted = len(reports[_MOST_OUTLETS:]) + len(copies[_MOST_OUTLETS:])
    return StoryView(
        headline=_headline(lead),
        summary=lead_sentences(lead.excerpt, title=lead.article.title),
        note=_note(story, digest),
        first=_outlet(first, story, clock),
        reports=tuple(_outlet(item, story, clock) for item in reports[:_MOST_OUTLETS]),
        copies=tuple(_outlet(item, story, clock) for item in copies[:_MOST_OUTLETS]),
        more=f"and {_count(unlisted, 'more outlet', 'more outlets')}" if unlisted else "",
    )


def _by_outlet(story: Story) -> list[StoryArticle]:
    """One article an outlet, its first with a text of its own if it has one, in order of time."""
    chosen: dict[str, StoryArticle] = {}
    for item in story.articles:
        known = chosen.get(item.article.source)
        if known is None or (is_independent(item) and not is_independent(known)):
            chosen[item.article.source] = item
    return [item for item in story.articles if chosen[item.article.source] is item]


def _note(story: Story, digest: Digest) -> str:
    if all(item.article.first_seen_at >= digest.since_at for item in story.articles):
        return ""
    new = new_articles(story, since_at=digest.since_at, until_at=digest.until_at)
    names = tuple(dict.fromkeys(clean_line(item.article.source) for item in new))
    return f"Continued; new since the last digest: {_enumerate(names)}."


def _outlet(item: StoryArticle, story: Story, clock: _Clock) -> OutletView:
    return OutletView(
        name=clean_line(item.article.source),
        url=safe_link(item.article.url),
        role=_marked(clean_line(describe(item, story)), item),
        detail=_marked(clean_line(_detail(item, story)), item),
        time=clock.show(item.article.at),
    )


def _marked(said: str, item: StoryArticle) -> str:
    return ", ".join(filter(None, (said, kind_mark(item.article.kind))))


def _detail(item: StoryArticle, story: Story) -> str:
    of_the_first = item.of == story.first.article.article_id
    match item.relation:
        case Relation.TRANSLATION:
            return describe(item, story)
        case Relation.REWRITE:
            return "rewrite" if of_the_first else describe(item, story)
        case Relation.COPY if not of_the_first:
            return describe(item, story)
        case _:
            return ""


def _headline(item: StoryArticle) -> LinkView:
    lang = (item.article.language or "").replace("_", "-").partition("-")[0].lower()
    lang = lang if lang.isascii() and lang.isalpha() else ""
    direction = "rtl" if lang in _RIGHT_TO_LEFT else "ltr"
    return LinkView(
        text=clean_line(item.article.title) or "(without a title)",
        url=safe_link(item.article.url),
        lang=lang,
        dir=direction if lang else "auto",
    )


def _sources(items: Iterable[StoryArticle], clock: _Clock) -> tuple[SourceView, ...]:
    return tuple(
        SourceView(
            name=clean_line(source),
            items=tuple(
                ItemView(
                    headline=_headline(item),
                    mark=kind_mark(item.article.kind),
                    time=clock.show(item.article.at),
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


def _enumerate(names: Sequence[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more outlets"
    return ", ".join((*names[:-2], " and ".join(names[-2:])))


def _long_date(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _short_date(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
