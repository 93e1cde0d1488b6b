"""What of a feed is taken in at once: as much as fits into memory, the newest first."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields, replace

from aggregator.types import Link, Media, ParsedEntry, ParsedFeed

MAX_ENTRIES = 10_000
MAX_MEMORY = 16 * 1024 * 1024
"""Bytes that the entries take up, their texts and all."""
_OBJECT = 200
"""Bytes of an entry, a file or a link without what is in it."""


def fitted(
    feed: ParsedFeed, *, max_entries: int = MAX_ENTRIES, max_memory: int = MAX_MEMORY
) -> ParsedFeed:
    """The feed with those entries that fit, from the first on, which are the newest by custom; its
    warning says how many were left."""
    count = _fitting(feed.entries[:max_entries], max_memory)
    total = len(feed.entries)
    if count == total:
        return feed
    cut = f"It has {total:,} entries, more than are read at once; the first {count:,} were read."
    warning = f"{feed.warning} {cut}" if feed.warning else cut
    return replace(feed, entries=feed.entries[:count], warning=warning)


def _fitting(entries: Sequence[ParsedEntry], max_memory: int) -> int:
    taken = 0
    for count, entry in enumerate(entries):
        taken += _memory(entry)
        if taken > max_memory:
            return count
    return len(entries)


def _memory(value: object) -> int:
    """About how much a value takes: a text four bytes a letter if there is but one emoji in it."""
    if isinstance(value, tuple):
        return sys.getsizeof(value) + sum(map(_memory, value))
    if isinstance(value, ParsedEntry | Media | Link):
        return _OBJECT + sum(_memory(getattr(value, one.name)) for one in fields(value))
    return sys.getsizeof(value) if value is not None else 0
