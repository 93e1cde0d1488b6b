"""What is in a grouper, to compare two of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from aggregator.core.cluster import Grouper
from aggregator.core.postings import Postings


def inside(grouper: Grouper) -> dict[str, Any]:
    """What is in a window and its indexes, told by the keys of articles."""
    indexes = grouper._indexes
    window, foreign = indexes.window, indexes.foreign
    slots = list(window)
    roots = sorted({window.root[slot] for slot in slots}, key=window.order.__getitem__)
    names = {root: window.story(root) for root in roots}
    return {
        "articles": [
            (
                window.key(slot),
                window.at[slot],
                window.source(slot),
                window.language(slot),
                window.copies(slot),
                names[window.root[slot]],
            )
            for slot in slots
        ],
        "stories": [
            (names[root], [window.key(slot) for slot in window.members(root)]) for root in roots
        ],
        "found": [window.root_of(names[root]) == root for root in roots],
        "of sources": {
            source: [window.key(slot) for slot in window.latest_of_source(source, 99)]
            for source in map(window.source, slots)
        },
        "addresses": told(window._addresses, names),
        "copies": told(indexes.copies._postings, names),
        "events": told(indexes.events._postings, names),
        "foreign": told(foreign._postings, names),
        "meanings": {window.key(slot) for slot in foreign._meanings._places},
        "counted": +indexes.frequencies._articles,
    }


def told(postings: Postings, names: dict[int, Any]) -> list[tuple[int, Any, int]]:
    return sorted((number, names[root], mark) for number, root, mark in postings.entries())


def same(one: Grouper, other: Grouper) -> None:
    """To the last entry and count."""
    assert inside(one) == inside(other)
    rows = [grouper._indexes.frequencies._rows for grouper in (one, other)]
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(*rows, strict=True))
