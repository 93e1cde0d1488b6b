"""The lead image of a page's article, and the text that stands for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from aggregator.core.html import Element, line_text
from aggregator.core.linked_data import LinkedData, Node, fold_title
from aggregator.core.page_parts import PageParts, elements_behind
from aggregator.core.text import shorten
from aggregator.core.urls import normalise

_SAID = ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")
_SAID_ALT = ("og:image:alt", "twitter:image:alt")
_MAX_ALT = 500
_MAX_ADDRESS = 2_000
_MAX_IMAGES = 300
_BEHIND_TITLE = 400
"""Elements behind the title among which the article's first picture stands."""
_SMALL = 200
"""Pixels; a picture of an article is wider."""
_WORDS = re.compile(r"[^\W\d_]+")
_STANDS_FOR_NONE = frozenset(
    {"avatar", "blank", "default", "fallback", "favicon", "icon", "logo", "logos", "missing"}
    | {"nophoto", "noimage", "opengraph", "pixel", "placeholder", "spacer", "transparent"}
)
_SAYS_NOTHING = _STANDS_FOR_NONE | {
    *("apple", "article", "banner", "black", "cropped", "dark", "facebook", "fb", "for", "full"),
    *("graph", "header", "image", "img", "large", "light", "main", "new", "news", "no", "og"),
    *("open", "page", "photo", "px", "share", "sharing", "site", "small", "social", "square"),
    *("the", "thumb", "thumbnail", "touch", "tw", "twitter", "web", "white", "x"),
}
_CANDIDATE = re.compile(r"(?:\s|%20)\d{1,5}w\b")
"""What ends an address in a srcset, and in a src in which a whole one stands by mistake."""
_AVATARS = ("gravatar.com/avatar", "gravatar.com/blavatar", "/avatars/")


class LeadImage:
    """Of one page; `title` is the heading of its article."""

    def __init__(
        self,
        parts: PageParts,
        linked: LinkedData,
        article: Node,
        *,
        url: str | None,
        site: str | None,
        title: Element | None,
    ) -> None:
        self._parts = parts
        self._linked = linked
        self._article = article
        self._base = url
        self._site = fold_title(site or "")
        self._title = title
        self.url = next(filter(None, map(self._usable, self._said())), None)
        """None: the page names none but the outlet's logo or the like."""

    def alt(self) -> str:
        """One line; empty: none is given."""
        if self.url is None:
            return ""
        said = [*self._alt_of_metas(), *self._alt_in_json(), *self._alt_in_page()]
        name = _file_name(self.url)
        nothing = {"", fold_title(name), fold_title(name.rpartition(".")[0])}
        lines = (shorten(line_text(alt), _MAX_ALT) for alt in said)
        return next((line for line in lines if fold_title(line) not in nothing), "")

    def _said(self) -> Iterator[str]:
        yield from self._parts.said(*_SAID)
        yield self._linked.address(self._article, "image", "thumbnailUrl")
        links = self._parts.elements("link")
        yield from (e.get("href", "") for e in links if e.get("rel") == "image_src")
        yield from self._shown()

    def _shown(self) -> Iterator[str]:
        """The first pictures in figures behind the title."""
        if self._title is None:
            return
        for element in islice(elements_behind(self._title), _BEHIND_TITLE):
            figure = next(element.iterancestors("figure"), None) if element.tag == "img" else None
            if figure is not None and _is_large(element):
                yield _source(element)

    def _usable(self, address: str) -> str | None:
        """Absolute; None for what is no picture of an article."""
        if not address or len(address) > _MAX_ADDRESS:
            return None
        url = normalise(address, base=self._base)
        return None if url is None or self._stands_for_none(url) else url

    def _stands_for_none(self, url: str) -> bool:
        """Whether it is named as logos and placeholders are: by nothing but such words and the
        outlet's name. A picture of another's logo has more in its name."""
        if any(mark in url for mark in _AVATARS):
            return True
        stem = _file_name(url).rpartition(".")[0] or _file_name(url)
        words = [word.lower() for word in _WORDS.findall(stem[:200])]
        if _STANDS_FOR_NONE.isdisjoint(words):
            return False
        return all(word in _SAYS_NOTHING or word in self._site for word in words)

    def _alt_of_metas(self) -> Iterator[str]:
        said = (normalise(address, base=self._base) for address in self._parts.said(*_SAID))
        if self.url in said:
            yield from self._parts.said(*_SAID_ALT)

    def _alt_in_json(self) -> Iterator[str]:
        values: list[Any] = self._linked.values(self._article, "image")
        for value in values[:20]:
            if isinstance(value, dict):
                address = self._linked.address({"image": value}, "image")
                if self._is_same(address):
                    for name in ("caption", "description", "name"):
                        yield self._linked.text(value, name)

    def _alt_in_page(self) -> Iterator[str]:
        for image in self._parts.elements("img")[:_MAX_IMAGES]:
            if (alt := image.get("alt")) and self._is_same(_source(image)):
                yield alt[: 4 * _MAX_ALT]

    def _is_same(self, address: str) -> bool:
        name = _file_name(self.url or "")
        return len(name) > 5 and _file_name(address[:_MAX_ADDRESS]) == name


def _source(image: Element) -> str:
    """Where it is loaded from; pages put a blank one first, and the right one where a script
    finds it."""
    for name in ("data-src", "data-original", "data-lazy-src", "src"):
        if (value := image.get(name, "").strip()) and not value.startswith("data:"):
            return _CANDIDATE.split(value, maxsplit=1)[0]
    return ""


def _is_large(image: Element) -> bool:
    sizes = [image.get(name, "").removesuffix("px") for name in ("width", "height")]
    return all(int(size) >= _SMALL for size in sizes if size.isdecimal() and len(size) < 6)


def _file_name(address: str) -> str:
    try:
        return unquote(urlsplit(address).path).rpartition("/")[2]
    except ValueError:
        return ""
