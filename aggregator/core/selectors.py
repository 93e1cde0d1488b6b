"""CSS selectors over parsed pages. The only importer of cssselect.

Selectors are translated to XPath, which nobody but this module writes: what a configuration says
never reaches XPath's own functions, some of which read files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cssselect

from aggregator.core.html import Element
from aggregator.core.text import shorten

MAX_LENGTH = 1_000
"""Characters of one selector."""

_ATTRIBUTE = re.compile(r"::attr\(\s*([A-Za-z][\w:.-]{0,100})\s*\)\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    xpaths: tuple[str, ...]
    attribute: str | None
    """What `::attr(name)` names; None: the element itself is meant."""

    def select(self, root: Element) -> list[Element]:
        """Those that match, `root` or within it, in document order."""
        return cast("list[Element]", root.xpath(" | ".join(self.xpaths)))


@lru_cache(maxsize=1024)
def compile_selector(css: str) -> Selector:
    """Raises ValueError, with a sentence, for what is no selector or cannot be translated."""
    if len(css) > MAX_LENGTH:
        raise ValueError(f"is longer than {MAX_LENGTH:,} characters")
    elements, attribute = css, None
    if match := _ATTRIBUTE.search(css):
        elements, attribute = css[: match.start()], match[1].lower()
    try:
        parsed = cssselect.parse(elements)
        translator = cssselect.HTMLTranslator()
        xpaths = tuple(translator.selector_to_xpath(one) for one in parsed)
    except (cssselect.SelectorError, RecursionError) as error:
        raise ValueError(f"{_quote(css)} is no CSS selector: {_reason(error)}") from error
    if any(one.pseudo_element for one in parsed):
        raise ValueError(f"{_quote(css)} has a pseudo-element; only ::attr(name) at its end counts")
    return Selector(xpaths=xpaths, attribute=attribute)


def _quote(css: str) -> str:
    return f'"{shorten(css, 60)}"'


def _reason(error: Exception) -> str:
    return shorten(str(error), 200) if isinstance(error, cssselect.SelectorError) else "too deep"
