"""How well stories are found, and how fast: `python -m benchmarks.stories [--quick]`.

Prints B-cubed and pairwise precision, recall and F1 over the labelled sets of ../shared/data, fed
one at a time in file order, beside two plain baselines; then copies with 4, 30 and 80 outlets a
text; then articles a second on one core with fingerprinting, and the memory of the window.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import log, sqrt
from pathlib import Path
from typing import Any

from aggregator.codec import encode
from aggregator.core.cluster import Grouper
from aggregator.core.fingerprint import fingerprint, unpack
from aggregator.types import Assignment, GroupInput, Relation

STORIES = Path(__file__).parents[1].parent / "shared" / "data" / "stories"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COPIES = {Relation.SAME, Relation.COPY, Relation.REWRITE}

Row = Mapping[str, Any]
Labels = Sequence[Hashable]
Score = tuple[float, float, float]
"""Precision, recall, F1."""


def load(name: str) -> list[Row]:
    """A labelled set; rows have id, text, and what the set's README says."""
    with gzip.open(STORIES / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def mixed() -> list[Row]:
    """Two sets in one stream, in the order that figures have been published for."""
    rows = load("ecbplus_events") + load("fnc1_stories")
    random.Random(11).shuffle(rows)
    return rows


def headlines() -> list[Row]:
    """Distinct headlines alone."""
    rows = {
        (title, row["cluster"]): {"title": title, "cluster": row["cluster"], "lang": "en"}
        for row in load("fnc1_stories")
        for title in row["headlines"]
    }
    shuffled: list[Row] = list(rows.values())
    random.Random(11).shuffle(shuffled)
    return shuffled


def inputs(rows: Iterable[Row]) -> Iterator[GroupInput]:
    """As `aggregator group` reads them."""
    for number, row in enumerate(rows):
        at = datetime.fromisoformat(row["published"]) if row.get("published") else EPOCH
        yield GroupInput(
            article_id=number,
            source=row.get("source") or f"#{number}",
            title=row.get("title", ""),
            url=None,
            at=at if at.tzinfo else at.replace(tzinfo=UTC),
            fingerprint=fingerprint(row.get("title", ""), row.get("text", ""), row.get("lang")),
        )


def ours(rows: Sequence[Row]) -> list[Assignment]:
    grouper = Grouper()
    return [grouper.add(item) for item in inputs(rows)]


def stories(assignments: Sequence[Assignment]) -> Labels:
    return [assignment.story for assignment in assignments]


def copies(assignments: Sequence[Assignment]) -> Labels:
    """Articles that copy relations connect have one label."""
    labels: dict[int | str, Hashable] = {}
    for assignment in assignments:
        is_copy = assignment.relation in COPIES and assignment.of is not None
        origin = assignment.of if is_copy and assignment.of is not None else assignment.article_id
        labels[assignment.article_id] = labels.get(origin, origin)
    return list(labels.values())


def b_cubed(found: Labels, gold: Labels) -> Score:
    """Bagga and Baldwin 1998."""
    sizes, golds, both = Counter(found), Counter(gold), Counter(zip(found, gold, strict=True))
    precision = sum(n * n / sizes[label] for (label, _), n in both.items()) / len(gold)
    recall = sum(n * n / golds[label] for (_, label), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def pairwise(found: Labels, gold: Labels) -> Score:
    """Over pairs of articles that have one label."""
    right = _pairs(zip(found, gold, strict=True))
    precision, recall = right / max(1, _pairs(found)), right / max(1, _pairs(gold))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _pairs(labels: Iterable[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


# --- baselines -----------------------------------------------------------------------------------


def centroids(rows: Sequence[Row], *, least: float = 0.26) -> Labels:
    """TF-IDF of stems, weights from the whole set, nearest centroid; `least` is the best one."""
    bags = [
        dict(zip(unpack(item.fingerprint.terms), item.fingerprint.counts, strict=True))
        for item in inputs(rows)
    ]
    found_in = Counter(term for bag in bags for term in bag)
    weight = {term: log((len(bags) + 1) / (count + 0.5)) for term, count in found_in.items()}
    sums: list[defaultdict[int, float]] = []
    labels: list[int] = []
    for bag in bags:
        vector = {term: (1 + log(count)) * weight[term] for term, count in bag.items()}
        length = _length(vector) or 1.0
        near = [
            sum(value * total[term] for term, value in vector.items() if term in total)
            / (length * _length(total))
            for total in sums
        ]
        best = max(range(len(near)), key=near.__getitem__, default=None)
        if best is None or near[best] < least:
            best = len(sums)
            sums.append(defaultdict(float))
        for term, value in vector.items():
            sums[best][term] += value / length
        labels.append(best)
    return labels


def _length(vector: Mapping[int, float]) -> float:
    return sqrt(sum(value * value for value in vector.values()))


def sketches(rows: Sequence[Row], *, size: int = 128, least: float = 0.15) -> Labels:
    """MinHash (bottom-k) of word 3-grams, estimated Jaccard; `least` is the best one."""
    index: defaultdict[int, list[int]] = defaultdict(list)
    kept: list[frozenset[int]] = []
    labels: list[int] = []
    for number, item in enumerate(inputs(rows)):
        printed = item.fingerprint
        sketch = frozenset(sorted([*unpack(printed.shingles), *unpack(printed.quoted)])[:size])
        hits = Counter(other for value in sketch for other in index[value])
        best = max(hits, key=hits.__getitem__, default=None)
        joined = best is not None and hits[best] / len(sketch | kept[best]) >= least
        labels.append(labels[best] if joined and best is not None else number)
        kept.append(sketch)
        for value in sketch:
            index[value].append(number)
    return labels


# --- made streams --------------------------------------------------------------------------------

_SWAPS = {"said": "stated", "after": "following", "people": "residents", "about": "around"}


def syndicated(texts: Sequence[str], copies_each: int) -> list[Row]:
    """Each text on so many outlets: under a dateline, cut, with words changed, with furniture."""
    rng = random.Random(7)
    rows: list[Row] = []
    for label, text in enumerate(texts):
        day = (EPOCH + timedelta(days=label // 8)).isoformat()
        for outlet in range(copies_each):
            body = _edited(text, rng) if outlet else text
            name = f"Outlet {rng.randrange(200)}"
            extra = f"\n\nMore from {name}: sign up for the {name} letter. All rights reserved."
            rows.append({"text": body + extra, "source": name, "published": day, "label": label})
    return rows


def _edited(text: str, rng: random.Random) -> str:
    words = [_SWAPS.get(word, word) if rng.random() < 0.7 else word for word in text.split()]
    words = [word for word in words if rng.random() > 0.03]
    if rng.random() < 0.4:
        words = words[: max(50, int(len(words) * rng.uniform(0.3, 0.8)))]
    return f"{rng.choice(['RIVERTON', 'OAKLEY', 'PORT HALE'])} — {' '.join(words)}"


def strangers(texts: Sequence[str], count: int) -> Iterator[Row]:
    """Articles of 400 words that share vocabulary and no event, a minute apart."""
    rng = random.Random(3)
    words = [word for text in texts for word in text.split()]
    people = [f"{rng.choice('BDKLMNPRST')}{rng.randrange(10**6):x}" for _ in range(20_000)]
    for number in range(count):
        names = rng.sample(people, 20)
        text = " ".join(rng.choice(names if rng.random() < 0.15 else words) for _ in range(400))
        at = EPOCH + timedelta(minutes=number)
        yield {"text": text, "source": f"s{number % 500}", "published": at.isoformat()}


# --- the report ----------------------------------------------------------------------------------


def _line(name: str, score: Score) -> None:
    print(f"{name:<44}{score[0]:>8.3f}{score[1]:>8.3f}{score[2]:>8.3f}", flush=True)


def report_quality() -> None:
    print(f"{'':<44}{'P':>8}{'R':>8}{'F1':>8}")
    for name, rows in (
        ("mixed", mixed()),
        ("headlines alone", headlines()),
        ("scoop", load("scoop_dedup")),
    ):
        gold = [row["cluster"] for row in rows]
        found = stories(ours(rows))
        _line(f"{name}, B-cubed", b_cubed(found, gold))
        _line(f"{name}, pairwise", pairwise(found, gold))
        _line("  TF-IDF centroids, B-cubed", b_cubed(centroids(rows), gold))


def report_copies(*, quick: bool) -> None:
    rows = load("synth_syndication")
    gold = [row["copy_group"] for row in rows]
    _line("synth_syndication, copies, pairwise", pairwise(copies(ours(rows)), gold))
    _line("  MinHash, pairwise", pairwise(sketches(rows), gold))
    texts = [row["text"] for row in rows if row["kind"] == "original"]
    for each, some in ((4, 165), (30, 40)) if quick else ((4, 165), (30, 165), (80, 60)):
        made = syndicated(texts[:some], each)
        labels = [row["label"] for row in made]
        _line(f"{some} texts on {each} outlets, pairwise", pairwise(copies(ours(made)), labels))


def report_speed(count: int) -> None:
    rows = list(strangers([row["text"] for row in mixed()], count))
    first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    items = list(inputs(rows))
    printed = time.process_time()
    grouper = Grouper()
    slowest: list[float] = []
    for item in items:
        before = time.process_time()
        grouper.add(item)
        slowest.append(time.process_time() - before)
    ended = time.process_time()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first
    stored = sum(len(encode(item.fingerprint)) for item in items) / count
    slowest.sort()
    print(f"{count:,} articles of 400 words that share nothing:")
    print(
        f"  fingerprints  {count / (printed - started):>8,.0f} a second, {stored:,.0f} bytes each"
    )
    print(f"  grouping      {count / (ended - printed):>8,.0f} a second")
    print(f"  both          {count / (ended - started):>8,.0f} a second")
    print(f"  p99 of one    {slowest[int(count * 0.99)] * 1000:>8.1f} ms")
    print(f"  memory        {grown / count:>8.1f} KB an article, its fingerprint included")


def main() -> int:
    parser = argparse.ArgumentParser(description="How well and how fast stories are found.")
    parser.add_argument("--quick", action="store_true", help="fewer copies and articles")
    parser.add_argument("--articles", type=int, default=10_000, help="for the speed")
    options = parser.parse_args()
    if not STORIES.is_dir():
        print(f"{STORIES} is not there; it holds the labelled sets.", file=sys.stderr)
        return 1
    report_quality()
    report_copies(quick=options.quick)
    report_speed(2_000 if options.quick else options.articles)
    return 0


if __name__ == "__main__":
    sys.exit(main())
