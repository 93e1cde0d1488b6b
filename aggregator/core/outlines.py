"""The outlines of an OPML document as a stream of starts and ends, however broken it is.

Well-formed documents are read by expat, and so are those that only lack the escaping of "&".
Any other is read here, tag by tag, with the liberties that published lists take: quotes and tags
within values, values and tags that never end, attributes that come twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from xml.parsers import expat

from aggregator.core.markup import unescape
from aggregator.core.xml_repair import find_flaw, repair

MAX_TAG = 64 * 1024
"""Characters of one start tag that are read by hand; what follows in it is passed over."""
MAX_ATTRIBUTES = 100
"""Of one outline."""

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(
    r"<\s*+(?P<end>/?)\s*+(?:[\w.-]{1,20}:)?(?:(?P<outline>outline)|body|opml|head)(?=[\s/>])",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.-]{0,60}(?::[A-Za-z_][\w.-]{0,60})?)\s*+=\s*+")
_TAG_END = re.compile(r"\s*+(/?)\s*+>")
_UNQUOTED = re.compile(r"[^\s>\"']*+")
_JUNK = re.compile(r"[^\s>]++\s*+|\s++|>")
_QUOTES = {'"': '"', "'": "'", "“": '“”„"', "”": '“”"', "„": '“”"'}
"""What ends a value, by what begins it: word processors turn plain quotes into the others."""
_NAME = r"[A-Za-z_][\w:.-]{0,120}+\s*+="
_NEXT = rf"""\s*+{_NAME}\s*+["'“”„]|\s++{_NAME}"""
_FORGOTTEN = r"\s(?:xmlUrl|htmlUrl|text|title|type|description|version|language)\s*+=\s*+"
"""An attribute that begins where the value before it never ended."""
_VALUE_END = {
    quote: re.compile(
        rf"(?P<closing>[{ends}](?=\s*+/?\s*+>|\s*+/?\Z|{_NEXT}))|{_FORGOTTEN}(?=[{ends}])",
        re.IGNORECASE,
    )
    for quote, ends in _QUOTES.items()
}
_LAST_CLOSING = {
    quote: re.compile(rf"[{ends}](?=\s*+/?\s*+>\s*+\Z|{_NEXT})") for quote, ends in _QUOTES.items()
}
"""The same where tags stand in the value: the outline's own tag ends last."""
_SPACE = re.compile(r"[\t\n]")


class Kind(Enum):
    OPEN = 1
    """Has children, or an end tag of its own."""
    SINGLE = 2
    CLOSE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    kind: Kind
    line: int
    """From 1."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Names as written and values with references resolved, each name once."""
    repeated: tuple[str, ...] = ()
    """Names of attributes that came again; the first value counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    tags: tuple[Tag, ...]
    """In document order. Where the document is broken, some may lack their end or their start."""
    flaw: str | None = None
    """What makes it no well-formed XML, in expat's words; None: it is well-formed."""
    flaw_line: int = 0
    """From 1; 0 without a flaw."""


def read_outlines(document: str) -> Outlines:
    """Every outline of a document whose lines end in "\\n"; none when it has none.

    Nothing is raised, no entity is loaded or expanded beyond a character, and time is linear.
    """
    document, flaw = repair(document)
    if flaw is None or find_flaw(document.encode(errors="replace")) is None:
        tags = _by_expat(document)
    else:
        tags = _feeds_closed(list(_by_hand(document)))
    return Outlines(
        tags=tuple(tags),
        flaw=flaw.reason if flaw else None,
        flaw_line=flaw.line if flaw else 0,
    )


# --- by expat ------------------------------------------------------------------------------------


def _by_expat(document: str) -> list[Tag]:
    tags: list[Tag] = []
    parser = expat.ParserCreate()
    parser.ordered_attributes = True

    def start(name: str, attributes: list[str]) -> None:
        if _is_outline(name):
            pairs = tuple(zip(attributes[::2], attributes[1::2], strict=True))
            line = parser.CurrentLineNumber
            tags.append(Tag(kind=Kind.OPEN, line=line, attributes=pairs[:MAX_ATTRIBUTES]))

    def end(name: str) -> None:
        if not _is_outline(name):
            return
        if tags[-1].kind is Kind.OPEN:
            tags[-1] = replace(tags[-1], kind=Kind.SINGLE)
        else:
            tags.append(Tag(kind=Kind.CLOSE, line=parser.CurrentLineNumber))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(document.encode(errors="replace"), True)
    return tags


def _is_outline(name: str) -> bool:
    return name.rpartition(":")[2].lower() == "outline"


# --- by hand -------------------------------------------------------------------------------------


def _by_hand(document: str) -> Iterator[Tag]:
    document = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), document)
    matches = list(_TAG.finditer(document))
    line, counted = 1, 0
    for match, following in zip(matches, [*matches[1:], None], strict=False):
        line += document.count("\n", counted, match.start())
        counted = match.start()
        if match["outline"] is None:
            continue
        if match["end"]:
            yield Tag(kind=Kind.CLOSE, line=line)
            continue
        stop = following.start() if following else len(document)
        inside = document[match.end() : min(stop, match.end() + MAX_TAG)]
        yield _start_tag(inside, line)


