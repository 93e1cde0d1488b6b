"""Google News sitemaps read as feeds, and where an index of sitemaps leads.

https://www.sitemaps.org/protocol.html and Google's extension for news, sitemap-news/0.9. A sitemap
that names no news is refused: it lists a site's pages, not what is new on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers import expat

from aggregator.core.dates import parse_date
from aggregator.core.feed_elements import read_outline
from aggregator.core.feed_fields import clean_language, clean_link, clean_title, unique
from aggregator.core.feed_links import MAX_LINKS, each_once, make_link
from aggregator.core.feed_media import MAX_MEDIA, make_media, once
from aggregator.core.html import line_text
from aggregator.core.urls import normalise
from aggregator.core.xml_repair import Flaw, repair
from aggregator.errors import NotAFeed, ParseError
from aggregator.types import Link, LinkKind, Media, MediaKind, ParsedEntry, ParsedFeed

SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
MAX_VALUE = 20_000
"""Characters of one element's text; what follows is left out."""
MAX_DEPTH = 10
"""Elements within elements that are looked at; a sitemap has five."""
MAX_LISTED = 20
"""Sitemaps of an index that are named, those of news first."""

# Local names of an element and its parent; prefixes are chosen freely, and often undeclared.
_FIELDS = {
    ("url", "loc"): "url",
    ("url", "lastmod"): "changed",
    ("sitemap", "loc"): "url",
    ("sitemap", "lastmod"): "changed",
    ("news", "title"): "title",
    ("news", "publication_date"): "published",
    ("news", "keywords"): "keywords",
    ("publication", "name"): "publication",
    ("publication", "language"): "language",
}
_MEDIA_FIELDS = {
    ("image", "loc"): "url",
    ("image", "title"): "title",
    ("image", "caption"): "caption",
    ("video", "content_loc"): "url",
    ("video", "thumbnail_loc"): "thumbnail",
    ("video", "title"): "title",
    ("video", "description"): "caption",
    ("video", "duration"): "duration",
}
_MEDIA = frozenset({"image", "video"})
_RECORDS = frozenset({"url", "sitemap"})
_NEWS = re.compile(r"news|latest|breaking|aktuell|actu", re.IGNORECASE)
_OLDEST = datetime(1, 1, 1, tzinfo=UTC)


def is_of_news(url: str) -> bool:
    """Whether a sitemap's address says that it lists news; proves nothing."""
    return _NEWS.search(url.partition("://")[2].partition("/")[2]) is not None


def parse_sitemap(document: str, *, url: str, max_entries: int) -> ParsedFeed:
    """The news of a sitemap; `url` is where it came from.

    Raises NotAFeed for one without news, and for an index, with the sitemaps that it names, those
    of news first; ParseError when nothing can be read.
    """
    document, flaw = repair(document)
    reader = _Reader(max_records=max_entries)
    reader.read(document)
    if flaw and not reader.records:
        raise ParseError(
            f"{url} is a sitemap of which nothing can be read. {_warning(flaw)}",
            url=url,
            line=flaw.line,
        )
    if reader.root == "sitemapindex":
        raise _index(reader.records, url)
    news = [record for record in reader.records if record.is_news]
    if not news:
        raise NotAFeed(
            f"{url} is a sitemap that names no news. Look for a feed on the site's pages.",
            url=url,
        )
    names = Counter(name for record in news if (name := record.line("publication")))
    languages = {_language(record) for record in news}
    return ParsedFeed(
        format="sitemap-news",
        title=clean_title(names.most_common(1)[0][0]) if names else "",
        site_url=normalise("/", base=url),
        language=languages.pop() if len(languages) == 1 else None,
        entries=tuple(_entry(record, url) for record in news),
        warning=_warning(flaw) if flaw else None,
        complete=flaw is None or read_outline(document, reader.root).closed,
    )


def _warning(flaw: Flaw) -> str:
    return f"It is not well-formed XML at line {flaw.line}: {flaw.reason}."


