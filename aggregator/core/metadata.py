"""What a page says of its article: a short ladder for each fact, the most explicit source first.

JSON-LD comes first, then the meta elements of Open Graph and its like, then the page's own
markup. Nothing here runs a regular expression over more than a few thousand characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from aggregator.core.byline import byline, split_names
from aggregator.core.html import Element, line_text
from aggregator.core.linked_data import LinkedData, Node, fold_title
from aggregator.core.page_dates import date_in_path, first_date
from aggregator.core.text import clean_line
from aggregator.core.trees import text_of
from aggregator.core.urls import normalise

_MAX_VALUE = 2_000
"""Characters of a meta element that are looked at; none that is of use has more."""
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
_IMAGES = ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")
_SUFFIX = re.compile(r"\s+(?:[|»·•—–-]|::)\s+")
_SUBTAG = re.compile(r"[A-Za-z]{2,3}(?=[-_]|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """As in ArticleText."""

    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    """None: the page does not say."""
    updated_at: datetime | None
    """None: the page does not say."""
    language: str | None
    """As declared; None: not declared."""
    image_url: str | None
    """None: the page names none."""
    site_name: str | None
    """None: the page does not say."""
    canonical_url: str | None
    """None: the page does not say, or names its home page."""


def read_metadata(root: Element, *, url: str | None, title_hint: str | None = None) -> PageMetadata:
    """Read a parsed page; `title_hint`, the feed's title, stands in where the page has none."""
    page = _Page(root, url)
    return PageMetadata(
        title=page.title() or clean_line(title_hint or ""),
        authors=page.authors(),
        published_at=page.published_at(),
        updated_at=page.updated_at(),
        language=page.language(),
        image_url=page.image_url(),
        site_name=page.site_name(),
        canonical_url=page.canonical_url,
    )


