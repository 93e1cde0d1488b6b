"""What in a page's tree tells which kind of page it is.

Its tree is passed over by what lxml does quickly: all elements of a name, all pieces of text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from aggregator.core import challenges
from aggregator.core import page_words as words
from aggregator.core.html import Element, line_text
from aggregator.core.linked_data import LinkedData, Node, fold_title, node_kinds
from aggregator.core.text import count_words
from aggregator.core.trees import pieces_of, text_of
from aggregator.core.urls import normalise

BRIEF = 500
"""Words; a page that has more is no guard's, nor one that only asks for consent."""
_MAX_ADDRESS = 500
_MAX_SCRIPT = 4_000
"""Characters of one script that are looked at; what guards leave stands at its beginning."""
_VISIBLE = 20_000
"""Characters of the page's text that are kept."""
_ALL = 1 << 60
_MAX_TITLE = 300
_MAX_LINKS = 3_000
_MAX_PARTS = 200
_HEADLINE = 12
"""Letters of a link that may be a headline."""
_READ = ("a", "form", "h1", "iframe", "link", "meta", "script", "title", "video")
_UNREAD = ("script", "style", "svg", "template")
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
    """Of all text; where `says_article`, only of what had to be read of it."""
    linked: int
    """Of the text in links; not read where `says_article`."""
    links: int
    link_texts: frozenset[str]
    """What is in links, folded, as far as it may be a headline; not read where `says_article`."""
    live_posts: int
    has_video: bool
    asks_for_human: bool
    """Its markup has what a guard leaves; looked for where it has few words (`BRIEF`)."""
    has_consent: bool
    """Its markup has what a consent platform leaves; looked for where it has few words."""
    has_paywall: bool
    """Its markup has what a paywall leaves."""


def read_signs(root: Element, *, url: str, linked: LinkedData | None = None) -> PageSigns:
    """Of a page as it was parsed: boxes that `core.boilerplate` takes out are signs, too.

    `linked` is the page's JSON-LD; None: it is read here.
    """
    found, names = _by_tag(root)
    metas = _metas(found["meta"])
    nodes = list((LinkedData.of(root) if linked is None else linked).described())
    kinds = frozenset(kind for node in nodes for kind in node_kinds(node))
    says_article = any(kind.endswith(("article", "posting")) for kind in kinds)
    named = "\n".join(names).lower()
    marks = "\n".join([named, *_addresses(found)]).lower()
    locked = _locked_names(nodes)
    pieces = _read_pieces(root, enough=_VISIBLE if says_article else None)
    links = _Links() if says_article else _read_links(found["a"])
    visible = _shorten(pieces)
    counted = count_words(visible)
    left = _left_behind(marks, found["script"]) if counted < BRIEF else ""
    return PageSigns(
        titles=tuple(_titles(found)),
        kinds=kinds,
        says_article=says_article,
        og_type=metas.get("og:type", "").lower(),
        is_home=_is_home(found["link"], metas, url),
        free=_is_free(nodes),
        locked_is_here=_holds_text(root, locked) if locked else None,
        declared_words=max((_number(node.get("wordCount")) for node in nodes), default=0),
        visible=visible,
        words=counted,
        characters=sum(map(len, pieces)),
        linked=links.characters,
        links=len(found["a"]),
        link_texts=frozenset(links.texts),
        live_posts=_live_posts(names),
        has_video=bool(found["video"]) or _has(marks, words.PLAYER_MARKS),
        asks_for_human=_has(left, challenges.MARKS),
        has_consent=_has(left, words.CONSENT_MARKS),
        has_paywall=_has(named, words.PAYWALL_MARKS),
    )


def _has(text: str, marks: Iterable[str]) -> bool:
    return any(mark in text for mark in marks)


def _by_tag(root: Element) -> tuple[dict[str, list[Element]], Counter[str]]:
    """The elements that are looked at, by their names, and the classes and ids of all of them."""
    found: dict[str, list[Element]] = {name: [] for name in _READ}
    names: list[str | None] = []
    for element in root.iter():
        names.append(element.get("class"))
        names.append(element.get("id"))
        if (same := found.get(element.tag)) is not None:
            same.append(element)
    counted = Counter(names)
    return found, Counter({name[:_MAX_ADDRESS]: n for name, n in counted.items() if name})


def _addresses(found: dict[str, list[Element]]) -> Iterator[str]:
    for element in chain(found["script"], found["iframe"], found["form"], found["link"]):
        for name in ("src", "action", "href"):
            if value := element.get(name):
                yield value[:_MAX_ADDRESS]


def _left_behind(marks: str, scripts: list[Element]) -> str:
    plain = (s.text[:_MAX_SCRIPT] for s in scripts if s.text and "json" not in s.get("type", ""))
    return "\n".join([marks, *plain]).lower()


def _read_pieces(root: Element, *, enough: int | None) -> list[str]:
    """What is shown, in order, until there are `enough` characters (None: all). To leave pieces out
    of all of them is quicker than to look, for each, where it stands."""
    unread = filter(None, map(str.strip, _unread_pieces(root)))
    awaited = next(unread, None)
    pieces = []
    left = _ALL if enough is None else enough
    for piece in filter(None, map(str.strip, pieces_of(root))):
        if piece == awaited:  # one that is shown and says the same may as well be left out
            awaited = next(unread, None)
            continue
        pieces.append(piece)
        left -= len(piece)
        if left <= 0:
            break
    return pieces


def _unread_pieces(root: Element) -> Iterator[str]:
    within: set[Element] = set()
    for element in root.iter(*_UNREAD):
        if element in within:
            continue
        if element.tag in {"script", "style"}:
            yield element.text or ""
        else:
            within.update(element.iter(*_UNREAD))
            yield from pieces_of(element)


def _shorten(pieces: list[str]) -> str:
    kept = 0
    for count, piece in enumerate(pieces):
        if kept >= _VISIBLE:
            pieces = pieces[:count]
            break
        kept += len(piece)
    return " ".join(" ".join(piece[:_VISIBLE] for piece in pieces).split())


@dataclass(slots=True)
class _Links:
    characters: int = 0
    texts: set[str] = field(default_factory=set)


def _read_links(anchors: list[Element]) -> _Links:
    """Of many links the text is taken to be as that of the first ones: they may be nested."""
    links = _Links()
    for anchor in anchors[:_MAX_LINKS]:
        pieces = list(islice(pieces_of(anchor), _MAX_PARTS))
        links.characters += sum(len(piece.strip()) for piece in pieces)
        text = fold_title("".join(pieces)[:_MAX_TITLE])
        if len(text) >= _HEADLINE:
            links.texts.add(text)
    return links


def _live_posts(names: Counter[str]) -> int:
    found = 0
    for name, count in names.items():
        lower = name.lower()
        if "live" in lower or "ticker" in lower or "blog" in lower:
            found += count if words.LIVE_POST.search(lower) else 0
    return found


def _titles(found: dict[str, list[Element]]) -> Iterator[str]:
    for element in chain(found["title"][:1], found["h1"][:3]):
        if line := line_text(text_of(element, _MAX_TITLE)):
            yield line


def _metas(elements: list[Element]) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in elements:
        name = (element.get("property") or element.get("name") or "").lower()
        if name in {"og:type", "og:url"}:
            found.setdefault(name, element.get("content", "").strip()[:_MAX_ADDRESS])
    return found


def _is_home(elements: list[Element], metas: dict[str, str], url: str) -> bool:
    links = (e for e in elements if "canonical" in e.get("rel", "").lower().split())
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
