"""How well stories are found, and how fast.

python -m benchmarks.stories [--quick | --curve | --long | --model]

F1 with its 95 % interval on the labelled sets of ../shared/data, fed one at a time, beside the
methods of others on the same articles; copies on 4, 30 and 80 outlets; articles that share nothing
but topics; then articles a second and memory as the window grows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import mean

from newscases.scoring import score_cases, table

from aggregator.core.cluster import Grouper
from aggregator.core.meaning import encoder
from benchmarks import stories_rivals as rivals
from benchmarks import stories_sets as sets
from benchmarks import stories_speed
from benchmarks.measure import machine, print_table
from benchmarks.stories_copies import syndicated
from benchmarks.stories_rivals import Rival
from benchmarks.stories_scores import (
    COPY_WINDOW,
    Judge,
    Score,
    b_cubed,
    copies,
    pairwise,
    stories,
)
from benchmarks.stories_sets import Row
from benchmarks.stories_sketches import minhash, simhash
from benchmarks.stories_streams import strangers
from benchmarks.stories_taranis import taranis

FINDERS: Mapping[str, Rival] = {
    "NewsBlur": rivals.newsblur,
    "Taranis AI": taranis,
    "TF-IDF centroids": rivals.centroids,
}
COPY_FINDERS: Mapping[str, Rival] = {
    "MinHash LSH": minhash,
    "SimHash": simhash,
    "TF-IDF centroids": rivals.centroids,
    "NewsBlur": rivals.newsblur,
}
DEMANDED = ("0.935", "", "0.80", "0.99")
DEMANDED_COPIES = ("0.985", "0.975", "0.975")
WRONG_JOINS_UNDER = 0.001
EVER = timedelta(days=100_000)
EXAMPLES = 8
FEW = 3_000
"""Singletons that rivals are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A set in a table."""

    head: str
    ours: str
    theirs: Sequence[str]
    """Of each rival, in its own setting and in its best one."""
    settings: Sequence[str]
    """Those best ones."""


# --- stories --------------------------------------------------------------------------------------


def print_stories() -> None:
    columns, details = [], []
    for name in ("mixed", "headlines", "scoop"):
        rows, gold = sets.named(name)
        found = stories(sets.ours(rows))
        score = b_cubed(found, gold)
        details.append(_detail(f"{name}, B-cubed", score))
        details.append(_detail(f"{name}, pairwise", pairwise(found, gold, within=EVER)))
        columns.append(_column(name, rows, score, FINDERS, partial(b_cubed, gold=gold)))
        if name == "mixed":
            columns.append(_other_orders())
    _print("Stories: F1 by B-cubed [95 % interval]", columns, FINDERS, details, DEMANDED)


def _other_orders() -> Column:
    """Means over other orders of the mixed stream."""
    figures: list[list[float]] = [[] for _ in range(1 + 2 * len(FINDERS))]
    for seed in sets.OTHER_ORDERS:
        rows = sets.mixed(seed)
        judge = partial(b_cubed, gold=[row["cluster"] for row in rows])
        figures[0].append(judge(stories(sets.ours(rows))).f1)
        for number, rival in enumerate(FINDERS.values()):
            outcome = rivals.measure(rival, rows, judge)
            figures[1 + 2 * number].append(outcome.own.f1)
            figures[2 + 2 * number].append(outcome.best.f1)
    shown = [f"{mean(each):.3f} ({min(each):.3f}-{max(each):.3f})" for each in figures]
    return Column(
        head=f"{len(sets.OTHER_ORDERS)} other orders",
        ours=shown[0],
        theirs=shown[1:],
        settings=[],
    )


# --- copies ---------------------------------------------------------------------------------------


def print_copies(*, quick: bool) -> None:
    originals = sets.originals()
    # Neighbours are reports of one event, which are not to be taken for copies.
    few, many = (originals[:33], originals[:12]) if quick else (originals[:81], originals[:33])
    columns, details = [], []
    for name, rows, label in zip(
        ("4 copies", "30 copies", "80 copies"),
        (sets.syndication(), syndicated(few, 30), syndicated(many, 80)),
        ("copy_group", "label", "label"),
        strict=True,
    ):
        gold, at = [row[label] for row in rows], [sets.published(row) for row in rows]
        judge = partial(pairwise, gold=gold, at=at, within=COPY_WINDOW)
        began = time.process_time()
        found = sets.ours(rows)
        pace = len(rows) / (time.process_time() - began)
        score = judge(copies(found))
        head = f"{name} of {len(set(gold))}"
        details.append(_detail(f"{head}, {pace:,.0f} articles a second", score))
        columns.append(_column(head, rows, score, COPY_FINDERS, judge))
    _print(
        "Copies: F1 over pairs in 14 days [95 % interval]",
        columns,
        COPY_FINDERS,
        details,
        DEMANDED_COPIES,
    )


def _column(
    head: str,
    rows: Sequence[Row],
    ours: Score,
    finders: Mapping[str, Rival],
    judge: Judge,
) -> Column:
    outcomes = [rivals.measure(rival, rows, judge) for rival in finders.values()]
    return Column(
        head=head,
        ours=ours.shown,
        theirs=[shown for each in outcomes for shown in (each.own.shown, each.best.shown)],
        settings=[outcome.setting for outcome in outcomes],
    )


def _print(
    title: str,
    columns: Sequence[Column],
    finders: Mapping[str, Rival],
    details: Sequence[Sequence[str]],
    demanded: Sequence[str],
) -> None:
    print(f"\n{title}")
    table = [["ours", *(column.ours for column in columns)]]
    kinds = [f"{name}, {kind}" for name in finders for kind in ("own setting", "best")]
    for number, kind in enumerate(kinds):
        table.append([kind, *(column.theirs[number] for column in columns)])
    table.append(["demanded of ours", *demanded])
    print_table(["", *(column.head for column in columns)], table)
    print("Best in hindsight, a user could not have chosen it:")
    for number, name in enumerate(finders):
        said = [f"{each.head} {each.settings[number]}" for each in columns if each.settings]
        print(f"  {name}: {'; '.join(said)}")
    print_table(["ours", "precision", "recall", "F1"], details)


def _detail(name: str, score: Score) -> list[str]:
    return [name, f"{score.precision:.3f}", f"{score.recall:.3f}", score.shown]


# --- singletons -----------------------------------------------------------------------------------


def print_singletons(count: int) -> None:
    """Every join is wrong."""
    rows = list(strangers(count))
    assigned = sets.ours(rows)
    wrong = [found for found in assigned if found.story != found.article_id]
    print(f"\nSingletons: {count:,} articles of as many events, none like another")
    print(f"wrong joins  {len(wrong) / count:.3%}, demanded under {WRONG_JOINS_UNDER:.1%}")
    few = rows[:FEW]
    apart = {"ours": len({found.story for found in assigned[:FEW]})}
    for name in ("NewsBlur", "TF-IDF centroids"):
        _, labels = next(FINDERS[name](few))
        apart[name] = len(set(labels))
    shares = ", ".join(f"{name} {1 - alone / len(few):.2%}" for name, alone in apart.items())
    print(f"of the first {len(few):,}, others in their own setting: {shares}")
    for relation, number in Counter(found.relation for found in wrong).most_common():
        print(f"  {relation}  {number / count:.3%}")
    for found in wrong[:: max(1, len(wrong) // EXAMPLES)][:EXAMPLES]:
        print(f"  “{rows[int(found.article_id)]['title']}”: {found.why}")


# --- cases of our own -----------------------------------------------------------------------------


def print_cases() -> None:
    """What is wrong in tests/support/newscases, by category; needs that folder on the path."""
    print("\nCases of our own, each alone and all of them in one stream")
    print(table(score_cases(Grouper)))


# --- with a model ---------------------------------------------------------------------------------


def print_with_model() -> int:
    """The labelled sets with what texts mean; 1 if the extra `semantic` is not installed."""
    if encoder() is None or not sets.STORIES.is_dir():
        print("Needs aggregator[semantic] and the labelled sets.", file=sys.stderr)
        return 1
    print("\nStories with the extra “semantic”: B-cubed F1 [95 % interval]")
    for name in ("mixed", "headlines", "scoop"):
        rows, gold = sets.named(name)
        began = time.process_time()
        score = b_cubed(stories(sets.ours(rows)), gold)
        pace = len(rows) / (time.process_time() - began)
        print(f"  {name:<10} {score.shown}, {pace:,.0f} articles a second")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="How well and how fast stories are found.")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="fewer copies and articles")
    sizes.add_argument("--curve", action="store_true", help="speed with up to 300,000 articles")
    sizes.add_argument("--long", action="store_true", help="speed with up to 1,000,000 articles")
    sizes.add_argument(
        "--model", action="store_true", help="only the labelled sets, with the extra"
    )
    parser.add_argument("--articles", type=int, default=30_000, help="for the speed otherwise")
    options = parser.parse_args()
    print(machine())
    if options.model:
        return print_with_model()
    if sets.STORIES.is_dir():
        print_stories()
        print_copies(quick=options.quick)
    else:
        print(f"Labelled sets are left out: {sets.STORIES} is not there.", file=sys.stderr)
    print_cases()
    print_singletons(3_000 if options.quick else 20_000)
    articles = 5_000 if options.quick else options.articles
    articles = 300_000 if options.curve else articles
    stories_speed.report(1_000_000 if options.long else articles)
    return 0


if __name__ == "__main__":
    sys.exit(main())
