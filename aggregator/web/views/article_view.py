"""An article in a clean reading view, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from aggregator.core.kind_names import KIND_NAMES
from aggregator.core.text import count_words, shorten
from aggregator.core.timeline import language_name
from aggregator.notify.links import safe_link, safe_name
from aggregator.types import Article, Marks, PageKind, TextOrigin, TextState
from aggregator.web.views.article_body import Picture, body_of
from aggregator.web.views.texts import TextView, headline_view, text_view, whole_headline_view
from aggregator.web.views.times import Times, TimeView

_ORIGINS = {
    TextOrigin.RULES: "its page, by the source's own rules",
    TextOrigin.LINKED_DATA: "its page's linked data",
    TextOrigin.PAGE: "its page",
    TextOrigin.AMP: "its page's AMP form",
    TextOrigin.PRINT: "its page's form for printing",
    TextOrigin.CONTENT: "the feed",
    TextOrigin.SUMMARY: "the feed's summary",
}
_SHORT_OF = {
    PageKind.PAYWALL: "Only the beginning is here: the rest is for subscribers.",
    PageKind.VIDEO: "The page is a video; this is what stands beside it.",
    PageKind.LIVE: "This is a live blog: its text grows.",
    PageKind.CONSENT: "The page asked to accept cookies first; this is what the feed says.",
    PageKind.CHALLENGE: "The page asked for a human visitor; this is what the feed says.",
    PageKind.LINKS: "The page is a list of links; this is what the feed says.",
    PageKind.ERROR: "The page is gone or was never there; this is what the feed says.",
}
_UNSURE = 0.6
"""Below it two ways of finding the text disagree."""
_WORDS_A_MINUTE = 230
_MOST_AUTHORS = 6
_LONGEST_AUTHOR = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    src: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    number: int
    headline: TextView
    seen: TimeView
    href: str
    """Of what has changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    label: str
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    article_id: int
    story_id: int | None
    source: str
    source_id: int
    headline: TextView
    authors: str
    """In a row; "" when none is known."""
    published: TimeView | None
    updated: TimeView | None
    """None: not known, or as published."""
    length: str
    """As in "640 words, 3 minutes"."""
    out: str | None
    image: ImageView | None
    body: str
    """HTML, safe to show."""
    lang: str
    dir: str
    warnings: tuple[str, ...]
    """What is wrong with the text, a sentence each."""
    facts: tuple[FactView, ...]
    revisions: tuple[RevisionView, ...]
    """Former ones, the latest first."""
    starred: bool
    read: bool


def article_view(article: Article, marks: Marks, times: Times, *, picture: Picture) -> ArticleView:
    summary = article.summary
    text = text_view("", summary.language)
    body = body_of(text=article.text, html=article.html, picture=picture)
    updated = article.updated_at
    return ArticleView(
        article_id=summary.article_id,
        story_id=summary.story_id,
        source=safe_name(summary.source),
        source_id=summary.source_id,
        headline=whole_headline_view(summary.title, summary.language),
        authors=", ".join(
            shorten(name, _LONGEST_AUTHOR) for name in article.authors[:_MOST_AUTHORS]
        ),
        published=None if summary.published_at is None else times.at(summary.published_at),
        updated=(
            None
            if updated is None or _is_close(updated - (summary.published_at or updated))
            else times.at(updated)
        ),
        length=_length(article.text),
        out=safe_link(summary.url),
        image=_lead_image(article, picture, body),
        body=body,
        lang=text.lang,
        dir=text.dir,
        warnings=tuple(_warnings(article, times)),
        facts=tuple(_facts(article, times)),
        revisions=tuple(_revisions(article, times)),
        starred=marks.starred,
        read=marks.read,
    )


def _is_close(gap: timedelta) -> bool:
    return abs(gap) < timedelta(minutes=1)


def _length(text: str) -> str:
    words = count_words(text)
    if not words:
        return ""
    minutes = max(round(words / _WORDS_A_MINUTE), 1)
    return f"{words:,} words, {minutes} minute{'' if minutes == 1 else 's'}"


def _lead_image(article: Article, picture: Picture, body: str) -> ImageView | None:
    """None where the text begins with it, or it may not be shown."""
    address = safe_link(article.image_url)
    shown = None if address is None else picture(address)
    if shown is None or "<img" in body[:2_000]:
        return None
    return ImageView(src=shown, alt=shorten(article.image_alt, 300))


def _warnings(article: Article, times: Times) -> Iterator[str]:
    if article.withdrawn_at is not None:
        yield f"The publisher took this article back, {times.at(article.withdrawn_at).text}."
    if article.kind in _SHORT_OF:
        yield _SHORT_OF[article.kind]
    elif article.text_state is TextState.PENDING:
        yield "The full text is still to be fetched; this is what the feed says."
    elif article.text_origin is TextOrigin.SUMMARY:
        yield "Only the feed's summary is here."
    if article.text_error and article.text_error != article.kind_why:
        what = "The page could not be had" if article.text_origin.is_feed else "At the last try"
        yield f"{what}: {article.text_error}"
    if article.confidence is not None and article.confidence < _UNSURE:
        yield "It is not certain that this is all of the text, and nothing but the text."


def _facts(article: Article, times: Times) -> Iterator[FactView]:
    summary = article.summary
    yield FactView(label="Text from", text=_ORIGINS[article.text_origin])
    if article.text_why:
        yield FactView(label="because", text=article.text_why)
    if article.kind is not PageKind.ARTICLE:
        said = f"{KIND_NAMES[article.kind]}: {article.kind_why}"
        yield FactView(label="Page", text=said.removesuffix(": "))
    if article.confidence is not None:
        yield FactView(label="Agreement", text=f"{article.confidence:.0%} with a second reading")
    yield FactView(label="First seen", text=times.at(summary.first_seen_at).title)
    if article.dateline:
        yield FactView(label="Dateline", text=article.dateline)
    if article.credits:
        yield FactView(label="Credits", text=", ".join(article.credits))
    if language := language_name(summary.language):
        yield FactView(label="Language", text=language)
    if article.categories:
        yield FactView(label="Categories", text=shorten(", ".join(article.categories), 300))
    if article.canonical_url and article.canonical_url != summary.url:
        shown = shorten(article.canonical_url, 200)
        yield FactView(label="Canonical", text=shown, href=safe_link(article.canonical_url))
    for media in article.media[:10]:
        name = f"{media.kind}: {media.title or media.url}"
        yield FactView(label="Comes with", text=shorten(name, 200), href=safe_link(media.url))
    yield FactView(label="Number", text=str(summary.article_id))


def _revisions(article: Article, times: Times) -> Iterator[RevisionView]:
    for past in reversed(article.revisions):
        yield RevisionView(
            number=past.number,
            headline=headline_view(past.title, article.summary.language),
            seen=times.at(past.seen_at),
            href=f"/articles/{article.summary.article_id}/changes?since={past.number}",
        )
