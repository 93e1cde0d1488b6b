"""On real pages, taking an outlet's furniture away costs no text of an article."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from aggregator.core.furniture import Furniture, learn
from aggregator.core.furniture_page import read_page
from aggregator.core.furniture_removal import without_furniture
from aggregator.types import ArticleText
from benchmarks.extract import PAGES, Page, load, ours, score_bodies

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.exists(), reason="shared/data/pages is not beside the repository"),
]


def test_bodies_are_no_worse() -> None:
    pages = load("paragraphs")
    known: defaultdict[str, Furniture] = defaultdict(Furniture)
    found = {page["url"]: ours(page) for page in pages}

    def cleared(page: Page) -> ArticleText | None:
        article = found[page["url"]]
        if article is None:
            return None
        text = read_page(article.text.split("\n\n"), address=page["url"], title=article.title)
        host = urlsplit(page["url"]).netloc
        known[host] = learn(known[host], text)
        left = without_furniture(text, known[host])
        return replace(article, text="\n\n".join(left.paragraphs))

    before = score_bodies(pages, "gold_text", lambda page: found[page["url"]])
    after = score_bodies(pages, "gold_text", cleared)
    assert after.f1 >= before.f1, (before, after)
    assert after.recall >= before.recall, (before, after)
