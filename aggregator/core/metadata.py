"""What a page says of its article: a short ladder for each fact, the most explicit source first.

JSON-LD comes first, then the meta elements of Open Graph and its like, then the page's own
markup. Nothing here runs a regular expression over more than a few thousand characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, islice

from aggregator.core.byline import byline, people
from aggregator.core.country_zones import zone_of_country
from aggregator.core.html import Element, line_text
from aggregator.core.language_tags import read_language
from aggregator.core.lead_image import LeadImage
from aggregator.core.linked_data import LinkedData, Node, fold_title
from aggregator.core.page_dates import PageDate, date_in_path, first_date
from aggregator.core.page_parts import PageParts, heading_text
from aggregator.core.page_titles import read_title
from aggregator.core.shown_date import shown_dates
from aggregator.core.text import clean_line
from aggregator.core.trees import text_of
from aggregator.core.urls import normalise

_PUBLISHED = """
    article:published_time og:article:published_time article:published article.published
    og:published_time datepublished parsely-pub-date sailthru.date pubdate pub_date publish-date
    publish_date publication_date published published_at dc.date.issued dcterms.issued dc.date
    dcterms.date dcterms.created dc.date.created article.created cxenseparse:recs:publishtime
    cxenseparse:publishtime dcsext.articlefirstpublished originalpublicationdate
    article_date_original datecreated date uploaddate ya:ovs:upload_date
"""
_UPDATED = """
    article:modified_time og:article:modified_time article:modified og:updated_time datemodified
    dcterms.modified dc.date.modified article.updated updated-date last-modified lastmod
"""
_AUTHORS = """
    author parsely-author sailthru.author cxenseparse:author dc.creator dcterms.creator byl
    article:author og:article:author
"""
_PUBLISHERS = ("publisher", "dc.publisher", "dcterms.publisher", "copyright", "dc.rights")
_TIMES = 50
_DAY = timedelta(hours=36)
"""In which the day in an address and a time of that day lie, wherever that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """As in ArticleText."""

    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    """None: the page does not say."""
    updated_at: datetime | None
    """None: the page does not say."""
    utc_offset: timedelta | None
    """None: the page gives no time zone."""
    language: str | None
    """As declared; None: not declared."""
    image_url: str | None
    """None: the page names none."""
    image_alt: str
    """One line; empty: none given."""
    site_name: str | None
    """None: the page does not say."""
    canonical_url: str | None
    """None: the page does not say, or names its home page."""
    article: Node = field(repr=False)
    """The JSON-LD object that describes the article; empty: there is none."""


def read_metadata(
    root: Element,
    *,
    url: str | None,
    title_hint: str | None = None,
    linked: LinkedData | None = None,
) -> PageMetadata:
    """Read a parsed page.

    `title_hint` is the feed's title: a check on the page's, and stands in where it has none.
    `linked` is the page's JSON-LD; None: it is read here.
    """
    hint = clean_line(title_hint or "")
    page = _Page(root, url, hint, LinkedData.of(root) if linked is None else linked)
    published = page.published()
    image = page.image()
    return PageMetadata(
        title=page.title[0] or hint,
        authors=page.authors(),
        published_at=published.at if published else None,
        updated_at=page.updated_at(),
        utc_offset=published.offset if published else None,
        language=page.language(),
        image_url=image.url,
        image_alt=image.alt(),
        site_name=page.site_name,
        canonical_url=page.canonical_url,
        article=page.article,
    )


