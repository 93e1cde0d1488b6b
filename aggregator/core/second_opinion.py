"""A second look at a page, by which the text that was found in it is checked.

The paragraphs of a page that are marked as such, and are no lists of links, are most of an article
nearly everywhere. How far they and the text agree says how much the text may be believed: over the
labelled pages of the benchmark, texts that agree to 0.95 are right to 0.985, those below 0.6 to
0.86. It costs a fiftieth of what a second extractor costs.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.core.html import Element
from aggregator.core.trees import pieces_of

_SHORTEST = 60
"""Characters, without white space, of a paragraph that tells anything."""
_MOST = 20_000
"""Paragraphs that are looked at."""
_LONGEST = 50_000
"""Characters of a paragraph that is looked at."""
_FEWEST = 400
"""Characters of all of them below which there is no second opinion."""


def paragraphs(root: Element) -> frozenset[str]:
    """The marked paragraphs of a page, without white space."""
    found = set()
    for count, element in enumerate(root.iter("p")):
        if count == _MOST:
            break
        text = _packed(pieces_of(element))
        if _SHORTEST <= len(text) <= _LONGEST:
            linked = sum(len(_packed(pieces_of(link))) for link in element.iter("a"))
            if 2 * linked < len(text):
                found.add(text)
    return frozenset(found)


def confidence(text: str, opinion: frozenset[str]) -> float | None:
    """How far a text and the paragraphs of its page agree: the harmonic mean of the shares that
    each has of the other, by characters, 0 to 1. None: the page marks too few paragraphs."""
    marked = sum(map(len, opinion))
    if marked < _FEWEST:
        return None
    whole = _packed([text])
    together = "\n".join(opinion)
    lines = [line for line in map(_pack, text.split("\n")) if len(line) >= _SHORTEST]
    written = sum(map(len, lines))
    confirmed = sum(len(line) for line in lines if line in opinion or line[:_LONGEST] in together)
    kept = sum(len(paragraph) for paragraph in opinion if paragraph in whole)
    if not written or not confirmed or not kept:
        return 0.0
    precision, recall = confirmed / written, kept / marked
    return round(2 * precision * recall / (precision + recall), 3)


def _packed(pieces: Iterable[str]) -> str:
    return _pack("".join(pieces))


def _pack(text: str) -> str:
    return "".join(text.split())
