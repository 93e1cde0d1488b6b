"""One outline of a list of feeds made into an entry, with what is to be said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.core.feed_addresses import feed_address, looks_like_feed
from aggregator.core.feed_fields import clean_language
from aggregator.core.html import line_text
from aggregator.core.outlines import Tag
from aggregator.core.text import shorten
from aggregator.core.urls import normalise

MAX_TITLE = 500
MAX_FOLDER = 100

# Names of attributes without case and punctuation, the likeliest first.
_FEED_NAMES = ("xmlurl", "xmluri", "rssurl", "feedurl", "atomurl", "jsonurl", "rss", "feed", "atom")
_PAGE_NAMES = ("htmlurl", "htmluri", "siteurl", "weburl", "homepage", "website")
_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed", "json", "jsonfeed", "pie", "xml", "rssfeed"})
_INCLUDES = re.compile(r"\.opml\Z", re.IGNORECASE)
_OURS = frozenset({"text", "xmlUrl", "category"})
"""Attributes that are always written from the fields."""
_OVERRIDING = ("title", "type", "htmlUrl", "language")
"""Attributes that are written from the fields, unless they said something else."""
_ATTRIBUTE = re.compile(r"(?!xmlns\b)[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?")
_PUNCTUATION = re.compile(r"[^a-z0-9]")
_LOGIN = re.compile(r"//[^/?#]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlEntry:
    """One feed of a list."""

    url: str
    """Absolute http(s)."""
    title: str = ""
    """One line of plain text; empty: the list gives none."""
    site_url: str | None = None
    """None: the list does not say."""
    folders: tuple[str, ...] = ()
    """In which it lies, the outermost first."""
    categories: tuple[str, ...] = ()
    """Further tags, as `as_category` makes them."""
    language: str | None = None
    """Primary subtag; None: the list does not say."""
    attributes: tuple[tuple[str, str], ...] = ()
    """What else its outline says: (name, value) as written, each name once."""
    line: int = 0
    """Where it stands in the list, from 1; 0: in none."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Folders and categories, each once."""
        return tuple(dict.fromkeys(map(as_category, (*self.folders, *self.categories))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one outline says."""

    name: str
    """One line of plain text; empty: it has none."""
    entry: OpmlEntry | None = None
    """None: it names no feed."""
    problem: str | None = None
    """A sentence; None: all is well."""
    is_folder: bool = False
    """It does not try to name a feed; what is in `problem` matters only where it has no children.
    """


def read_outline(tag: Tag, folders: Sequence[str]) -> Reading:
    """What an outline says that lies in `folders`."""
    said = _Said(tag)
    name = plain_name(said.name, MAX_TITLE)
    label = f'"{shorten(name, 60)}"' if name else "An outline"
    used = next((one for one in said.feed_names() if feed_address(said.get(one))), None)
    if used is None:
        is_folder = not any(map(said.get, _FEED_NAMES))
        return Reading(name=name, problem=_no_feed(said, label), is_folder=is_folder)
    problem = None
    if _LOGIN.search(said.get(used)):
        problem = f"{label} has a user name or password in its address; they were left out."
    elif used in _PAGE_NAMES:
        problem = f"{label} gives the address of its feed as that of its page."
    elif ignored := said.names_left_out():
        problem = f"{label} has attributes that XML cannot name, left out: {', '.join(ignored)}."
    entry = _entry(said, used=used, name=name, folders=folders)
    return Reading(name=name, entry=entry, problem=problem)


def plain_name(value: str, limit: int) -> str:
    """One line without markup, that stays as it is when it goes through again."""
    line, former = value[: 4 * limit], None
    while line != former:
        line, former = line_text(line), line
    return shorten(line, limit)


def as_category(name: str) -> str:
    """A folder's name or a category as one of a list parted by commas; paths lose their slash."""
    name = plain_name(name, MAX_FOLDER).replace(",", ";")
    return name.lstrip("/ ") or name


class _Said:
    """The attributes of an outline, by names without case and punctuation."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self._first: dict[str, tuple[str, str]] = {}
        for name, value in tag.attributes:
            if value.strip():
                self._first.setdefault(_fold(name), (name, value.strip()))

    def get(self, folded: str) -> str:
        return self._first.get(folded, ("", ""))[1]

    @property
    def name(self) -> str:
        text, title = self.get("text"), self.get("title")
        return title if title and (not text or "://" in text) else text

    @property
    def kind(self) -> str:
        return _fold(self.get("type"))

    def feed_names(self) -> list[str]:
        """Of attributes that may hold the feed's address, the likeliest first."""
        found = [name for name in _FEED_NAMES if self.get(name)]
        if self.kind in _FEED_TYPES and self.get("url"):
            found.append("url")
        found += [name for name in ("url", *_PAGE_NAMES) if looks_like_feed(self.get(name))]
        return found

    def page_name(self, used: str) -> str | None:
        """Of the attribute that holds the site's address; None: there is none."""
        names = (name for name in _PAGE_NAMES if name != used and normalise(self.get(name)))
        return next(names, None)

    def names_left_out(self) -> list[str]:
        names = (name for name, _ in self.tag.attributes)
        return [name for name in names if not (_ATTRIBUTE.fullmatch(name) or "xmlns" in name)]

    def others(self, told: set[str]) -> tuple[tuple[str, str], ...]:
        """The attributes, without those whose folded names are `told`."""
        done = {self._first[folded][0] for folded in told if folded in self._first}
        kept = [
            (name, value)
            for name, value in self.tag.attributes
            if name not in done and name not in _OURS and _ATTRIBUTE.fullmatch(name)
        ]
        return tuple(
            sorted(kept, key=lambda one: _OVERRIDING.index(one[0]) if one[0] in _OVERRIDING else 9)
        )


def _entry(said: _Said, *, used: str, name: str, folders: Sequence[str]) -> OpmlEntry:
    url = feed_address(said.get(used)) or ""
    page = said.page_name(used)
    language = clean_language(said.get("language"))
    told = {used, "text", "category"}
    if page:
        told.add(page)
    if said.get("type").lower() == "rss":
        told.add("type")
    if plain_name(said.get("title"), MAX_TITLE) == name:
        told.add("title")
    if language == said.get("language"):
        told.add("language")
    categories = (as_category(one) for one in said.get("category").split(","))
    return OpmlEntry(
        url=url,
        title="" if said.name == url else name,
        site_url=normalise(said.get(page)) if page else None,
        folders=tuple(folders),
        categories=tuple(dict.fromkeys(filter(None, categories))),
        language=language,
        attributes=said.others(told),
        line=said.tag.line,
    )


def _no_feed(said: _Said, label: str) -> str:
    for name in _FEED_NAMES:
        if value := said.get(name):
            return f'{label} gives "{shorten(value, 80)}" as its feed, which is no web address.'
    url = normalise(said.get("url"))
    if url and (said.kind == "include" or _INCLUDES.search(url)):
        return f"{label} includes another list, {url}; import that by itself."
    pages = (normalise(said.get(name)) for name in ("url", *_PAGE_NAMES))
    page = next(filter(None, pages), None)
    if page:
        return f"{label} names no feed, only the page {page}; look for its feed with: add {page}"
    return f"{label} names no feed."


def _fold(name: str) -> str:
    return _PUNCTUATION.sub("", name.lower())
