"""Who wrote an article, as its page shows it, and names as they stand in bylines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, pairwise

from aggregator.core.html import Element, line_text
from aggregator.core.page_parts import elements_behind, pieces_behind
from aggregator.core.text import clean_line, fold
from aggregator.core.trees import pieces_of

_MAX_VALUE = 500
_BY = re.compile(
    r"(?:(?:written|posted|story|words|article|text|reporting)\s+)?"
    r"(?:by|von|par|por|di|door|av|af)\b[:\s]+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:[;|、•·]|,?\s(?:and|und|et|y|e|en|och|og|i|with|&)\s)\s*|,\s+", re.IGNORECASE
)
_LABEL = re.compile(r"\A[^\W\d_]{1,14}\s?[:：]\s*")
"""Text: Ada Quill."""
_SENTENCES = re.compile(r"(?<=[^\W\d_]{4})\.\s+(?=[^\W\d_]{2})")
"""Ada Quill. Cape Courier; but not St. John, or Ada J. Quill."""
_INVERTED = re.compile(r"([^\W\d_]{2,30}),\s([^\W\d_]{2,30})")
"""Quill, Ada: a pair of names in one byline is seldom one of first names."""
_HANDLE = re.compile(r"(?!M[ac]c?[A-Z]|De[A-Z]|O['’]|Le[A-Z])[A-Za-z]*[a-z][A-Z][A-Za-z]*")
"""CapeWriter, in one word."""
_NO_NAME = re.compile(
    r"https?:|www\.|\w\.(?:com|net|org|info|co|tv|[a-z]{2})\b|@|\d|[<>{}\[\]_=/\\#]"
    r"|\b(?:posted|published|updated|comments?|share|follow|view|more|see|read|watch|live|listen"
    r"|subscribe|sign|newsletter|insight|photos?|photographs?|photography|images?|illustrations?"
    r"|foto|fotos)\b",
    re.IGNORECASE,
)
_PARTICLES = """
    al bin da das de del den der di do dos du el la las le los of san st ten ter the van von y zu
"""
_ROLE = re.compile(
    r"\b(?:editor|writer|staff|correspondent|reporter|contributor|author|columnist|news|newspaper"
    r"|post|times|tribune|press|journal|magazine|agency|redaktion|rédaction|redacción)\b",
    re.IGNORECASE,
)
"""Not in a person's name; a byline that names nobody else may still be an outlet's."""
_NOBODY = frozenset(
    {"admin", "administrator", "author", "autor", "anonymous", "by", "contributor", "desk"}
    | {"digital desk", "editor", "editorial", "editorial board", "editorial staff"}
    | {"editorial team", "editors", "guest", "guest author", "guest contributor", "guest post"}
    | {"news desk", "newsdesk", "newsroom", "none", "null", "online desk", "our correspondent"}
    | {"redaccion", "redacao", "redactie", "redaktion", "redazione", "redaction", "root", "staff"}
    | {"staff reporter", "staff writer", "super user", "the editor", "the editors", "undefined"}
    | {"unknown", "user", "web desk", "webdesk", "webmaster", "редакция", "админ"}
)
"""Who stands in a byline, folded, where nobody is named."""
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}")
_MARKED = re.compile(
    r"(?<![a-z])(?:author-?(?:name)?|byline|writer|contributor|journalist|reporter)s?(?![a-z])"
    r"(?![-_]*(?:bio|box|avatar|image|img|photo|pic|social|twitter|email|date|time|list|page|info"
    r"|icon|card|more|follow|title|role|related|articles|posts)(?![a-z]))"
)
_OTHERS = re.compile(r"quote|(?<!no-)(?<!has-)comment(?!s?[-_](?:open|closed))")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PROFILE = re.compile(
    r"\A(?!.*/(?:tags?|topics?)/).*/(?:authors?|autore?s?|autor|auteurs?|profiles?|staff|by"
    r"|editors?|writers?"
    r"|contributors?|journalists?|reporters?|signataires|bylines?)/[^/]",
    re.IGNORECASE,
)
_EDGES = " .,:;|-–—()"
_NEAR = 150
"""Elements behind the title among which its byline stands."""
_LINES, _SPOKEN = 12, 120
"""Lines behind the title among which its byline stands, and characters of one."""
_TRIED = 30
"""Elements that are marked as the author's and may turn out to name nobody."""
_INNER, _AROUND = 20, 4
_LARGE = 300
"""Elements in an element."""
_COUNTED = 5_000
"""Elements that are looked at; a byline stands near the beginning."""


def split_names(value: str) -> list[str]:
    """The names in a byline; parts that are none (addresses, dates, handles) are left out."""
    line = _BY.sub("", line_text(value[:_MAX_VALUE]), count=1)
    if inverted := _INVERTED.fullmatch(line):
        line = f"{inverted[2]} {inverted[1]}"
    parts = (
        _LABEL.sub("", part.strip(_EDGES)).strip(_EDGES)
        for sentence in _SENTENCES.split(line)
        for part in _BETWEEN.split(sentence)
    )
    return [part for part in parts if 1 < len(part) <= 80 and not _is_no_name(part)]


