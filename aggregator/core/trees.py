"""What is done with parsed pages in several places, on trees from `core.html.parse_document`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def outermost(found: Sequence[Element]) -> list[Element]:
    """Without those within another of them, in the same order: that of the document."""
    if len(found) < 2:
        return [*found]
    all_found, inside, outer = set(found), set[Element](), []
    for element in found:
        if element not in inside:
            outer.append(element)
            inside.update(one for one in element.iter() if one in all_found)
    return outer


def remove_all(found: Sequence[Element]) -> None:
    """As `remove`, of many in the order of the document: the texts behind neighbours are joined
    once, for to lengthen a text with each of them takes quadratic time."""
    place: tuple[Element, bool] | None = None
    texts: list[str] = []
    for element in outermost(found):
        parent, before = element.getparent(), element.getprevious()
        if parent is None:
            continue
        here = (parent, True) if before is None else (before, False)
        if here != place:
            _append(place, texts)
            place, texts = here, []
        texts.append(element.tail or "")
        element.tail = None
        parent.remove(element)
    _append(place, texts)


def _append(place: tuple[Element, bool] | None, texts: list[str]) -> None:
    """Texts to the beginning of an element, or behind it."""
    if place is None or not (joined := "".join(texts)):
        return
    element, is_within = place
    if is_within:
        element.text = (element.text or "") + joined
    else:
        element.tail = (element.tail or "") + joined


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