class _Page:
    """One page, each of its sources read once."""

    def __init__(self, root: Element, url: str | None, hint: str, linked: LinkedData) -> None:
        self._root = root
        self._url = url
        self._hint = hint
        self._linked = linked
        self._parts = PageParts(root)

    @cached_property
    def title(self) -> tuple[str, Element | None]:
        """With the heading that shows it."""
        headline = self._linked.text(self.article, "headline")
        return read_title(self._parts, headline=headline, site=self.site_name, hint=self._hint)

    # --- people and times

    def authors(self) -> tuple[str, ...]:
        """The first source that names a person; the outlet itself counts as nobody."""
        outlets = [fold_title(name) for name in self._outlets()]
        named: list[str] = []
        for names in self._said_authors():
            persons = [name for name in names if not _is_among(name, outlets)]
            if persons:
                return tuple(persons)
            named += names
        shown = byline(self._root, title=self.title[1], strict=bool(named))
        return tuple(name for name in shown or named if fold_title(name) not in outlets)

    def _said_authors(self) -> Iterator[list[str]]:
        yield people(list(_names(self._linked, self.article, "author", "creator"))[:30])
        for name in _AUTHORS.split():
            yield people(self._parts.metas.get(name, [])[:30])

    def _outlets(self) -> Iterator[str]:
        yield self.site_name or ""
        yield self._linked.text(self.article, "publisher")
        yield from self._parts.said(*_PUBLISHERS)

    def published(self) -> PageDate | None:
        if found := self._first(self._published(), self._updated()):
            return found
        day = date_in_path(self._url or self.canonical_url or "")
        shown = self._first(shown_dates(self.title[1]), self._updated())
        if shown and (day is None or abs(shown.at - day) <= _DAY):
            return shown
        return self._first([f"{day:%Y-%m-%d}"] if day else islice(self._time_dates(), 1))

    def updated_at(self) -> datetime | None:
        found = self._first(self._updated(), self._published())
        return found.at if found else None

    def _first(self, said: Iterable[str], others: Iterable[str] = ()) -> PageDate | None:
        usual = zone_of_country(self._url or self.canonical_url or "")
        return first_date(said, chain(others, self._time_dates(), self._time_texts()), usual=usual)

    def _published(self) -> Iterator[str]:
        yield from self._dates("datePublished", _PUBLISHED)
        yield from (t.get("datetime", "") for t in self._times if t.get("pubdate") is not None)

    def _updated(self) -> Iterator[str]:
        return self._dates("dateModified", _UPDATED)

    def _dates(self, name: str, metas: str) -> Iterator[str]:
        yield self._linked.text(self.article, name)
        yield from self._parts.said(*metas.split())
        items = ((t.get("itemprop", "").lower(), t) for t in self._times)
        yield from (t.get("datetime", "") for item, t in items if name.lower() in item)

    @cached_property
    def _times(self) -> list[Element]:
        return [t for t in self._parts.elements("time")[:_TIMES] if t.get("datetime")]

    def _time_dates(self) -> Iterator[str]:
        return (t.get("datetime", "") for t in self._times)

    def _time_texts(self) -> Iterator[str]:
        for element in self._parts.elements("time")[:_TIMES]:
            yield text_of(element, 300)

    # --- the rest

    def language(self) -> str | None:
        said = [self._linked.text(self.article, "inLanguage")]
        said += [self._root.get("lang") or "", self._root.get("xml:lang") or ""]
        said += self._parts.said("og:locale", "content-language", "language", "dc.language")
        return next(filter(None, map(read_language, said)), None)

    def image(self) -> LeadImage:
        return LeadImage(
            self._parts,
            self._linked,
            self.article,
            url=self._url,
            site=self.site_name,
            title=self.title[1],
        )

    @cached_property
    def site_name(self) -> str | None:
        said = [
            *self._parts.said("og:site_name"),
            self._linked.text(self.article, "publisher"),
            *self._parts.said("application-name", "al:android:app_name"),
        ]
        return next(filter(None, map(line_text, said)), None)

    @cached_property
    def canonical_url(self) -> str | None:
        links = self._parts.elements("link")
        canonical = (e for e in links if "canonical" in e.get("rel", "").lower().split())
        said = [link.get("href", "") for link in canonical][:1] + list(self._parts.said("og:url"))
        found = (normalise(address, base=self._url) for address in said if address)
        return next((address for address in found if address and not _is_home(address)), None)

    @cached_property
    def article(self) -> Node:
        headings = map(heading_text, self._parts.elements("h1")[:5])
        said = (self._hint, *headings, *self._parts.said("og:title"))
        urls = frozenset(filter(None, (self._url, self.canonical_url)))
        return self._linked.article(frozenset(map(fold_title, said)) - {""}, urls)


def _names(linked: LinkedData, article: Node, *properties: str) -> Iterator[str]:
    for value in linked.values(article, *properties):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            names = value.get("name")
            yield from (
                n for n in (names if isinstance(names, list) else [names]) if isinstance(n, str)
            )


def _is_among(name: str, outlets: list[str]) -> bool:
    """Whether it is an outlet's name, or named in its copyright."""
    folded = fold_title(name)
    return any(folded == outlet or (len(folded) > 5 and folded in outlet) for outlet in outlets)


def _is_home(address: str) -> bool:
    return address.partition("://")[2].partition("/")[2] in {"", "index.html"}