def people(values: Iterable[str]) -> list[str]:
    """The names in several bylines, without repetitions; roles only where nobody has a name."""
    names = list(dict.fromkeys(name for value in values for name in split_names(value)))
    persons = [name for name in names if not _ROLE.search(name)]
    return persons or names[:1]


def byline(root: Element, *, title: Element | None = None, strict: bool = False) -> tuple[str, ...]:
    """Names from what the markup calls the author's; empty: none is marked.

    What stands behind `title`, the heading of the article, comes first: further down a page names
    the authors of other articles. None: no heading is known. `strict`: only what is marked as the
    author's there is believed, for a page that says elsewhere that nobody signed the article.
    """
    if title is not None:
        near = list(islice(elements_behind(title), _NEAR))
        second = _is_called_author if strict else _seems_author
        names = _marked(near, (_says_author, second))
        if names := names or _spoken(title):
            return names
    if strict:
        return ()
    marks = (_says_author, _is_called_author, _leads_to_profile)
    return _marked(list(_candidates(root)), marks)


def _marked(elements: list[Element], marks: Iterable[Callable[[Element], bool]]) -> tuple[str, ...]:
    """Names in the first element that is marked and names anybody, and in those beside it."""
    known = set(elements)
    for mark in marks:
        for element in islice(filter(mark, elements), _TRIED):
            if _is_others(element) or _is_large(element):
                continue
            if names := list(_names_in(element)):
                beside = element.getparent()
                others = [] if beside is None else islice(_candidates(beside), _NEAR)
                marked = (e for e in others if e in known and mark(e))
                return tuple(dict.fromkeys([*names, *(n for e in marked for n in _names_in(e))]))
    return ()


def _spoken(title: Element) -> tuple[str, ...]:
    """ "By Ada Quill" in a line of its own, shortly behind the title."""
    lines = (clean_line(piece[:_MAX_VALUE]) for piece in islice(pieces_behind(title), _NEAR))
    seen = list(islice(filter(None, lines), _LINES))
    for line, next_line in pairwise([*seen, ""]):
        named = _BY.match(f"{line} ")
        if named and len(line) <= _SPOKEN:
            names = split_names(line if named.end() < len(line) else next_line[:_SPOKEN])
            if names and all(map(_looks_like_name, names)):
                return tuple(dict.fromkeys(names))
    return ()


def _is_others(element: Element) -> bool:
    """Whether it names who took a picture, is quoted, or comments on the article."""
    if next(element.iterancestors("figure", "blockquote"), None) is not None:
        return True
    around = chain((element,), islice(element.iterancestors(), _AROUND))
    names = (f"{e.get('class', '')} {e.get('id', '')}"[:_MAX_VALUE].lower() for e in around)
    return any(map(_OTHERS.search, names))


def _is_large(element: Element) -> bool:
    """Whether more is in it than in any byline; whatever its text, it may take long to read."""
    return next(islice(element.iter(), _LARGE, None), None) is not None


def _candidates(root: Element) -> Iterator[Element]:
    found = root.iter("a", "address", "cite", "div", "li", "p", "span", "strong", "h3", "h4", "h5")
    for _, element in zip(range(_COUNTED), found, strict=False):
        yield element


def _says_author(element: Element) -> bool:
    return "author" in (element.get("rel", "").lower(), element.get("itemprop", "").lower())


def _is_called_author(element: Element) -> bool:
    name = element.get("class") or element.get("data-testid") or ""
    if not name or len(name) > _MAX_VALUE:
        return False
    return bool(_MARKED.search(_CAPITAL.sub("-", name).lower()))


def _seems_author(element: Element) -> bool:
    return _is_called_author(element) or _leads_to_profile(element)


def _leads_to_profile(element: Element) -> bool:
    return element.tag == "a" and bool(_PROFILE.search(element.get("href", "")[:_MAX_VALUE]))


def _names_in(element: Element) -> Iterator[str]:
    """Names at the beginning of an element's text, up to the first piece that is none."""
    for inner in islice(element.iter(), _INNER):  # as microdata is written beside what is shown
        if inner.get("itemprop") == "name" and (name := inner.get("content")):
            yield from split_names(name)
            return
    found = False
    for count, piece in enumerate(pieces_of(element)):
        line = clean_line(piece[:_MAX_VALUE]).strip(" ,;|·•-–—:")
        if line and line.casefold() not in {
            "by",
            "and",
            "und",
            "von",
            "par",
            "et",
            "por",
            "y",
            "&",
        }:
            names = split_names(line)
            if len(line) > 120 or not all(map(_looks_like_name, names)):
                return
            yield from (name for name in names if not (found and _ROLE.search(name)))
            found = found or bool(names)
            if not names and found:
                return
        if count >= 20:
            return


def _is_no_name(part: str) -> bool:
    if _NO_NAME.search(part) or fold(part) in _NOBODY:
        return True
    return " " not in part and part.isascii() and (part.islower() or bool(_HANDLE.fullmatch(part)))


def _looks_like_name(part: str) -> bool:
    """Two to five words, each with a capital or a particle; or a few ideographs or kana."""
    words = part.split()
    if len(words) < 2:
        return bool(_WIDE.fullmatch(part))
    capitals = [word for word in words if word[0].isupper() or not word[0].isascii()]
    return (
        len(words) <= 5 and bool(capitals) and set(words) - set(capitals) <= set(_PARTICLES.split())
    )