def _index(records: list[_Record], url: str) -> NotAFeed:
    found = [
        (is_of_news(address), parse_date(record.get("changed")) or _OLDEST, address)
        for record in records
        if (address := clean_link(record.get("url"), url))
    ]
    found.sort(key=lambda one: one[:2], reverse=True)
    feeds = tuple(address for _, _, address in found[:MAX_LISTED])
    listed = f" Of those that it names, {feeds[0]} may list news." if feeds else ""
    return NotAFeed(f"{url} is an index of sitemaps, not a feed.{listed}", url=url, feeds=feeds)


def _entry(record: _Record, base: str) -> ParsedEntry:
    published, changed = (parse_date(record.get(name)) for name in ("published", "changed"))
    media = once(_media(record, base))
    pictures = (one.url for one in media if one.kind is MediaKind.IMAGE)
    keywords = record.get("keywords").split(",")
    return ParsedEntry(
        guid=None,
        url=clean_link(record.get("url"), base),
        title=clean_title(record.line("title")),
        published_at=published or changed,
        updated_at=changed,
        language=_language(record),
        image_url=next(pictures, None),
        categories=unique(line_text(word)[:200] for word in keywords),
        media=media,
        links=each_once(_forms(record, base)),
    )


def _forms(record: _Record, base: str) -> Iterator[Link | None]:
    own = clean_link(record.get("url"), base)
    for said in record.forms:
        if said.get("rel") == "alternate":
            language = said.get("hreflang")
            found = make_link(LinkKind.ALTERNATE, said.get("href"), base, title=language)
            yield found if found and found.url != own else None


def _media(record: _Record, base: str) -> Iterator[Media | None]:
    for kind, said in record.media:
        yield make_media(
            said.get("url"),
            base,
            medium=kind,
            title=said.get("title") or said.get("caption") or "",
            duration=said.get("duration"),
        )
        yield make_media(said.get("thumbnail"), base, medium="image")


def _language(record: _Record) -> str | None:
    return clean_language(record.get("language"))


# --- reading -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Record:
    """One `url` or `sitemap`."""

    texts: dict[str, str] = field(default_factory=dict)
    media: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """What is said of each picture and film: its kind, image or video, and its fields."""
    forms: list[dict[str, str]] = field(default_factory=list)
    """The attributes of its links, which lead to other languages."""
    is_news: bool = False

    def get(self, name: str) -> str:
        return self.texts.get(name, "")

    def line(self, name: str) -> str:
        return line_text(self.get(name))


class _Reader:
    """Records in document order, up to the first thing that is no XML."""

    def __init__(self, max_records: int) -> None:
        self.records: list[_Record] = []
        self.root = ""
        self._max_records = max_records
        self._path: list[str] = []
        self._depth = 0
        self._record = _Record()
        self._field: str | None = None
        self._media_field: str | None = None
        self._text = ""

    def read(self, document: str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            parser.Parse(document.encode(errors="replace"), True)
        except expat.ExpatError:  # `repair` has told of it; what came before it counts
            return

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        name = tag.rpartition(":")[2].lower()
        self.root = self.root or name
        if self._depth > MAX_DEPTH:
            return
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _RECORDS and self._depth == 2:
            self._record = _Record()
        elif name == "news":
            self._record.is_news = True
        elif name in _MEDIA and self._depth == 3 and len(self._record.media) < MAX_MEDIA:
            self._record.media.append((name, {}))
        elif name == "link" and self._depth == 3 and len(self._record.forms) < MAX_LINKS:
            self._record.forms.append(dict(attributes))
        self._field = _FIELDS.get((parent, name))
        self._media_field = _MEDIA_FIELDS.get((parent, name)) if self._record.media else None
        self._text = ""

    def _end(self, _: str) -> None:
        if self._depth <= MAX_DEPTH:
            name = self._path.pop()
            if text := self._text.strip():
                self._keep(text)
            if self._depth == 2 and name in _RECORDS and len(self.records) < self._max_records:
                self.records.append(self._record)
        self._field = self._media_field = None
        self._text = ""
        self._depth -= 1

    def _keep(self, text: str) -> None:
        if self._field:
            self._record.texts.setdefault(self._field, text)
        elif self._media_field:
            self._record.media[-1][1].setdefault(self._media_field, text)

    def _data(self, text: str) -> None:
        if (self._field or self._media_field) and len(self._text) < MAX_VALUE:
            self._text += text[:MAX_VALUE]
