"""Other methods on the same sets, each in our own words from what its authors describe.

A rival yields what it finds in several settings, its authors' own first. The best of them is
chosen in hindsight, with the labels in view: no user could have chosen it, so it is the most that
the method can do on the set.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import combinations
from math import log

import numpy as np
import numpy.typing as npt
import snowballstemmer

from aggregator.core.commonwords import common_words
from benchmarks.stories_scores import Judge, Labels, Score
from benchmarks.stories_sets import Row, published, source

Run = tuple[str, Labels]
"""A setting, and what is found with it."""
Rival = Callable[[Sequence[Row]], Iterator[Run]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a rival does on a set."""

    own: Score
    """In the first setting."""
    best: Score
    """In the best one, in hindsight."""
    setting: str
    """That best one."""


def measure(rival: Rival, rows: Sequence[Row], judge: Judge) -> Outcome:
    """In all of its settings."""
    scored = [(setting, judge(found)) for setting, found in rival(rows)]
    setting, best = max(scored, key=lambda pair: pair[1].f1)
    return Outcome(own=scored[0][1], best=best, setting=setting)


# --- TF-IDF, nearest centroid ---------------------------------------------------------------------

LEAST = (0.26, *(round(0.08 + 0.02 * step, 2) for step in range(44)))


def centroids(rows: Sequence[Row]) -> Iterator[Run]:
    """TF-IDF of stems, weighed over the whole set before its first article is assigned; each joins
    the story whose centroid is nearest when that is near enough."""
    near = _likenesses(rows)
    for least in LEAST:
        yield f"cosine {least:.2f}", _nearest_centroids(near, least)


def _likenesses(rows: Sequence[Row]) -> npt.NDArray[np.float32]:
    """Cosine of every two rows."""
    bags = [Counter(_stems(f"{row.get('title', '')} {row.get('text', '')}")) for row in rows]
    found_in = Counter(term for bag in bags for term in bag)
    columns = {term: column for column, term in enumerate(found_in)}
    vectors = np.zeros((len(bags), len(columns)), dtype=np.float32)
    for vector, bag in zip(vectors, bags, strict=True):
        for term, count in bag.items():
            rarity = log((len(bags) + 1) / (found_in[term] + 0.5))
            vector[columns[term]] = (1 + log(count)) * rarity
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    near: npt.NDArray[np.float32] = vectors @ vectors.T
    return near


def _stems(text: str) -> Iterator[str]:
    """Of all words but function words."""
    for word in re.findall(r"\w+", text.lower()):
        if word not in common_words("en"):
            yield _stem(word)


_stem = cache(snowballstemmer.stemmer("english").stemWord)


def _nearest_centroids(near: npt.NDArray[np.float32], least: float) -> Labels:
    """A centroid's products with all rows are the sum of those of its members."""
    sums = np.zeros_like(near)
    squares = np.zeros(len(near))
    stories = 0
    labels: list[int] = []
    for row in range(len(near)):
        scores = sums[:stories, row] / np.sqrt(squares[:stories])
        best = int(scores.argmax()) if stories else 0
        if not stories or scores[best] < least:
            best = stories
            stories += 1
        squares[best] += 1 + 2 * sums[best, row]
        sums[best] += near[row]
        labels.append(best)
    return labels


# --- NewsBlur -------------------------------------------------------------------------------------

_SMALL = """
a an and are as at be been being but by can could did do does for from go had has have he her his if
in is it its may me might my no not of oh ok on or our shall she should so that the their this to up
us was we were will with would your am
"""
"""Words that do not count in a title."""


def newsblur(rows: Sequence[Row]) -> Iterator[Run]:
    """The title rules of NewsBlur (github.com/samuelclay/NewsBlur, apps/clustering/models.py,
    functions normalize_title, title_significant_words and find_title_clusters).

    Titles in lower case without punctuation: equal ones of 10 characters or more are one story.
    So are two that share at least 3 words and 0.6 of the shorter one's words, when each has 5
    words or more that count; small words, numbers and words of the feed's own name do not count,
    and a final s is dropped. Words in more than 50 titles are not looked up. Only articles of
    different outlets within 120 hours are compared, likeness is transitive, and of a story the
    first 10 articles are kept.

    It has a further step, which asks Elasticsearch for articles that have the words of the title;
    those too must share 3 words of the title. It is left out here: the lower overlaps tried in
    hindsight join most of what it could add. Where a set has no titles, the first of the
    headlines that it lists stands in, else the first sentence.
    """
    titles = [_normalized(_title(row)) for row in rows]
    words = [
        _significant(title) - _significant(_normalized(str(row.get("source") or "")))
        for title, row in zip(titles, rows, strict=True)
    ]
    outlets = [source(row, number) for number, row in enumerate(rows)]
    times = [published(row) for row in rows]
    pairs = [
        (one, other, overlap)
        for one, other, overlap in [*_equal(titles), *_overlapping(words)]
        if outlets[one] != outlets[other] and abs(times[one] - times[other]) <= _LOOKBACK
    ]
    for least in (0.6, 0.4, 0.5, 0.7, 0.8):
        joined = [(one, other) for one, other, overlap in pairs if overlap >= least]
        whole = _connected(len(rows), joined)
        kept = f"overlap {least}, 10 a story"
        yield kept, _first_of_each(whole, sorted(range(len(rows)), key=times.__getitem__))
        yield f"overlap {least}", whole


_LOOKBACK = timedelta(hours=120)
_Pair = tuple[int, int, float]


def _title(row: Row) -> str:
    if row.get("title"):
        return str(row["title"])
    if row.get("headlines"):
        return str(row["headlines"][0])
    return re.split(r"(?<=[.!?])\s|\n", row["text"].strip(), maxsplit=1)[0]


def _normalized(title: str) -> str:
    apart = re.sub(r"[-/]", " ", title.lower().strip())
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s]", "", apart))


def _significant(title: str) -> frozenset[str]:
    small = frozenset(_SMALL.split())
    counted = (word for word in title.split() if word not in small and len(word) > 1)
    return frozenset(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in counted
        if not word.isdigit()
    )


def _equal(titles: Sequence[str]) -> Iterator[_Pair]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for number, title in enumerate(titles):
        if len(title) >= 10:
            groups[title].append(number)
    for group in groups.values():
        for one, other in combinations(group, 2):
            yield one, other, 1.0


def _overlapping(words: Sequence[frozenset[str]]) -> Iterator[_Pair]:
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(words):
        if len(found) >= 5:
            for word in found:
                index[word].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in index.values():
        if len(numbers) <= 50:
            shared.update(combinations(numbers, 2))
    for one, other in shared:
        both = len(words[one] & words[other])
        if both >= 3:
            yield one, other, both / min(len(words[one]), len(words[other]))


def _connected(size: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    parents = list(range(size))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for one, other in pairs:
        parents[root(one)] = root(other)
    return [root(number) for number in range(size)]


def _first_of_each(labels: Sequence[int], order: Sequence[int], most: int = 10) -> Labels:
    """Beyond the first few of a label, each has one of its own."""
    seen: Counter[int] = Counter()
    kept: dict[int, tuple[int, int]] = {}
    for number in order:
        label = labels[number]
        kept[number] = (label, -1) if seen[label] < most else (label, number)
        seen[label] += 1
    return [kept[number] for number in range(len(labels))]
