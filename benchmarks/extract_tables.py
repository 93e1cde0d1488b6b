"""The tables of the extraction benchmark, with what is demanded of ours beneath each."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from aggregator.types import ArticleText
from benchmarks import extract_rivals as rivals
from benchmarks.extract_pages import SETS, Page, load, mended, ours
from benchmarks.extract_run import WARM_UP, run
from benchmarks.extract_scores import (
    FACTS,
    BodyScore,
    dated_within,
    interval,
    mean_score,
    paragraph_score,
    share_above,
    share_right,
    shingle_score,
    text_of,
    unlabelled_authors,
)
from benchmarks.extract_speed import Times, in_turns
from benchmarks.measure import print_table

MEDIAN_AT_MOST, TOTAL_AT_MOST = 1.0, 1.5
"""Our time as a multiple of trafilatura's."""
GROWTH_UNDER = 50
"""MB."""

Gold = TypeVar("Gold")
Found = Sequence[tuple[Page, ArticleText | None]]


# --- bodies ---------------------------------------------------------------------------------------


def print_bodies(folder: Path) -> None:
    readers = rivals.bodies()
    for name, gold in SETS.items():
        pages = load(name, folder)
        found = {head: [text_of(read(page)) for page in pages] for head, read in readers.items()}
        title = f"Bodies of {name}, {len(pages)} pages"
        _print_scores(
            f"{title}, by shingles of 4 words",
            _scored(found, [page[gold] for page in pages], shingle_score),
        )
        if "gold_paras" in pages[0]:
            _print_scores(
                f"{title}, by paragraphs whose words are exactly the right ones",
                _scored(found, [page["gold_paras"] for page in pages], paragraph_score),
            )


def _scored(
    found: Mapping[str, Sequence[str]],
    gold: Sequence[Gold],
    score: Callable[[Gold, str], BodyScore],
) -> dict[str, list[BodyScore]]:
    return {
        head: [score(right, text) for right, text in zip(gold, texts, strict=True)]
        for head, texts in found.items()
    }


def _print_scores(title: str, scored: Mapping[str, Sequence[BodyScore]]) -> None:
    means = {head: mean_score(scores) for head, scores in scored.items()}
    print(f"\n{title}")
    print_table(
        ["", *means],
        [
            ["precision", *(f"{mean.precision:.4f}" for mean in means.values())],
            ["recall", *(f"{mean.recall:.4f}" for mean in means.values())],
            ["F1", *(f"{mean.f1:.4f}" for mean in means.values())],
        ],
    )
    low, high = interval(scored["ours"])
    best = max(rivals.SETTINGS, key=lambda head: means[head].f1)
    ahead = means["ours"].f1 - means[best].f1
    often = share_above(scored["ours"], scored[best])
    print(f"ours: in 95 % of drawings of pages from {low:.3f} to {high:.3f}")
    print(
        f"trafilatura's best setting is {best}: ours is "
        f"{_verdict(ahead > 0, 'better', 'NOT BETTER')} ({ahead:+.4f}; in {often:.0%} of drawings)"
    )


# --- facts ----------------------------------------------------------------------------------------


def print_metadata(folder: Path) -> None:
    pages = load("metadata", folder)
    _print_facts(f"Facts of metadata, {len(pages)} pages as they are: share right", pages)
    _print_facts(
        "The same with `content` for `value` in meta elements, which more programs read",
        [mended(page) for page in pages],
    )


def _print_facts(title: str, pages: Sequence[Page]) -> None:
    found: dict[str, Found] = {
        head: [(page, read(page)) for page in pages] for head, read in rivals.facts().items()
    }
    shares = {head: share_right(pairs) for head, pairs in found.items()}
    rows = []
    for fact in FACTS:
        mine, *theirs = (share[fact] for share in shares.values())
        mark = _verdict(mine > max(theirs), "above both", "NOT ABOVE")
        rows.append([fact, *(f"{share[fact]:.3f}" for share in shares.values()), mark])
    near = [f"{dated_within(1, pairs):.3f}" for pairs in found.values()]
    named = [f"{unlabelled_authors(pairs):.3f}" for pairs in found.values()]
    rows.append(["date, to a day", *near, ""])
    rows.append(["an author where the labels have none", *named, ""])
    print(f"\n{title}")
    print_table(["", *shares, ""], rows)


# --- speed and memory -----------------------------------------------------------------------------


def print_speed(folder: Path) -> None:
    pages = load("article_bodies", folder)
    mine, theirs = in_turns(pages, ours, rivals.with_metadata)
    ratios = [own / other for own, other in zip(mine.each, theirs.each, strict=True)]
    print(f"\nCPU milliseconds a page of article_bodies, {len(pages)} pages in turns")
    print_table(
        ["", "ours", "trafilatura with metadata", "ratio", ""],
        [
            _times("median", mine, theirs, lambda times: times.median, MEDIAN_AT_MOST),
            ["median of the pages' ratios", "", "", f"{statistics.median(ratios):.2f}", ""],
            _times("p95", mine, theirs, lambda times: times.percentile(95)),
            _times("p99", mine, theirs, lambda times: times.percentile(99)),
            _times("most", mine, theirs, lambda times: max(times.each)),
            _times("all", mine, theirs, lambda times: times.total, TOTAL_AT_MOST),
            _times("pages a second", mine, theirs, lambda times: times.pages_a_second),
        ],
    )


def _times(
    name: str,
    mine: Times,
    theirs: Times,
    value: Callable[[Times], float],
    most: float | None = None,
) -> list[str]:
    ratio = value(mine) / value(theirs)
    demand = "" if most is None else _verdict(ratio <= most, f"at most {most}", f"OVER {most}")
    return [name, f"{value(mine):.1f}", f"{value(theirs):.1f}", f"{ratio:.2f}", demand]


def print_memory(folder: Path, pages: int) -> None:
    print(f"\nMemory of a sandbox and its child over {pages:,} pages, after {WARM_UP:,} to warm up")
    growth = run(pages, folder)
    holds = growth.grown < GROWTH_UNDER
    demand = _verdict(holds, f"under {GROWTH_UNDER}", f"NOT UNDER {GROWTH_UNDER}")
    print(
        f"{growth.memory[0]:.0f} MB and {growth.grown:+.1f} at the most ({demand}); "
        f"{1_000 * growth.seconds / growth.pages:.1f} ms of CPU a page"
    )


def _verdict(holds: bool, yes: str, no: str) -> str:
    return yes if holds else no
