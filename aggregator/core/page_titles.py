"""The title of a page's article: the heading that agrees with what the page says elsewhere.

A heading alone may be the outlet's name, and what is said in the head may be cut, carry the
outlet's name, or be written for search engines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from aggregator.core.html import Element, line_text
from aggregator.core.linked_data import fold_title
from aggregator.core.page_parts import MAX_VALUE, PageParts, heading_text
from aggregator.core.text import clean_line
from aggregator.core.trees import text_of

_SAID = ("og:title", "twitter:title", "sailthru.title", "parsely-title", "dc.title")
_SUFFIX = re.compile(r"\s+(?:[|»·•—–-]|::)\s+")
_LOWER_HEADINGS = 40
_SENTENCE = 5
"""Words of a heading that is too long for an outlet's name."""


def read_title(
    parts: PageParts, *, headline: str, site: str | None, hint: str
) -> tuple[str, Element | None]:
    """The title, one line, and the heading that shows it; empty: the page has none.

    `headline` is that of JSON-LD, `site` the outlet's name, `hint` the feed's title: a heading
    that agrees with it is preferred. None: no heading shows it, or the outlet's name is not known.
    """
    said = list(filter(None, map(line_text, [headline, *_said(parts, site)])))
    votes = [folded for title in said if (folded := fold_title(title))]
    votes += 2 * [fold_title(hint)] if hint else []
    headings = [(text, e) for e in parts.elements("h1")[:5] if (text := heading_text(e))]
    headings += [(text, e) for e in _headlines(parts.root) if (text := heading_text(e))]
    found = _most_agreed(headings, votes) or _most_agreed(_lower_headings(parts.root), votes)
    if found:
        return found
    firsts = headings[:1] if len({text for text, _ in headings}) == 1 else []
    if firsts and len(firsts[0][0].split()) >= _SENTENCE:
        return firsts[0]
    wanted = fold_title(hint)
    said.sort(key=lambda title: not agree(fold_title(title), wanted))
    if said:
        return said[0], headings[0][1] if headings else None
    return headings[0] if headings else ("", None)


def _most_agreed(
    headings: list[tuple[str, Element]], votes: list[str]
) -> tuple[str, Element] | None:
    counted = [(sum(agree(fold_title(h[0]), vote) for vote in votes), h) for h in headings]
    most = max((count for count, _ in counted), default=0)
    return next((h for count, h in counted if count == most), None) if most else None


def _headlines(root: Element) -> Iterator[Element]:
    found = (e for e in root.iter("h2", "h3") if "headline" in e.get("itemprop", "").lower())
    return islice(found, 3)


def _lower_headings(root: Element) -> list[tuple[str, Element]]:
    found = islice(root.iter("h2", "h3"), _LOWER_HEADINGS)
    return [(text, heading) for heading in found if (text := heading_text(heading))]


def _said(parts: PageParts, site: str | None) -> Iterator[str]:
    for title in parts.said(*_SAID):
        yield without_suffix(title, site)
    element = next((text_of(e, MAX_VALUE) for e in parts.elements("title")), "")
    cut = without_suffix(element, site)
    yield cut if site and cut != element else without_suffix(element, None)


def agree(heading: str, title: str) -> bool:
    """Of folded titles: equal, or one within the other and not much shorter."""
    if not heading or not title:
        return False
    short, long = sorted((heading, title), key=len)
    return short in long and len(short) >= 0.6 * len(long)


def without_suffix(title: str, site: str | None) -> str:
    """The title without the outlet's name at its end (or beginning). Where the outlet's name is
    not known, a last part of few words is taken for it."""
    title = clean_line(title[:MAX_VALUE])
    marks = list(_SUFFIX.finditer(title))
    if not marks:
        return title
    first, last = title[: marks[0].start()], title[marks[-1].end() :]
    if fold_title(last) == fold_title(site or ""):
        return title[: marks[-1].start()]
    if fold_title(first) == fold_title(site or ""):
        return title[marks[0].end() :]
    if site is None and len(last.split()) <= 4 and len(last) < marks[-1].start():
        return title[: marks[-1].start()]
    return title
