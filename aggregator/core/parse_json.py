"""JSON Feed 1.0 and 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.core.dates import parse_date
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
from aggregator.core.feed_links import each_once, make_link
from aggregator.core.feed_media import make_media, once
from aggregator.core.html import line_text
from aggregator.core.json_repair import breaks_off, salvage
from aggregator.core.urls import normalise
from aggregator.errors import NotAFeed, ParseError
from aggregator.types import Link, LinkKind, Media, ParsedEntry, ParsedFeed

Object = Mapping[str, Any]

_VERSIONS = {"1": "json1", "1.1": "json11"}


def parse_json_feed(document: str, *, url: str, max_entries: int) -> ParsedFeed:
    """Raises NotAFeed for other JSON, and ParseError, with its line, for what is no JSON."""
    feed, complete = _load(document, url)
    version = _text(feed, "version")
    items = feed.get("items")
    if "jsonfeed.org/version/" not in version or not isinstance(items, list):
        raise NotAFeed(f"{url} is JSON, but no JSON Feed. Check the address.", url=url)
    site_url = clean_link(_text(feed, "home_page_url"), url)
    language = clean_language(feed.get("language"))
    authors = _authors(feed)
    base = site_url or url
    entries = tuple(
        _entry(item, base=base, language=language, authors=authors)
        for item in items[:max_entries]
        if isinstance(item, dict)
    )
    return ParsedFeed(
        format=_VERSIONS.get(version.rpartition("/")[2], "json1"),
        title=clean_title(line_text(_text(feed, "title"), markup=False)),
        site_url=site_url,
        language=language,
        entries=entries,
        warning=_warning(complete=complete, odd=len(entries) < len(items[:max_entries])),
        complete=complete,
    )


def _warning(*, complete: bool, odd: bool) -> str | None:
    cut = None if complete else "It breaks off before its end."
    return " ".join(filter(None, (cut, "Some items are no objects." if odd else None))) or None


def _load(document: str, url: str) -> tuple[Object, bool]:
    """The feed, and whether it came to its end."""
    try:
        loaded = json.loads(document)
    except json.JSONDecodeError as error:
        is_cut = breaks_off(document)
        if is_cut and (feed := salvage(document, list_of="items")).get("items"):
            return feed, False
        advice = "breaks off" if is_cut else "is wrong"
        raise ParseError(
            f"{url} is JSON that {advice} at line {error.lineno}: {error.msg}. It is tried again "
            "at the next poll.",
            url=url,
            line=error.lineno,
        ) from error
    except (ValueError, RecursionError) as error:  # numbers or nesting beyond all measure
        raise ParseError(f"{url} is JSON that cannot be read: {error}.", url=url) from error
    return (loaded if isinstance(loaded, dict) else {}), True


def _entry(
    item: Object, *, base: str, language: str | None, authors: tuple[str, ...]
) -> ParsedEntry:
    guid = item.get("id")
    guid = str(guid) if isinstance(guid, (str, int, float)) else ""
    url = next((found for href in _hrefs(item, guid) if (found := clean_link(href, base))), None)
    content = _content(item)
    summary = _text(item, "summary")
    body = make_body(
        Passage(value=summary, is_html=False) if summary else None, content, url or base
    )
    published, updated = (
        parse_date(_text(item, f"date_{name}")) for name in ("published", "modified")
    )
    return ParsedEntry(
        guid=clean_guid(guid),
        url=url,
        title=clean_title(line_text(_text(item, "title"), markup=False)),
        authors=_authors(item) or authors,
        published_at=published or updated,
        updated_at=updated,
        language=clean_language(item.get("language")) or language,
        summary_html=body.summary_html,
        content_html=body.content_html,
        text=body.text,
        image_url=_image(item, url or base, content),
        categories=unique(
            line_text(tag, markup=False)[:200]
            for tag in _list(item, "tags")
            if isinstance(tag, str)
        ),
        media=once(_media(item, url or base)),
        links=each_once(_elsewhere(item, base, url)),
    )


def _hrefs(item: Object, guid: str) -> Iterator[str]:
    yield _text(item, "url")
    if guid[:4].lower() == "http":
        yield guid
    yield _text(item, "external_url")


def _content(item: Object) -> Passage | None:
    if html := _text(item, "content_html"):
        return Passage(value=html, is_html=True)
    text = _text(item, "content_text")
    return Passage(value=text, is_html=False) if text else None


def _image(item: Object, base: str, content: Passage | None) -> str | None:
    for name in ("image", "banner_image"):
        if url := normalise(_text(item, name), base=base) if _text(item, name) else None:
            return url
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict) and _text(attachment, "mime_type").startswith("image/"):
            return normalise(_text(attachment, "url"), base=base)
    return first_image(content.value, base) if content else None


def _media(item: Object, base: str) -> Iterator[Media | None]:
    for one in _list(item, "attachments"):
        if isinstance(one, dict):
            yield make_media(
                one.get("url"),
                base,
                type_=one.get("mime_type"),
                title=_text(one, "title"),
                size=one.get("size_in_bytes"),
                duration=one.get("duration_in_seconds"),
            )
    for name in ("image", "banner_image"):
        yield make_media(item.get(name), base, medium="image")


def _elsewhere(item: Object, base: str, url: str | None) -> Iterator[Link | None]:
    """What the item speaks of, where it has a page of its own."""
    link = make_link(LinkKind.RELATED, item.get("external_url"), base)
    yield link if link and link.url != url else None


def _authors(holder: Object) -> tuple[str, ...]:
    """Version 1.1 has a list, version 1 one author; many give both."""
    people = [*_list(holder, "authors"), holder.get("author")]
    listed = [author_name(_text(one, "name")) for one in people if isinstance(one, dict)]
    return unique(listed[:-1] if len(listed) > 1 and isinstance(people[-1], dict) else listed)


def _text(holder: Object, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _list(holder: Object, name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []
