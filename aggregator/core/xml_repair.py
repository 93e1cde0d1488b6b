"""Is a feed well-formed XML, and mending of the flaws that most of those have that are not.

What is mended here is read by strict parsers; feedparser's loose one, which takes the rest,
guesses at such things and is four times as slow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>", re.IGNORECASE)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:\#(?P<number>[0-9]+|x[0-9a-f]+);|(?P<name>\w{1,31});)?",
    re.DOTALL | re.IGNORECASE,
)
_DOCTYPE = re.compile(
    r"""
    \A (?P<before> (?: \s++ | <!--.*?--> | <\?.*?\?> )*+ )
    <!DOCTYPE\b [^\[<>]*+
    (?: \[ (?P<subset> (?: [^]"'<]++ | "[^"]*+" | '[^']*+' | < )*+ ) \] \s*+ )? >
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ENTITY = re.compile(
    r"""<!ENTITY\s+(\w{1,31})\s+(?:"([^"&<%]{1,50}|&\#\w{1,7};)"|'([^'&<%]{1,50})')\s*>"""
)
"""Such as stand for one character or a few; what stands for more is no abbreviation but a bomb."""
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    line: int
    """From 1."""
    reason: str
    """In expat's words."""


def repair(document: str) -> tuple[str, Flaw | None]:
    """The document without declaration and document type, mended where that is needed, and what
    was wrong with it; it may still be no well-formed XML. Lines keep their numbers.
    """
    if declaration := _DECLARATION.match(document):
        document = "\n" * declaration[0].count("\n") + document[declaration.end() :]
    document, entities = take_doctype(document)
    if entities:
        document = mend(document, entities)
    flaw = find_flaw(document.encode(errors="replace"))
    return (mend(document, entities) if flaw else document), flaw


def find_flaw(document: bytes) -> Flaw | None:
    """The first thing that makes it no well-formed XML; None: it is well-formed.

    The document must be in UTF-8 and declare no other. External entities are not loaded.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        return Flaw(line=error.lineno, reason=expat.ErrorString(error.code))
    return None


def take_doctype(document: str) -> tuple[str, dict[str, str]]:
    """The document without its document type, and the short entities that it declares."""
    match = _DOCTYPE.match(document)
    if match is None:
        return document, {}
    declared = _ENTITY.finditer(match["subset"] or "")
    entities = {one[1]: unescape(one[2] or one[3]) for one in declared}
    # Line breaks stay, so that lines keep their numbers.
    filler = "\n" * document.count("\n", len(match["before"]), match.end())
    return match["before"] + filler + document[match.end() :], entities


def mend(document: str, entities: Mapping[str, str]) -> str:
    """Characters that XML forbids are left out, stray "&" are escaped, and entities resolved:
    those given, and HTML's.
    """

    def resolve(match: re.Match[str]) -> str:
        if match[0].startswith("<"):
            return match[0]
        if number := match["number"]:
            return match[0] if _is_character(number) else ""
        name = match["name"]
        if name in _PREDEFINED:
            return match[0]
        if name and (value := entities.get(name) or html5.get(f"{name};")):
            return escape(value)
        return "&amp;" + match[0][1:]

    return _AMPERSAND.sub(resolve, _NOT_IN_XML.sub("", document))


def _is_character(number: str) -> bool:
    digits, base = (number[1:], 16) if number[0] in "xX" else (number, 10)
    if len(digits.lstrip("0")) > 7:
        return False
    code = int(digits, base)
    return 0 < code <= 0x10FFFF and not _NOT_IN_XML.match(chr(code))
