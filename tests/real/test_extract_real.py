"""Articles of real pages come out at least as well as they have been measured to."""

from __future__ import annotations

import pytest

from benchmarks import figures
from benchmarks.extract import PAGES, extraction, load
from benchmarks.floors_file import below, read

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.exists(), reason="shared/data/pages is not beside the repository"),
]

SETS = ("article_bodies", "paragraphs", "metadata")


@pytest.mark.parametrize("measure", figures.EXTRACTION)
def test_figures_hold_their_floors_and_are_above_others(measure: figures.Measure) -> None:
    found = measure()
    assert below(found, read().table("extraction")) == {}
    others = read().table("rivals")
    assert {name: figure for name, figure in found.items() if figure <= others[name]} == {}


@pytest.mark.parametrize("name", SETS)
def test_every_page_has_an_article(name: str) -> None:
    refused = []
    for page in load(name):
        found = extraction(page)
        if found is None or not found.kind.has_article:
            refused.append((page["url"], found and found.kind, found and found.kind_why))
    assert refused == []
