"""Posts of social networks that an article quotes. Their markup is that of share buttons, by which
extractors take them out; what is quoted belongs to the text."""

from __future__ import annotations

import re
from itertools import islice

from aggregator.core.html import Element, unwrap
from aggregator.core.trees import text_of

_POSTS = re.compile(
    r"twitter|instagram|tiktok|bluesky|mastodon|threads|telegram|reddit|facebook|fb", re.IGNORECASE
)
"""How the class of an embedded post begins."""
_WRAPPERS = frozenset({"div", "figure", "aside", "section"})
_MOST_WRAPPERS = 5
_MOST_POSTS = 500
_LONGEST_POST = 3_000
"""Characters."""
_BESIDE = 20
"""Characters that may stand in a wrapper beside the post, such as a date."""


def free_posts(root: Element) -> None:
    """Turn every quoted post, and what is wrapped around it alone, into plain quotations."""
    for quote in list(islice(root.iter("blockquote"), _MOST_POSTS)):
        if not _POSTS.match((quote.get("class") or "").strip()[:100]):
            continue
        unwrap(quote, "a")
        for element in quote.iter():
            element.attrib.clear()
        length = len(text_of(quote, _LONGEST_POST).strip())
        around = quote.getparent()
        for _ in range(_MOST_WRAPPERS):
            if around is None or around.tag not in _WRAPPERS:
                break
            if len(text_of(around, _LONGEST_POST).strip()) > 1.5 * length + _BESIDE:
                break
            around.attrib.clear()
            around.tag = "div"
            around = around.getparent()
