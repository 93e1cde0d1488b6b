"""What is done with parsed pages in several places, on trees from `core.html.parse_document`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from aggregator.core.html import Element


def remove(element: Element) -> None:
    """Take an element out of its tree and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def pieces_of(element: Element) -> Iterator[str]:
    """The pieces of text in an element, in order."""
    return cast("Iterator[str]", element.itertext())  # the stubs say bytes too, for Python 2


def text_of(element: Element, limit: int) -> str:
    """The text in an element, no more than `limit` characters of it."""
    text = ""
    for piece in pieces_of(element):
        text += piece
        if len(text) >= limit:
            break
    return text[:limit]
