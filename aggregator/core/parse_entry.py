"""An entry as feedparser has it, made into a ParsedEntry. Reads mappings; imports no feedparser."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from aggregator.core.dates import parse_date, plausible
from aggregator.core.feed_elements import Element
from aggregator.core.feed_fields import (
    Passage,
    author_name,
    clean_guid,
    clean_language,
    clean_link,
    clean_title,
    first_image,
    make_body,
    unique,
)
from aggregator.core.feed_links import entry_links
from aggregator.core.feed_media import entry_media, named_image
from aggregator.core.html import line_text, to_text
from aggregator.types import ParsedEntry

Raw = dict[str, Any]
"""Of plain dicts and lists; see `plain`."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What entries inherit from their feed."""

    base: str
    """What relative addresses are resolved against."""
    is_atom: bool
    language: str | None
    """None: the feed does not say."""
    authors: tuple[str, ...]


def plain(raw: Mapping[str, Any]) -> Raw:
    """The same without feedparser's own class of dict, which warns, and is slow."""
    return {name: _plain_value(value) for name, value in raw.items()}


def parse_entry(raw: Raw, feed: FeedFacts, elements: Sequence[Element] = ()) -> ParsedEntry:
    """`elements`: what was read of the entry beside feedparser (core.feed_elements)."""
    url = link_of(raw, feed.base)
    summary, content = _passages(raw, feed.base)
    if summary is content is None:
        summary = _described(elements)
    body = make_body(summary, content, url or feed.base)
    published, updated = _dates(raw)
    return ParsedEntry(
        guid=clean_guid(raw.get("id") or ""),
        url=url,
        title=title_of(raw) or _titled(elements),
        authors=_entry_authors(raw, feed),
        published_at=published or updated,  # the only date that many feeds give
        updated_at=updated,
        language=_language(raw) or feed.language,
        summary_html=body.summary_html,
        content_html=body.content_html,
        text=body.text,
        image_url=named_image(raw, feed.base) or _shown_image((content, summary), url or feed.base),
        categories=unique(
            line_text(tag.get("label") or tag.get("term") or "")[:200]
            for tag in raw.get("tags", ())
        ),
        media=entry_media(raw, elements, feed.base),
        links=entry_links(raw, elements, feed.base, url=url),
    )


def title_of(raw: Raw) -> str:
    """Of an entry or a feed: one line.

    RSS does not say whether its titles hold markup; feedparser calls them HTML when they look
    so, and this believes it.
    """
    title = raw.get("title") or ""
    if raw.get("title_detail", {}).get("type") in _HTML_TYPES:
        title = to_text(title)
    return clean_title(line_text(title, markup=False))


def authors_of(raw: Raw) -> tuple[str, ...]:
    """Of an entry or a feed: names without mail addresses."""
    return unique(
        author_name(line_text(author.get("name") or "")) for author in raw.get("authors", ())
    )


def link_of(raw: Raw, base: str) -> str | None:
    """The page that an entry or a feed stands for; None: it names none."""
    return next((url for href in _hrefs(raw) if (url := clean_link(href, base))), None)


# --- details -------------------------------------------------------------------------------------


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return [dict(one) if isinstance(one, dict) else one for one in value]
    return value


def _hrefs(raw: Raw) -> Iterator[str]:
    """What may be the address of the page, the likeliest first."""
    for name in ("feedburner_origlink", "pheedo_origlink"):  # the link leads through a counter
        if isinstance(original := raw.get(name), str):
            yield original
    guid = raw.get("id") or ""
    link = raw.get("link") or ""
    alternates = [one for one in raw.get("links", ()) if one.get("rel") == "alternate"]
    yield from (one.get("href", "") for one in alternates if one.get("type") in _HTML_TYPES)
    if link != guid:
        yield link
    yield from (one.get("href", "") for one in alternates)
    if guid[:4].lower() == "http":  # also where isPermaLink is false: there is nothing better
        yield guid


def _entry_authors(raw: Raw, feed: FeedFacts) -> tuple[str, ...]:
    own = authors_of(raw)
    if own or not feed.is_atom:  # only Atom lets entries inherit: RFC 4287, 4.2.1
        return own
    return authors_of(raw.get("source") or {}) or feed.authors


def _passages(raw: Raw, base: str) -> tuple[Passage | None, Passage | None]:
    """The summary and the longest content."""
    summary = raw.get("summary_detail") or {"value": raw.get("summary"), "type": "text/html"}
    contents = (_passage(one, base) for one in raw.get("content", ()))
    content = max(filter(None, contents), key=lambda one: len(one.value), default=None)
    return _passage(summary, base), content


def _described(elements: Sequence[Element]) -> Passage | None:
    """What is said of its film or picture, for an entry that says nothing else."""
    for one in elements:
        if one.name == "media:description" and one.text:
            return Passage(value=one.text, is_html=one.attributes.get("type") == "html")
    return None


def _titled(elements: Sequence[Element]) -> str:
    titles = (line_text(one.text) for one in elements if one.name == "media:title")
    return clean_title(next(filter(None, titles), ""))


def _passage(detail: Raw, base: str) -> Passage | None:
    kind, value = detail.get("type") or "", detail.get("value")
    if not value or not (kind in _HTML_TYPES or kind.startswith("text/")):
        return None
    try:
        own_base = urljoin(base, detail["base"]) if detail.get("base") else ""
    except ValueError:
        own_base = ""
    return Passage(value=value, is_html=kind in _HTML_TYPES, base=own_base)


def _dates(raw: Raw) -> tuple[datetime | None, datetime | None]:
    """When the entry was published and when it was changed."""
    return _date(raw, "published") or _date(raw, "created"), _date(raw, "updated")


def _date(raw: Raw, name: str) -> datetime | None:
    value = raw.get(name)
    if not isinstance(value, str):
        return None
    parts = raw.get(f"{name}_parsed")
    if value.isascii() or not parts:
        return parse_date(value)
    try:  # feedparser knows Greek, Hungarian and Korean
        return parse_date(value) or plausible(datetime.fromtimestamp(timegm(parts), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _language(raw: Raw) -> str | None:
    declared = raw.get("language") or raw.get("title_detail", {}).get("language")
    if not declared and raw.get("content"):
        declared = raw["content"][0].get("language")
    return clean_language(declared)


def _shown_image(passages: tuple[Passage | None, ...], base: str) -> str | None:
    """The first picture in the entry's text."""
    found = (first_image(one.value, one.base or base) for one in passages if one is not None)
    return next(filter(None, found), None)
