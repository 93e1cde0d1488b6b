"""What feedparser mixes up or drops, read from the document: Media RSS, threads, corrections and
tombstones, entry by entry; and whether the document came to its end.

Tags are read one after another, as `core.markup` does, so that time is linear and a document that
is no well-formed XML gives the same. Prefixes are resolved by the document's declarations wherever
they stand; one that is not declared, or to be something unknown, counts as what it usually is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from aggregator.core.markup import unescape

MAX_ELEMENTS = 200
"""Of one entry; what follows is left out."""
MAX_VALUE = 10_000
"""Characters of an element's attributes, and of its text, that are looked at."""
MAX_WITHDRAWN = 1_000

_ENTRIES = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "urlset", "sitemapindex"})
_WANTED = {
    "media": frozenset({"group", "content", "thumbnail", "credit", "title", "description"}),
    "thr": frozenset({"in-reply-to"}),
    "dcterms": frozenset({"replaces", "isreplacedby"}),
    "prism": frozenset({"hascorrection", "iscorrectionof", "hastranslation", "istranslationof"}),
}
_MISTAKEN = frozenset({"media:title", "media:description"})
_TEXTS = frozenset(
    {"title", "content", "summary", "description", "encoded", "body", "source", "rights"}
)
"""What is within these is no element of the entry: markup of a text, or another feed's."""
_NAMESPACES = (
    ("search.yahoo.com/mrss", "media"),
    ("rssboard.org/media-rss", "media"),
    ("purl.org/syndication/thread/", "thr"),
    ("purl.org/dc/terms", "dcterms"),
    ("prismstandard.org/namespaces/", "prism"),
    ("purl.org/atompub/tombstones/", "at"),
)
"""Parts of their addresses, and what they are usually called."""
_FEED_NAMESPACES = (
    *("www.w3.org/2005/atom", "purl.org/atom/ns", "purl.org/rss/", "netscape.com/rdf/"),
    *("backend.userland.com/rss", "blogs.law.harvard.edu/tech/rss"),
)
_MARKS = tuple(mark for part, prefix in _NAMESPACES for mark in (part, f"<{prefix}:"))
"""A document without any of these has nothing that is read here."""

_NAMES = _ENTRIES | _ROOTS | _TEXTS | {"deleted-entry"} | frozenset().union(*_WANTED.values())
_TOKEN = re.compile(
    r"<(?:(?P<skipped>!--|!\[CDATA\[|\?)"
    r"|(?P<close>/)?(?P<tag>(?:(?P<prefix>[\w.-]{1,40}):)?"
    rf"(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))}))(?=[\s/>]|\Z))",
    re.IGNORECASE,
)
# Up to a ">" outside a quoted value, else to the end: as it never goes back, it takes no memory.
_ATTRIBUTES = re.compile(r"""(?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+""")
_ENDS = {"!--": "-->", "![cdata[": "]]>", "?": "?>"}
_DECLARED = re.compile(r"""xmlns(?::([\w.-]{1,40}))?\s*=\s*["']([^"'<>]{1,200})["']""")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|([^<]+|<)", re.DOTALL)
_DEPTH = 10
"""Wanted elements within one another that are told apart; Media RSS has three."""


