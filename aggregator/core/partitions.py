"""Two ways to put the same articles into stories, compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is different. A story is its articles, whatever its id."""

    moved: frozenset[int]
    """Articles that are no longer with most of those they were with."""
    merged: int
    """Stories made of several."""
    split: int
    """Stories whose articles are in several now."""


def compare(before: Mapping[int, int], after: Mapping[int, int]) -> Comparison:
    """`before` and `after`: story by article, of the same articles.

    Each story goes on as the one that has most of its articles, one as one; of equals, as the one
    that keeps its id.
    """
    shared = Counter((before[article], story) for article, story in after.items())
    heirs: dict[int, int] = {}
    taken: set[int] = set()
    # The sort is stable, and articles come in an order: so is the answer.
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0][0] != item[0][1]))
    for (old, new), _ in ranked:
        if old not in heirs and new not in taken:
            heirs[old] = new
            taken.add(new)
    return Comparison(
        moved=frozenset(
            article for article, story in after.items() if heirs.get(before[article]) != story
        ),
        merged=_several(new for _, new in shared),
        split=_several(old for old, _ in shared),
    )


def _several(stories: Iterable[int]) -> int:
    """How many occur more than once."""
    return sum(count > 1 for count in Counter(stories).values())
