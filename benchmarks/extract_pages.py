"""The labelled pages, and what we make of them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aggregator.core.extract import extract
from aggregator.errors import ExtractError
from aggregator.types import ArticleText, Extraction, ExtractRequest, PageCopy, PageRole

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages"
Page = dict[str, Any]
"""Has `url` and `html`, and what its set's README says."""
Read = Callable[[Page], ArticleText | None]
"""An extractor; None: it finds no article."""

SETS = {"article_bodies": "text", "paragraphs": "gold_text"}
"""The sets with hand-made bodies, and the field that holds them."""
_META = re.compile(r"<meta\b[^<>]*>", re.IGNORECASE)
_VALUE = re.compile(r"\svalue\s*=", re.IGNORECASE)
_CONTENT = re.compile(r"\scontent\s*=", re.IGNORECASE)


def load(name: str, folder: Path = PAGES) -> list[Page]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def request_of(page: Page, *, furniture: bytes = b"") -> ExtractRequest:
    """The page alone, as if its feed had said nothing."""
    copy = PageCopy(
        role=PageRole.PAGE,
        url=page["url"],
        content_type="text/html; charset=utf-8",
        body=page["html"].encode(errors="replace"),
    )
    return ExtractRequest(pages=(copy,), furniture=furniture)


def extraction(page: Page) -> Extraction | None:
    """None: the page cannot be read."""
    try:
        return extract(request_of(page))
    except ExtractError:
        return None


def ours(page: Page) -> ArticleText | None:
    found = extraction(page)
    return found.article if found is not None and found.kind.has_article else None


def mended(page: Page) -> Page:
    """With `content` for `value` in its meta elements.

    Most pages of the metadata set were saved with that attribute renamed, which few programs read.
    """
    return page | {"html": _META.sub(_mended_element, page["html"])}


def _mended_element(element: re.Match[str]) -> str:
    text = element[0]
    return text if _CONTENT.search(text) else _VALUE.sub(" content=", text, count=1)