class _Tag(NamedTuple):
    tag: str
    """As written, with its prefix."""
    prefix: str
    """Empty: it has none."""
    name: str
    """In lower case."""
    closes: bool
    attributes: str
    """As written, the first MAX_VALUE characters."""
    empty: bool
    """Whether it closes itself."""
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Element:
    name: str
    """With the usual prefix, in lower case: media:content."""
    attributes: dict[str, str]
    """Names in lower case."""
    parent: Element | None
    """The wanted element that it is in; None: it stands in the entry itself."""
    text: str = ""
    """Character references resolved; what CDATA held stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    entries: tuple[tuple[Element, ...], ...] = ()
    """The wanted elements of each entry but one that was cut; none at all where the document has
    nowhere any."""
    withdrawn: tuple[str, ...] = ()
    """What tombstones (RFC 6721) refer to, as written."""
    closed: bool = True
    """Whether the root element was closed."""
    cut_at: int | None = None
    """Where the last whole entry ends of a document that breaks off; None: it does not, or has no
    entry at all."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where elements stand that feedparser takes for something else: titles and descriptions of
    files for those of the entry, and links in tombstones for those of the feed."""


def read_outline(document: str, root: str) -> Outline:
    """Of a document without document type, whose root element has that name in lower case."""
    ends = re.search(rf"</(?:[\w.-]+:)?{re.escape(root)}\s*>\s*\Z", document[-300:], re.IGNORECASE)
    if ends and not any(mark in document for mark in _MARKS):
        return Outline()
    reader = _Reader(document, root)
    for tag in _tags(document):
        reader.take(tag)
    closed = bool(ends) or reader.closed
    if not closed and reader.entry_at is not None:
        reader.entries.pop()
    return Outline(
        entries=tuple(map(tuple, reader.entries)),
        withdrawn=tuple(reader.withdrawn),
        closed=closed,
        cut_at=None if closed else reader.entry_at or reader.whole_to,
        spans=tuple(sorted(reader.spans)),
    )


def _tags(document: str) -> Iterator[_Tag]:
    """Of the elements that matter here, but for those in comments and CDATA."""
    position = 0
    while (match := _TOKEN.search(document, position)) is not None:
        if skipped := match["skipped"]:
            end = document.find(_ENDS[skipped.lower()], match.end())
            if end < 0:
                return
            position = end + 2
            continue
        attributes = _ATTRIBUTES.match(document, match.end())
        end = attributes.end() if attributes else match.end()
        position = end + 1
        # A closing tag that breaks off closes nothing.
        if match["close"] is None or end < len(document):
            yield _Tag(
                tag=match["tag"],
                prefix=match["prefix"] or "",
                name=match["name"].lower(),
                closes=match["close"] is not None,
                attributes=document[match.end() : min(end, match.end() + MAX_VALUE)],
                empty=document[end - 1] == "/",
                start=match.start(),
                end=min(position, len(document)),
            )


@dataclass(slots=True)
class _Reader:
    document: str
    root: str
    entries: list[list[Element]] = field(default_factory=list)
    withdrawn: dict[str, None] = field(default_factory=dict)
    closed: bool = False
    entry_at: int | None = None
    """Where the entry begins that is not closed yet."""
    whole_to: int | None = None
    """Where the last entry ends that is closed."""
    inside: str = ""
    """The tag of a text that is being passed over."""
    tombstone_at: int | None = None
    """Where the tombstone begins that is being passed over; None: it is something else."""
    path: list[tuple[Element, int, int]] = field(default_factory=list)
    """Wanted elements that are open, where each begins, and where its text does."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for prefix, address in _DECLARED.findall(self.document):
            if prefix:
                self.prefixes.setdefault(prefix, _usual(address, prefix.lower()))

    def take(self, tag: _Tag) -> None:
        if tag.name == self.root:
            self.closed = self.closed or tag.closes or tag.empty
        elif tag.name in _ENTRIES and not (tag.prefix and self._prefix(tag)):
            self._entry(tag)
        elif self.inside:
            if tag.closes and tag.tag == self.inside:
                self._leave(tag.end)
        else:
            self._element(tag)

    def _leave(self, at: int) -> None:
        if self.tombstone_at is not None:
            self.spans.append((self.tombstone_at, at))
        self.inside = ""
        self.tombstone_at = None

    def _entry(self, tag: _Tag) -> None:
        self.inside = ""
        self.tombstone_at = None
        self.path.clear()
        if not tag.closes:
            self.entries.append([])
        if tag.closes or tag.empty:
            self.entry_at, self.whole_to = None, tag.end
        else:
            self.entry_at = tag.start

    def _element(self, tag: _Tag) -> None:
        prefix = self._prefix(tag)
        if tag.closes:
            self._end(tag, f"{prefix}:{tag.name}")
        elif tag.name in _WANTED.get(prefix, ()):
            self._start(tag, f"{prefix}:{tag.name}")
        elif prefix == "at":
            self._withdraw(tag)
        elif tag.name in _TEXTS and not tag.empty:
            self.inside = tag.tag

    def _prefix(self, tag: _Tag) -> str:
        """Of the element's namespace, as it usually is; empty: the feed's own, or none known."""
        if tag.prefix:
            return self.prefixes.get(tag.prefix, tag.prefix.lower())
        if "xmlns" in tag.attributes:
            return _usual(dict(_DECLARED.findall(tag.attributes)).get("", ""), "")
        if tag.closes and self.path:
            return self.path[-1][0].name.partition(":")[0]
        return ""

    def _start(self, tag: _Tag, name: str) -> None:
        if self.entry_at is None or len(self.entries[-1]) >= MAX_ELEMENTS:
            return
        parent = self.path[-1][0] if self.path else None
        element = Element(name, dict(_attributes(tag.attributes)), parent)
        self.entries[-1].append(element)
        if not tag.empty and len(self.path) < _DEPTH:
            self.path.append((element, tag.start, tag.end))

    def _end(self, tag: _Tag, name: str) -> None:
        for place in range(len(self.path) - 1, -1, -1):
            element, begin, start = self.path[place]
            if element.name == name:
                element.text = _text(self.document[start : min(tag.start, start + MAX_VALUE)])
                if name in _MISTAKEN:
                    self.spans.append((begin, tag.end))
                del self.path[place:]
                return

    def _withdraw(self, tag: _Tag) -> None:
        ref = dict(_attributes(tag.attributes)).get("ref", "")
        if ref and len(self.withdrawn) < MAX_WITHDRAWN:
            self.withdrawn.setdefault(ref)
        if not tag.empty:
            self.inside = tag.tag
            self.tombstone_at = tag.start


def _usual(address: str, otherwise: str) -> str:
    """What a namespace is usually called; empty for those of feeds."""
    address = address.lower()
    if any(part in address for part in _FEED_NAMESPACES):
        return ""
    return next((prefix for part, prefix in _NAMESPACES if part in address), otherwise)


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    for name, double, single in _ATTRIBUTE.findall(written):
        yield name.lower(), unescape(double or single)


def _text(written: str) -> str:
    """Up to the first element within."""
    parts: list[str] = []
    for match in _CDATA.finditer(written):
        if match[2] == "<":
            break
        parts.append(match[1] if match[1] is not None else unescape(match[2]))
    return "".join(parts).strip()
