"""The elements of a page that say something of its article, found in one pass over its tree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from aggregator.core.html import Element, line_text
from aggregator.core.trees import pieces_of, text_of

MAX_VALUE = 2_000
"""Characters of a meta element, or of a heading, that are looked at; none of use has more."""
_READ = ("meta", "link", "title", "h1", "time", "img")
_EACH = 1_000
"""Elements of one name that are kept."""


class PageParts:
    """Of a parsed page; what is found stays part of its tree."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._found: dict[str, list[Element]] = {name: [] for name in _READ}
        for element in root.iter(*_READ):
            found = self._found[str(element.tag)]
            if len(found) < _EACH:
                found.append(element)
        self.metas = _read_metas(self._found["meta"])
        """Contents of the meta elements, by their name in lower case."""

    def elements(self, name: str) -> list[Element]:
        """Of "meta", "link", "title", "h1", "time" or "img", in the page's order."""
        return self._found[name]

    def said(self, *names: str) -> Iterator[str]:
        """What the meta elements of these names say, in the order of the names."""
        for name in names:
            yield from self.metas.get(name, ())


def heading_text(heading: Element) -> str:
    """One line."""
    return line_text(text_of(heading, MAX_VALUE))


def elements_behind(element: Element) -> Iterator[Element]:
    """All that begin behind the end of this one, in the page's order."""
    for node in chain((element,), element.iterancestors()):
        for sibling in node.itersiblings():
            yield from sibling.iter()


def pieces_behind(element: Element) -> Iterator[str]:
    """The pieces of text behind the end of an element, in the page's order."""
    for node in chain((element,), element.iterancestors()):
        if node.tail:
            yield node.tail
        for sibling in node.itersiblings():
            yield from pieces_of(sibling)
            if sibling.tail:
                yield sibling.tail


def _read_metas(elements: list[Element]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in elements:
        content = (element.get("content") or element.get("value") or "").strip()
        if content and len(content) <= MAX_VALUE:
            for key in ("property", "name", "itemprop", "http-equiv"):
                if name := element.get(key):
                    found.setdefault(name.strip().lower(), []).append(content)
    return found
