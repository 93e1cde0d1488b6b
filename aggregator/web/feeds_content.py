"""What feeds tell of a story and of an article, whatever their format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from aggregator.core.directions import direction_of
from aggregator.core.export_xhtml import escape
from aggregator.core.html import sanitise
from aggregator.core.language_tags import primary_subtag
from aggregator.core.lead_report import lead_article
from aggregator.core.markup import from_text
from aggregator.core.moments import moment_of
from aggregator.core.precedence import first_outlets
from aggregator.core.sentences import lead_sentences
from aggregator.core.story_texts import Standing, outlet_standings
from aggregator.core.text import shorten
from aggregator.core.timeline import describe
from aggregator.notify.links import safe_link, safe_name
from aggregator.types import Article, Media, Relation, Story, StoryArticle

UNTITLED = "(no title)"
MOST_LINES = 100
"""Articles that an entry of a story lists."""
_TITLE = 300
_NAMESPACE = UUID("6f2c7a52-8d0b-4f0e-9b53-7f4a3a1d9c11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One that ran a story, by its first article there."""

    name: str
    standing: str
    """"first", "own", "carried", "rewrite" or "copy"; "first" also where another may have been."""
    title: str
    url: str | None
    """None: no link that is safe to show."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of a feed, Atom's or JSON Feed's. Texts are plain and `html` is sanitised."""

    entry_id: str
    """A URI, the same as long as there is what it tells of."""
    title: str
    url: str
    """Absolute."""
    related: str | None
    """Our page about it, where `url` is the publisher's; None: `url` is that."""
    published_at: datetime
    updated_at: datetime
    authors: tuple[str, ...]
    source: str
    """The outlet."""
    html: str
    summary: str
    language: str
    """A primary subtag; "": not known."""
    categories: tuple[str, ...] = ()
    image: str | None = None
    """None: none is named."""
    enclosures: tuple[Media, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    """Of a story, by time."""
    states: tuple[str, ...] = ()
    """The states that Google Reader's Atom tells, as "read"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    feed_id: str
    title: str
    home: str
    """The page about the same, absolute."""
    self_url: str
    next_url: str | None
    """None: this is the last page."""
    updated_at: datetime
    author: str
    entries: tuple[Entry, ...]


def urn(store: datetime | None, *parts: object) -> str:
    """Of something in a store, which is told from others by when it was made."""
    name = "/".join(map(str, (store.isoformat() if store else "", *parts)))
    return f"urn:uuid:{uuid5(_NAMESPACE, name)}"


# --- articles -------------------------------------------------------------------------------------


def article_entry(
    article: Article, *, entry_id: str, base: str, states: tuple[str, ...] = ()
) -> Entry:
    """`base`: where our own pages are, without a slash at the end."""
    summary = article.summary
    ours = f"{base}/articles/{summary.article_id}"
    theirs = safe_link(summary.url)
    return Entry(
        entry_id=entry_id,
        title=title_of(summary.title),
        url=theirs or ours,
        related=ours if theirs else None,
        published_at=summary.published_at or summary.first_seen_at,
        updated_at=updated_of(article),
        authors=article.authors,
        source=summary.source,
        html=content_of(article),
        summary=lead_sentences(
            article.text[:4_000], title=summary.title, language=summary.language
        ),
        language=language_of(summary.language),
        categories=article.categories,
        image=safe_link(article.image_url),
        enclosures=tuple(one for one in article.media if safe_link(one.url)),
        states=states,
    )


def content_of(article: Article) -> str:
    """Its HTML, sanitised once more since it comes from the database; with its language and
    direction, which readers cannot know otherwise."""
    html = sanitise(article.html, base_url=article.summary.url) or from_text(article.text)
    language = language_of(article.summary.language)
    if html and direction_of(language) == "rtl":
        return f'<div lang="{language}" dir="rtl">{html}</div>'
    return html


def updated_of(article: Article) -> datetime:
    """When the publisher changed it, where we have seen that it was; else when it came."""
    seen, changed = article.summary.first_seen_at, article.updated_at
    return max(seen, changed) if article.revision > 1 and changed is not None else seen


def title_of(title: str) -> str:
    return shorten(title, _TITLE) or UNTITLED


def language_of(language: str | None) -> str:
    lang = primary_subtag(language or "")
    return lang if lang.isascii() and lang.isalpha() else ""


# --- stories --------------------------------------------------------------------------------------


def story_entry(story: Story, *, entry_id: str, base: str) -> Entry:
    """Its time changes with each article that comes, so that readers take it up again."""
    lead = lead_article(story)
    article = lead.article
    text = lead_sentences(lead.excerpt, title=article.title, language=article.language)
    outlets = tuple(_outlets(story))
    return Entry(
        entry_id=entry_id,
        title=title_of(article.title),
        url=f"{base}/stories/{story.story_id}",
        related=None,
        published_at=story.first_at,
        updated_at=_updated(story),
        authors=(),
        source=article.source,
        html="".join(_story_html(story, text, article.source, language_of(article.language))),
        summary=text,
        language=language_of(article.language),
        image=safe_link(lead.image_url),
        outlets=outlets,
    )


def _updated(story: Story) -> datetime:
    times = [item.article.first_seen_at for item in story.articles]
    return max(*times, *(one.placed_at for one in story.articles if one.placed_at), story.first_at)


def _outlets(story: Story) -> Iterator[Outlet]:
    standing = outlet_standings(story)
    shown: dict[str, StoryArticle] = {}
    for item in story.articles:
        shown.setdefault(item.article.source, item)
    for number, (name, item) in enumerate(shown.items()):
        yield Outlet(
            name=safe_name(name),
            standing="first" if number == 0 else standing[name].value,
            title=title_of(item.article.title),
            url=safe_link(item.article.url),
            at=item.article.at,
        )


def _story_html(story: Story, text: str, source: str, language: str) -> Iterator[str]:
    if text:
        yield f"<p{_attributes(language)}>{escape(text)}</p><p>— {escape(safe_name(source))}</p>"
    if len(story.articles) == 1:
        yield from (f"<p>{line}</p>" for line in _lines(story))
        return
    yield f"<p>{escape(_spread(story))}</p><ol>"
    yield from (f"<li>{line}</li>" for line in _lines(story))
    yield "</ol>"
    left_out = _distinct(story) - MOST_LINES
    if left_out > 0:
        yield f"<p>And {left_out:,} more.</p>"


def _spread(story: Story) -> str:
    """As in "4 outlets. First: The Gulf Observer. Copied by: The Harbour Post, Wire & Mirror."."""
    standing = outlet_standings(story)
    first = first_outlets(story)
    names = [safe_name(name) for name in first.outlets[:3]]
    who = f"First: {names[0]}."
    if not first.certain:
        who = f"First: {names[0]}, as far as can be told (or {' or '.join(names[1:])})."
    copying = [safe_name(name) for name, own in standing.items() if own is Standing.COPY]
    copied = f" Only copied by: {', '.join(copying)}." if copying else ""
    number = len(standing)
    return f"{number:,} {'outlet' if number == 1 else 'outlets'}. {who}{copied}"


def _distinct(story: Story) -> int:
    return sum(1 for item in story.articles if item.relation is not Relation.SAME)


def _lines(story: Story) -> Iterator[str]:
    """One an article by time, without an outlet's same article again."""
    items = [item for item in story.articles if item.relation is not Relation.SAME]
    for item in items[:MOST_LINES]:
        article = item.article
        language = _attributes(language_of(article.language))
        title = f"<span{language}>{escape(title_of(article.title))}</span>"
        url = safe_link(article.url)
        linked = f'<a href="{escape(url)}">{title}</a>' if url else title
        at = moment_of(item).latest.astimezone(UTC)
        said = "" if len(items) == 1 else f" – {describe(item, story)}"
        yield f"{linked} – {escape(f'{safe_name(article.source)}, {at:%Y-%m-%d %H:%M} UTC{said}')}"


def _attributes(language: str) -> str:
    if not language:
        return ' dir="auto"'
    return f' lang="{language}" dir="{direction_of(language)}"'
