"""Where our extraction fails: the worst pages of each set, and the facts that are wrong."""

from __future__ import annotations

from pathlib import Path

from aggregator.types import ArticleText
from benchmarks.extract_pages import SETS, Page, extraction, load
from benchmarks.extract_scores import excerpts, judge, shingle_score


def print_worst(folder: Path, count: int) -> None:
    for name, gold in SETS.items():
        print(f"\nOur {count} worst pages of {name}")
        read = [(page, *_read(page)) for page in load(name, folder)]
        read.sort(key=lambda one: shingle_score(one[0][gold], one[1]).f1)
        for page, text, how in read[:count]:
            _print_body(page, page[gold], text, how)
    print("\nFacts that we have wrong")
    for page in load("metadata", folder):
        _print_facts(page)


def _read(page: Page) -> tuple[str, str]:
    """The text, and how it came about."""
    found = extraction(page)
    if found is None:
        return "", "cannot be read"
    return found.article.text, f"{found.kind}, from {found.origin}, confidence {found.confidence}"


def _print_body(page: Page, gold: str, text: str, how: str) -> None:
    score = shingle_score(gold, text)
    print(f"{score.f1:.3f} {page['id'][:12]} {page['url']}")
    print(f"    precision {score.precision:.3f}, recall {score.recall:.3f}; {how}")
    for label, runs in (("missing", excerpts(gold, text)), ("too much", excerpts(text, gold))):
        for words, excerpt in runs:
            print(f"    {label}, {words} words: {excerpt}")


def _print_facts(page: Page) -> None:
    found = extraction(page)
    article = found.article if found else ArticleText(title="", text="")
    said = {
        "title": article.title,
        "authors": article.authors,
        "date": article.published_at and article.published_at.isoformat(),
        "image": article.image_url,
    }
    for fact, right in judge(page, article):
        if not right:
            print(f"{fact:8} {page['url'][:90]}")
            print(f"    right {page['gold_' + fact]!r}, ours {said[fact]!r}")