def _start_tag(inside: str, line: int) -> Tag:
    """`inside` is what stands between the tag's name and the next outline."""
    found: dict[str, str] = {}
    repeated: dict[str, None] = {}
    position = count = 0
    kind = Kind.SINGLE  # unless it ends in ">", for then the next one may be its child
    while position < len(inside) and count < MAX_ATTRIBUTES:
        if end := _TAG_END.match(inside, position):
            kind = Kind.SINGLE if end[1] else Kind.OPEN
            break
        name = _ATTRIBUTE.match(inside, position)
        if name is None:
            junk = _JUNK.match(inside, position)
            position = junk.end() if junk else len(inside)
            continue
        written, position = _value(inside, name.end())
        count += 1
        if name[1] in found:
            repeated.setdefault(name[1])
        found[name[1]] = found.get(name[1]) or unescape(_SPACE.sub(" ", written))
    return Tag(kind=kind, line=line, attributes=tuple(found.items()), repeated=tuple(repeated))


def _value(inside: str, start: int) -> tuple[str, int]:
    """The value that begins at `start`, and where what follows it begins."""
    quote = inside[start : start + 1]
    if quote not in _QUOTES or not quote:
        match = _UNQUOTED.match(inside, start)
        stop = match.end() if match else start
        return inside[start:stop], stop
    start += 1
    for end in _VALUE_END[quote].finditer(inside, start):
        if end["closing"] is None:
            if not _within_tag(inside, start, end.start()):
                return inside[start : end.start()], end.start()
            continue
        closing: re.Match[str] = end
        if "<" in inside[start : end.start()]:
            closing = _LAST_CLOSING[quote].search(inside, start) or end
        return inside[start : closing.start()], closing.end()
    stop = _open_end(inside, start)
    return inside[start:stop], stop


def _within_tag(inside: str, start: int, end: int) -> bool:
    return inside.rfind("<", start, end) > inside.rfind(">", start, end)


def _open_end(inside: str, start: int) -> int:
    """Where a value ends that has no quote at its end: with its line, or with the tag."""
    ends = (inside.find(mark, start) for mark in ("\n", "/>", ">"))
    return min((end for end in ends if end >= 0), default=len(inside))


def _feeds_closed(tags: list[Tag]) -> list[Tag]:
    """The tags as they are where starts and ends match in number; else each feed ends at once,
    for feeds seldom have children, and as many ends that follow one are taken for its own as
    there must be.
    """
    feeds = sum(tag.kind is Kind.OPEN and _is_feed(tag) for tag in tags)
    surplus = sum((tag.kind is Kind.OPEN) - (tag.kind is Kind.CLOSE) for tag in tags)
    if surplus == 0:
        return tags
    own_ends = feeds - surplus
    kept: list[Tag] = []
    closed = False
    for tag in tags:
        if tag.kind is Kind.CLOSE and closed and own_ends > 0:
            own_ends -= 1
            closed = False
            continue
        closed = tag.kind is Kind.OPEN and _is_feed(tag)
        kept.append(replace(tag, kind=Kind.SINGLE) if closed else tag)
    return kept


def _is_feed(tag: Tag) -> bool:
    return any(value and name.lower() == "xmlurl" for name, value in tag.attributes)
