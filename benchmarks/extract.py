"""How well and how fast articles are extracted from real pages.

    python -m benchmarks.extract [FOLDER]

FOLDER holds the labelled pages (default: shared/data/pages beside the repository). Bodies are
scored as the article-extraction-benchmark does: precision and recall of 4-token shingles, averaged
over pages, and the F1 of the two averages. The tests hold the figures of `ours` above the floors
in tests/floors.toml.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import trafilatura

from aggregator.core.extract import extract_article
from aggregator.errors import ExtractError
from aggregator.types import ArticleText

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages"
Page = dict[str, Any]
Extract = Callable[[Page], ArticleText | None]

_TOKEN = re.compile(r"\w+")


def load(name: str, folder: Path = PAGES) -> list[Page]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


# --- what is compared -----------------------------------------------------------------------------


def ours(page: Page) -> ArticleText | None:
    try:
        return extract_article(page["html"].encode(errors="replace"), url=page["url"])
    except ExtractError:
        return None


def default(page: Page) -> ArticleText | None:
    """trafilatura as its documentation begins, with metadata."""
    found = trafilatura.bare_extraction(page["html"], url=page["url"], with_metadata=True)
    if found is None:
        return None
    said = found if isinstance(found, dict) else found.as_dict()
    date = said["date"]
    return ArticleText(
        title=said["title"] or "",
        text=said["text"] or "",
        authors=tuple((said["author"] or "").split("; ")) if said["author"] else (),
        published_at=None if date is None else _midnight(date),
        image_url=said["image"],
    )


# --- how it is scored -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyScore:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score_bodies(pages: Iterable[Page], gold: str, extract: Extract) -> BodyScore:
    """`gold`: the field that holds the hand-made body."""
    scores = []
    for page in pages:
        found = extract(page)
        scores.append(_shingle_score(page[gold], found.text if found else ""))
    return BodyScore(
        precision=statistics.mean(score.precision for score in scores),
        recall=statistics.mean(score.recall for score in scores),
    )


def score_metadata(pages: Iterable[Page], extract: Extract) -> dict[str, float]:
    """Share of pages that have each fact right, of those whose right value is known."""
    right: dict[str, list[bool]] = {}
    for page in pages:
        found = extract(page) or ArticleText(title="", text="")
        for name, correct in _judge(page, found):
            right.setdefault(name, []).append(correct)
    return {name: statistics.mean(values) for name, values in right.items()}


def _judge(page: Page, found: ArticleText) -> Iterable[tuple[str, bool]]:
    if page["gold_title"]:
        yield "title", _words(page["gold_title"]) == _words(found.title)
    if page["gold_authors"]:
        yield "authors", _names(page["gold_authors"]) == _names(found.authors)
    if page["gold_date"]:
        at = found.published_at
        yield "date", at is not None and at.date().isoformat() == page["gold_date"][:10]
    if page["gold_image"]:
        yield "image", _file_name(page["gold_image"]) == _file_name(found.image_url or "")


def _shingle_score(gold: str, found: str) -> BodyScore:
    wanted, got = _shingles(gold), _shingles(found)
    common = (wanted & got).total()
    return BodyScore(
        precision=common / got.total() if got else float(not wanted),
        recall=common / wanted.total() if wanted else float(not got),
    )


def _shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Counter()
    ends = range(max(1, len(tokens) - size + 1))
    return Counter(tuple(tokens[start : start + size]) for start in ends)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    return _TOKEN.findall(re.sub("['’]", "", folded))


def _names(authors: Iterable[str]) -> set[str]:
    return set(_words(" ".join(authors))) - {"and", "by"}


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _midnight(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


# --- the table ------------------------------------------------------------------------------------


def main() -> None:
    logging.disable(logging.CRITICAL)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    bodies = (("article_bodies", "text"), ("paragraphs", "gold_text"))
    sets = {name: load(name, folder) for name, _ in bodies}
    metadata = load("metadata", folder)
    for title, extract in (("ours", ours), ("trafilatura, default", default)):
        ours(sets["article_bodies"][0])  # libraries are loaded and caches warm
        print(f"\n{title}")
        for name, gold in bodies:
            score, times = score_bodies(sets[name], gold, extract), _times(sets[name], extract)
            print(
                f"  {name:16} {len(sets[name]):4} pages   precision {score.precision:.4f}   "
                f"recall {score.recall:.4f}   F1 {score.f1:.4f}   "
                f"ms a page: median {statistics.median(times):.1f}, "
                f"p95 {statistics.quantiles(times, n=20)[-1]:.1f}, max {max(times):.0f}"
            )
        facts = score_metadata(metadata, extract)
        listed = "   ".join(f"{name} {share:.3f}" for name, share in facts.items())
        print(f"  {'metadata':16} {len(metadata):4} pages   {listed}")


def _times(pages: Iterable[Page], extract: Extract) -> list[float]:
    """Milliseconds of CPU a page."""
    times = []
    for page in pages:
        start = time.process_time()
        extract(page)
        times.append((time.process_time() - start) * 1_000)
    return times


if __name__ == "__main__":
    main()
