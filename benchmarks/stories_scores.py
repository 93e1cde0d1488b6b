"""How well stories and copies are found: B-cubed and pairwise scores with bootstrap intervals.

Both scores are sums over articles: of shares for B-cubed, of partners for pairs. So they can be
computed again for any sample of the gold clusters from three sums a cluster.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from aggregator.types import Assignment, Relation

RESAMPLES = 1_000
SEED = 17
CENTRAL = (2.5, 97.5)
"""Percentiles between which an interval of 95 % lies."""
COPY_WINDOW = timedelta(days=14)
"""Only pairs so close in time count where copies are scored."""
COPIES = {Relation.SAME, Relation.COPY, Relation.REWRITE}

Labels = Sequence[Hashable]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Shares, 0 to 1."""

    precision: float
    recall: float
    f1: float
    low: float
    """Of the 95 % interval of F1."""
    high: float

    @property
    def shown(self) -> str:
        return f"{self.f1:.3f} [{self.low:.3f}, {self.high:.3f}]"


Judge = Callable[[Labels], Score]


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
    """Bagga and Baldwin 1998: each article's precision and recall, averaged over articles; F1 is
    that of the averages. The interval: see `_interval`."""
    sizes, golds, both = Counter(found), Counter(gold), Counter(zip(found, gold, strict=True))
    shared = [both[pair] for pair in zip(found, gold, strict=True)]
    precision = [n / sizes[label] for n, label in zip(shared, found, strict=True)]
    recall = [n / golds[label] for n, label in zip(shared, gold, strict=True)]
    ones = [1.0] * len(gold)
    return _score(gold, (precision, ones), (recall, ones))


def pairwise(
    found: Labels, gold: Labels, at: Sequence[datetime] | None = None, *, within: timedelta
) -> Score:
    """Over pairs of articles that have one label and lie no further apart than `within`.

    A pair counts half for each of its two articles, in the gold cluster of which it is resampled.
    """
    times = [0.0] * len(gold) if at is None else [moment.timestamp() for moment in at]
    span = within.total_seconds()
    right = _partners(list(zip(found, gold, strict=True)), times, span)
    return _score(
        gold,
        (right, _partners(found, times, span)),
        (right, _partners(gold, times, span)),
    )


def _partners(labels: Labels, times: Sequence[float], span: float) -> list[float]:
    """How many others of its label each article has within `span` seconds."""
    groups: defaultdict[Hashable, list[float]] = defaultdict(list)
    for label, time in zip(labels, times, strict=True):
        groups[label].append(time)
    for group in groups.values():
        group.sort()
    return [
        bisect_right(groups[label], time + span) - bisect_left(groups[label], time - span) - 1.0
        for label, time in zip(labels, times, strict=True)
    ]


Ratio = tuple[Sequence[float], Sequence[float]]
"""Of an article: what is added above and below the line."""


def _score(gold: Labels, precision: Ratio, recall: Ratio) -> Score:
    numbers = {label: number for number, label in enumerate(dict.fromkeys(gold))}
    cluster = np.array([numbers[label] for label in gold])
    sums: Numbers = np.stack(
        [
            np.bincount(cluster, weights=np.array(values, dtype=np.float64))
            for values in (*precision, *recall)
        ]
    )
    whole = _f1(sums.sum(axis=1, keepdims=True))
    low, high = _interval(sums)
    return Score(
        precision=float(whole[0, 0]),
        recall=float(whole[1, 0]),
        f1=float(whole[2, 0]),
        low=low,
        high=high,
    )


def _interval(sums: Numbers) -> tuple[float, float]:
    """The percentile bootstrap (Efron and Tibshirani 1993, chapter 13) over gold clusters.

    `sums`: four a cluster. Whole clusters are drawn with replacement, as many as there are, because
    the articles of a cluster succeed and fail together: drawing single articles would take them
    for independent and give intervals that are too narrow (Field and Welsh 2007). What was found
    stays as it is; the scores of the articles drawn are averaged anew.
    """
    clusters = sums.shape[1]
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(clusters, [1 / clusters] * clusters, size=RESAMPLES)
    low, high = np.percentile(_f1(sums @ drawn.T)[2], CENTRAL)
    return float(low), float(high)


def _f1(sums: Numbers) -> Numbers:
    """Precision, recall and F1 of columns of four sums."""
    precision = sums[0] / np.maximum(sums[1], 1e-9)
    recall = sums[2] / np.maximum(sums[3], 1e-9)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    scores: Numbers = np.stack([precision, recall, f1])
    return scores
