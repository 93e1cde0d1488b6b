"""What in a page's tree tells which kind of page it is, read in one pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aggregator.core import challenges
from aggregator.core import page_words as words
from aggregator.core.html import Element, line_text
from aggregator.core.linked_data import LinkedData, Node, fold_title
from aggregator.core.text import count_words
from aggregator.core.trees import text_of
from aggregator.core.urls import normalise

_MAX_ADDRESS = 500
_MAX_SCRIPT = 4_000
"""Characters of one script that are looked at; what guards leave stands at its beginning."""
_VISIBLE = 20_000
"""Characters of the page's text that are kept."""
_MAX_TITLE = 300
_MAX_LINKS = 3_000
_MAX_PARTS = 200
_HEADLINE = 12
"""Letters of a link that may be a headline."""
_UNREAD = frozenset({"style", "template", "svg", "head", "script"})
_SELECTED = re.compile(r"[.#]([\w-]{1,80})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSigns:
    """Facts of one page."""

    titles: tuple[str, ...]
    """The title element, then the first headings of the first rank."""
    kinds: frozenset[str]
    """Types of the JSON-LD objects that describe the page, in lower case."""
    says_article: bool
    """One of them is an article's. (The meta element of Open Graph says so of anything.)"""
    og_type: str
    is_home: bool
    """It says that its own address is that of the site's home page."""
    free: bool | None
    """Whether it is declared to be; None: not declared."""
    locked_is_here: bool | None
    """Whether the part that is declared not to be free is in the page; None: none is named."""
    declared_words: int
    """Of the article, as JSON-LD gives them; 0: it does not."""
    visible: str
    """Text that is no script, at most `_VISIBLE` characters."""
    words: int
    """Of `visible`."""
    characters: int
    """Of all text."""
    linked: int
    """Of the text in links."""
    links: int
    link_texts: frozenset[str]
    """What is in links, folded, as far as it may be a headline; not read where `says_article`."""
    live_posts: int
    has_video: bool
    asks_for_human: bool
    """Its markup has what a guard leaves."""
    has_consent: bool
    """Its markup has what a consent platform leaves."""
    has_paywall: bool
    """Its markup has what a paywall leaves."""


@dataclass(slots=True)
class _Reading:
    pieces: list[str] = field(default_factory=list)
    kept: int = 0
    characters: int = 0
    linked: int = 0
    links: int = 0
    has_video: bool = False
    names: Counter[str] = field(default_factory=Counter)
    addresses: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)


def read_signs(root: Element, *, url: str) -> PageSigns:
    """Of a page as it was parsed: boxes that `core.boilerplate` takes out are signs, too."""
    reading = _read(root)
    metas = _metas(root)
    nodes = list(_described(root))
    kinds = frozenset(kind for node in nodes for kind in _kinds(node))
    says_article = any(kind.endswith(("article", "posting")) for kind in kinds)
    names = "\n".join(reading.names).lower()
    marks = "\n".join([names, *reading.addresses]).lower()
    left = "\n".join([marks, *reading.scripts]).lower()
    locked = _locked_names(nodes)
    visible = " ".join(" ".join(reading.pieces).split())
    return PageSigns(
        titles=tuple(_titles(root)),
        kinds=kinds,
        says_article=says_article,
        og_type=metas.get("og:type", "").lower(),
        is_home=_is_home(root, metas, url),
        free=_is_free(nodes),
        locked_is_here=_holds_text(root, locked) if locked else None,
        declared_words=max((_number(node.get("wordCount")) for node in nodes), default=0),
        visible=visible,
        words=count_words(visible),
        characters=reading.characters,
        linked=reading.linked,
        links=reading.links,
        link_texts=frozenset(() if says_article else _link_texts(root)),
        live_posts=_live_posts(reading.names),
        has_video=reading.has_video or _has(marks, words.PLAYER_MARKS),
        asks_for_human=_has(left, challenges.MARKS),
        has_consent=_has(left, words.CONSENT_MARKS),
        has_paywall=_has(names, words.PAYWALL_MARKS),
    )


def _has(text: str, marks: Iterable[str]) -> bool:
    return any(mark in text for mark in marks)


def _read(root: Element) -> _Reading:
    """In the order of the document, with a stack of our own: nesting may be deep."""
    reading = _Reading()
    waiting: list[tuple[Element | str, bool]] = [(root, False)]
    while waiting:
        node, in_link = waiting.pop()
        if isinstance(node, str):
            _take_text(reading, node, in_link)
        elif isinstance(node.tag, str):
            _take_element(reading, node)
            in_link = in_link or node.tag == "a"
            read = node.tag not in _UNREAD
            for child in reversed(node):
                if read and child.tail:
                    waiting.append((child.tail, in_link))
                if read or isinstance(child.tag, str):
                    waiting.append((child, in_link))
            if read and node.text:
                waiting.append((node.text, in_link))
    return reading


