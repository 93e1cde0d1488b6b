"""HTML is built as a tree and written at the end, so that it is well formed and escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

Child = ET.Element | str
Attributes = Mapping[str, str]


def el(tag: str, attrs: Attributes | None = None, *children: Child) -> ET.Element:
    """An element with its children, which are elements and texts in any order."""
    element = ET.Element(tag, dict(attrs or {}))
    last: ET.Element | None = None
    for child in children:
        if isinstance(child, ET.Element):
            element.append(child)
            last = child
        elif last is None:
            element.text = (element.text or "") + child
        else:
            last.tail = (last.tail or "") + child
    return element


def link(href: str, text: str, **attrs: str) -> ET.Element:
    return el("a", {"href": href, **attrs}, text)


def listing(items: Iterable[Child], attrs: Attributes | None = None) -> ET.Element:
    return el("ul", attrs, *(el("li", None, item) for item in items))


def paragraphs(texts: Iterable[str]) -> list[ET.Element]:
    return [el("p", None, text) for text in texts]


def script(data: object) -> ET.Element:
    """JSON-LD; a "<" in it must not end the element."""
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return el("script", {"type": "application/ld+json"}, text)


def write(root: ET.Element) -> bytes:
    """The document in UTF-8."""
    html = ET.tostring(root, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{html}\n".encode()
