"""On real texts, taking an outlet's furniture away costs no text of an article."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from aggregator.core.extract import extract
from aggregator.core.furniture_html import Cleared, clear_html
from aggregator.core.html import from_text
from aggregator.types import ArticleText
from benchmarks import stories_sets as stories
from benchmarks.extract import PAGES, Page, load, score_bodies
from benchmarks.extract_pages import request_of

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not PAGES.exists() or not stories.STORIES.exists(),
        reason="shared/data is not beside the repository",
    ),
]


def clear(row: stories.Row, known: bytes) -> Cleared:
    return clear_html(from_text(row["text"]), known, address=row["id"], title=row.get("title", ""))


def test_bodies_are_no_worse() -> None:
    pages = load("paragraphs")
    known: defaultdict[str, bytes] = defaultdict(bytes)

    def host(page: Page) -> str:
        return urlsplit(page["url"]).netloc

    def unknown(page: Page) -> ArticleText:
        found = extract(request_of(page))
        known[host(page)] = extract(request_of(page, furniture=known[host(page)])).furniture
        return found.article

    def cleared(page: Page) -> ArticleText:
        return extract(request_of(page, furniture=known[host(page)])).article

    before = score_bodies(pages, "gold_text", unknown)
    after = score_bodies(pages, "gold_text", cleared)
    assert all(known[host(page)] for page in pages)
    assert after.precision >= before.precision, (before, after)
    assert after.recall >= before.recall, (before, after)


@pytest.mark.parametrize("name", ["ecbplus_events", "fnc1_stories"])
def test_follow_ups_and_reports_of_the_same_events_lose_nothing(name: str) -> None:
    """One outlet publishes them all, story after story."""
    known = b""
    for row in stories.load(name):
        found = clear(row, known)
        known = found.furniture
        assert found.removed == ()


def test_what_goes_is_what_outlets_added() -> None:
    """Copies of agency reports, to some of which the outlet adds notices and boxes."""
    rows = sorted(stories.load("synth_syndication"), key=lambda row: str(row["published"]))
    originals = {row["copy_group"]: row["text"] for row in rows if row["kind"] == "original"}
    known: defaultdict[str, bytes] = defaultdict(bytes)
    for row in rows:
        known[row["source"]] = clear(row, known[row["source"]]).furniture
    freed = 0
    for row in rows:
        removed = clear(row, known[row["source"]]).removed
        assert [one.text for one in removed if one.text in originals[row["copy_group"]]] == []
        assert "boiler" in row["kind"] or removed == ()
        freed += bool(removed)
    assert freed >= 0.8 * sum("boiler" in row["kind"] for row in rows)