def _take_text(reading: _Reading, text: str, in_link: bool) -> None:
    text = text.strip()
    reading.characters += len(text)
    if in_link:
        reading.linked += len(text)
    if text and reading.kept < _VISIBLE:
        reading.pieces.append(text[:_VISIBLE])
        reading.kept += len(text)


def _take_element(reading: _Reading, element: Element) -> None:
    if element.tag == "a":
        reading.links += 1
    elif element.tag == "video":
        reading.has_video = True
    for name in ("class", "id"):
        if value := element.get(name):
            reading.names[value[:_MAX_ADDRESS]] += 1
    if element.tag in {"script", "iframe", "form", "link"}:
        for name in ("src", "action", "href"):
            if value := element.get(name):
                reading.addresses.append(value[:_MAX_ADDRESS])
    if element.tag == "script" and element.text and "json" not in element.get("type", ""):
        reading.scripts.append(element.text[:_MAX_SCRIPT])


def _link_texts(root: Element) -> Iterator[str]:
    for _, anchor in zip(range(_MAX_LINKS), root.iter("a"), strict=False):
        text = fold_title(text_of(anchor, _MAX_TITLE))
        if len(text) >= _HEADLINE:
            yield text


def _live_posts(names: Counter[str]) -> int:
    found = 0
    for name, count in names.items():
        lower = name.lower()
        if _has(lower, ("live", "ticker", "blog")) and words.LIVE_POST.search(lower):
            found += count
    return found


def _titles(root: Element) -> Iterator[str]:
    for tag, most in (("title", 1), ("h1", 3)):
        for _, element in zip(range(most), root.iter(tag), strict=False):
            if line := line_text(text_of(element, _MAX_TITLE)):
                yield line


def _metas(root: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or ""
        if name.lower() in {"og:type", "og:url"}:
            found.setdefault(name.lower(), element.get("content", "").strip()[:_MAX_ADDRESS])
    return found


def _described(root: Element) -> Iterator[Node]:
    """The object that each script says the page is about."""
    for script in root.iter("script"):
        if "ld+json" in script.get("type", "").lower() and script.text:
            node = LinkedData([script.text]).article(frozenset(), frozenset())
            if node:
                yield node


def _kinds(node: Node) -> Iterator[str]:
    kinds = node.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str):
            yield kind.rpartition("/")[2].lower()


def _is_home(root: Element, metas: dict[str, str], url: str) -> bool:
    links = (e for e in root.iter("link") if "canonical" in e.get("rel", "").lower().split())
    said = next((href for link in links if (href := link.get("href"))), metas.get("og:url", ""))
    address = normalise(said, base=url) if said.strip() else None
    return bool(address) and is_root(address or "") and not is_root(url)


def is_root(address: str) -> bool:
    """Whether it is that of a home page: a host, and at most the name of an index or language."""
    path = address.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
    return bool(re.fullmatch(r"(?:[a-z]{2}/?)?(?:(?:index|home|default)(?:\.\w{2,5})?/?)?", path))


def _is_free(nodes: list[Node]) -> bool | None:
    said = [node["isAccessibleForFree"] for node in nodes if "isAccessibleForFree" in node]
    folded = {str(value).strip().rpartition("/")[2].lower() for value in said}
    if "false" in folded:
        return False
    return True if "true" in folded else None


def _locked_names(nodes: list[Node]) -> set[str]:
    """Classes and identifiers of the parts that are declared not to be free."""
    found: set[str] = set()
    for node in nodes:
        parts: Any = node.get("hasPart")
        for part in (parts if isinstance(parts, list) else [parts])[:20]:
            if isinstance(part, dict) and _is_free([part]) is False:
                selector = part.get("cssSelector")
                selectors = selector if isinstance(selector, list) else [selector]
                for value in selectors[:20]:
                    if isinstance(value, str):
                        found.update(_SELECTED.findall(value[:_MAX_ADDRESS]))
    return found


def _holds_text(root: Element, names: set[str]) -> bool:
    named = (
        element
        for element in root.iter()
        if not names.isdisjoint([*(element.get("class") or "").split(), element.get("id") or ""])
    )
    found = (element for _, element in zip(range(_MAX_PARTS), named, strict=False))
    return any(len(text_of(element, 2_000).split()) > 40 for element in found)


def _number(value: Any) -> int:
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
