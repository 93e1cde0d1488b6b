"""The body of an article in its page. The only importer of trafilatura.

The setting is the one that measured best together with `core.boilerplate` (docs/decisions): its
own rules alone ("fast"), strictly ("favor_precision"); where they find little, its default, which
asks other algorithms, too. Its metadata mode is left off: it doubles the time and runs quadratic
regular expressions over the page.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import trafilatura
from trafilatura.htmlprocessing import build_html_output
from trafilatura.meta import reset_caches
from trafilatura.settings import Document

from aggregator.core.boilerplate import prune_body
from aggregator.core.html import Element, sanitise, to_text
from aggregator.errors import ExtractError

_PAGES_A_RESET = 500

_pages = count(1)
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it warns of, we raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    html: str = ""
    """Sanitised."""
    text: str = ""


def find_body(
    root: Element, titles: Sequence[str], *, base_url: str | None, strict: bool = True
) -> Body:
    """The article in a page, empty where there is none; `root` stays as it is.

    `titles` are the forms in which the page gives its title, which is left out of the body;
    `base_url` is what links are relative to. Not `strict`: more is taken for the article, and other
    algorithms are asked, which takes twice the time. Raises ExtractError for a page that is nested
    too deeply.
    """
    if next(_pages) % _PAGES_A_RESET == 0:
        reset_caches()
    try:
        document = trafilatura.bare_extraction(
            root,
            fast=strict,
            favor_precision=strict,
            include_comments=False,
            include_links=True,
            include_formatting=True,
            include_tables=True,
            output_format="html",
        )
    except RecursionError:
        raise ExtractError(
            "The page nests its elements too deeply to be read.", url=base_url
        ) from None
    if not isinstance(document, Document):
        return Body()
    prune_body(document.body, titles)
    html = sanitise(build_html_output(document), base_url=base_url)
    return Body(html=html, text=to_text(html))
