"""Who wrote an article, as its page shows it, and names as they stand in bylines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.core.html import Element, line_text
from aggregator.core.text import clean_line
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
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d|[<>{}\[\]_=/\\#]"
    r"|\b(?:posted|published|updated|comments?|share|follow|view|more|see|read)\b",
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
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}")
_MARKED = re.compile(
    r"(?<![a-z])(?:author|byline|writer|contributor|journalist|reporter)s?(?![a-z])"
    r"(?![-_]*(?:bio|box|avatar|image|img|photo|pic|social|twitter|email|date|time|list|page|info"
    r"|icon|card|more|follow|title|role|related|articles|posts)(?![a-z]))"
)
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PROFILE = re.compile(
    r"/(?:authors?|autore?s?|autor|auteurs?|profiles?|people|persons?|staff|by|editors?|writers?"
    r"|contributors?|journalists?|reporters?|signataires|bylines?)/[^/]",
    re.IGNORECASE,
)
_COUNTED = 5_000
"""Elements that are looked at; a byline stands near the beginning."""


def split_names(value: str) -> list[str]:
    """The names in a byline; parts that are none (addresses, dates, handles) are left out."""
    line = line_text(value[:_MAX_VALUE])
    parts = (part.strip(" .,:;|-–—()") for part in _BETWEEN.split(_BY.sub("", line, count=1)))
    return [part for part in parts if 1 < len(part) <= 80 and not _is_no_name(part)]


def byline(root: Element) -> tuple[str, ...]:
    """Names from what the markup calls the author's; empty: none is marked."""
    for mark in (_says_author, _is_called_author, _leads_to_profile):
        for element in filter(mark, _candidates(root)):
            if names := list(_names_in(element)):
                beside = element.getparent()
                others = () if beside is None else filter(mark, _candidates(beside))
                return tuple(dict.fromkeys([*names, *(n for e in others for n in _names_in(e))]))
    return ()


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


def _leads_to_profile(element: Element) -> bool:
    return element.tag == "a" and bool(_PROFILE.search(element.get("href", "")[:_MAX_VALUE]))


def _names_in(element: Element) -> Iterator[str]:
    """Names at the beginning of an element's text, up to the first piece that is none."""
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
    return bool(_NO_NAME.search(part)) or (part.isascii() and part.islower() and " " not in part)


def _looks_like_name(part: str) -> bool:
    """Two to five words, each with a capital or a particle; or a few ideographs or kana."""
    words = part.split()
    if len(words) < 2:
        return bool(_WIDE.fullmatch(part))
    capitals = [word for word in words if word[0].isupper() or not word[0].isascii()]
    return (
        len(words) <= 5 and bool(capitals) and set(words) - set(capitals) <= set(_PARTICLES.split())
    )