class _Page:
    """One page, each of its sources read once."""

    def __init__(self, root: Element, url: str | None) -> None:
        self._root = root
        self._url = url
        self._metas = _read_metas(root)
        scripts = (s for s in root.iter("script") if "ld+json" in s.get("type", "").lower())
        self._linked = LinkedData(script.text or "" for script in scripts)

    # --- title

    def title(self) -> str:
        """The heading that agrees with what the page says elsewhere is its title: a heading alone
        may be the outlet's name, and the others may be cut, or written for search engines."""
        said = self._said_titles
        folded = {fold_title(title) for title in said}
        for heading in self._headings:
            if any(_agree(fold_title(heading), title) for title in folded):
                return heading
        if len(self._headings) == 1 and len(self._headings[0].split()) >= 5:
            return self._headings[0]  # too long for an outlet's name
        return said[0] if said else next(iter(self._headings), "")

    @cached_property
    def _headings(self) -> list[str]:
        found = (line_text(text_of(heading, _MAX_VALUE)) for heading in self._root.iter("h1"))
        return [heading for heading in found if heading][:5]

    @cached_property
    def _said_titles(self) -> list[str]:
        headline = self._linked.text(self._article, "headline")
        said = [headline, *self._open_titles]
        return [title for title in map(line_text, said) if title]

    @cached_property
    def _open_titles(self) -> list[str]:
        names = ("og:title", "twitter:title")
        metas = [_without_suffix(value, self.site_name()) for value in self._all(*names)]
        element = next((text_of(e, _MAX_VALUE) for e in self._root.iter("title")), "")
        if (site := self.site_name()) and (cut := _without_suffix(element, site)) != element:
            return [*metas, cut]
        return [*metas, _without_suffix(element, None)]

    # --- people and times

    def authors(self) -> tuple[str, ...]:
        said = list(_names(self._linked, self._article, "author", "creator"))
        for source in (said, *(self._metas.get(name, []) for name in _AUTHORS.split())):
            names = [name for value in source[:30] for name in split_names(value)]
            if names:
                return tuple(dict.fromkeys(names))
        return byline(self._root)

    def published_at(self) -> datetime | None:
        return first_date(self._dates("datePublished", _PUBLISHED, "datepublished")) or (
            date_in_path(self._url or self.canonical_url or "")
        )

    def updated_at(self) -> datetime | None:
        return first_date(self._dates("dateModified", _UPDATED, "datemodified"))

    def _dates(self, name: str, metas: str, item: str) -> Iterator[str]:
        yield self._linked.text(self._article, name)
        yield from self._all(*metas.split())
        times = [t for t in self._root.iter("time") if t.get("datetime")][:50]
        yield from (t.get("datetime", "") for t in times if item in t.get("itemprop", "").lower())
        if item == "datepublished":
            yield from (t.get("datetime", "") for t in times if t.get("pubdate") is not None)
            yield from (t.get("datetime", "") for t in times[:1])

    # --- the rest

    def language(self) -> str | None:
        said = [self._linked.text(self._article, "inLanguage")]
        said += [self._root.get("lang") or "", self._root.get("xml:lang") or ""]
        said += self._all("og:locale", "content-language", "language", "dc.language")
        matches = (_SUBTAG.match(value.strip()) for value in said)
        return next((match[0].lower() for match in matches if match), None)

    def image_url(self) -> str | None:
        said = [*self._all(*_IMAGES), self._linked.address(self._article, "image", "thumbnailUrl")]
        said += [e.get("href", "") for e in self._root.iter("link") if e.get("rel") == "image_src"]
        return next(filter(None, map(self._absolute, said)), None)

    def site_name(self) -> str | None:
        said = [
            *self._all("og:site_name"),
            self._linked.text(self._article, "publisher"),
            *self._all("application-name", "al:android:app_name"),
        ]
        return next(filter(None, map(line_text, said)), None)

    @cached_property
    def canonical_url(self) -> str | None:
        links = (
            e for e in self._root.iter("link") if "canonical" in e.get("rel", "").lower().split()
        )
        said = [link.get("href", "") for link in links][:1] + list(self._all("og:url"))
        found = filter(None, map(self._absolute, said))
        return next((address for address in found if not _is_home(address)), None)

    @cached_property
    def _article(self) -> Node:
        titles = frozenset(fold_title(title) for title in [*self._headings, *self._og_titles])
        urls = frozenset(filter(None, (self._url, self.canonical_url)))
        return self._linked.article(titles - {""}, urls)

    @property
    def _og_titles(self) -> list[str]:
        return list(self._all("og:title"))

    def _all(self, *names: str) -> Iterator[str]:
        for name in names:
            yield from self._metas.get(name, ())

    def _absolute(self, address: str) -> str | None:
        return normalise(address, base=self._url) if address else None


def _read_metas(root: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = (element.get("content") or element.get("value") or "").strip()
        if content and len(content) <= _MAX_VALUE:
            for key in ("property", "name", "itemprop", "http-equiv"):
                if name := element.get(key):
                    found.setdefault(name.strip().lower(), []).append(content)
    return found


def _agree(heading: str, title: str) -> bool:
    """Equal when folded, or one within the other and not much shorter."""
    if not heading or not title:
        return False
    short, long = sorted((heading, title), key=len)
    return short in long and len(short) >= 0.6 * len(long)


def _without_suffix(title: str, site: str | None) -> str:
    """The title without the outlet's name at its end (or beginning). Where the outlet's name is
    not known, a last part of few words is taken for it."""
    title = clean_line(title[:_MAX_VALUE])
    marks = list(_SUFFIX.finditer(title))
    if not marks:
        return title
    first, last = title[: marks[0].start()], title[marks[-1].end() :]
    if fold_title(last) == fold_title(site or ""):
        return title[: marks[-1].start()]
    if fold_title(first) == fold_title(site or ""):
        return title[marks[0].end() :]
    if site is None and len(last.split()) <= 4 and len(last) < marks[-1].start():
        return title[: marks[-1].start()]
    return title


def _names(linked: LinkedData, article: Node, *properties: str) -> Iterator[str]:
    for value in linked.values(article, *properties):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            names = value.get("name")
            yield from (
                n for n in (names if isinstance(names, list) else [names]) if isinstance(n, str)
            )


def _is_home(address: str) -> bool:
    return address.partition("://")[2].partition("/")[2] in {"", "index.html"}
