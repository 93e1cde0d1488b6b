"""Real articles are taken for articles."""

from __future__ import annotations

import pytest

from aggregator.core.extract import extract
from aggregator.core.html import parse_document
from aggregator.core.metadata import read_metadata
from aggregator.types import ExtractRequest, FeedText, PageCopy, PageKind, PageRole
from benchmarks.extract import PAGES, Page, load

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.exists(), reason="shared/data/pages is not beside the repository"),
]

KNOWN = {
    "wsj.com/articles/google-stadia": PageKind.PAYWALL,  # 67 words of it were let out
    "independent.co.uk/arts-entertainment/music/news/brit-awards-2024-per": PageKind.LIVE,
    "independent.co.uk/news/world/americas/us-politics/trump-rally-greens": PageKind.LIVE,
    "telegraph.co.uk/football/2024/03/02/luton-town-vs-aston-villa-live": PageKind.LIVE,
    "reddit.com/r/gifs/comments/4vv0sa": PageKind.VIDEO,
    "youtube.com/watch": PageKind.VIDEO,
}
"""Parts of the addresses of pages that are something else, and what."""


@pytest.mark.parametrize("name", ["article_bodies", "paragraphs", "metadata"])
@pytest.mark.parametrize("announced", [True, False])
def test_no_article_is_taken_for_anything_else(name: str, announced: bool) -> None:
    wrong = []
    for page in load(name):
        expected = next((kind for part, kind in KNOWN.items() if part in page["url"]), None)
        kind, why = _judge(page, announced=announced)
        if kind is not (expected or PageKind.ARTICLE):
            wrong.append((page["url"], kind, why))
    assert wrong == []


def _judge(page: Page, *, announced: bool) -> tuple[PageKind, str]:
    body = page["html"].encode(errors="replace")
    copy = PageCopy(role=PageRole.PAGE, url=page["url"], content_type=None, body=body)
    title = page.get("gold_title") or _title_of(page)
    feed = FeedText(title=title) if announced else FeedText()
    found = extract(ExtractRequest(pages=(copy,), feed=feed))
    return found.kind, found.kind_why


def _title_of(page: Page) -> str:
    return read_metadata(parse_document(page["html"]), url=page["url"]).title
