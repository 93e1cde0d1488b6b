"""Names, numbers and dates as numbers, to be compared and counted by."""

from __future__ import annotations

from functools import cache, lru_cache
from zlib import crc32

from aggregator.core.commonwords import calendar_words
from aggregator.core.text import fold
from aggregator.core.tokens import plain_number
from aggregator.types import Fingerprint

NUMBER = 1 << 32
"""Added to a fact that is a number or a date, so that it is not taken for a name."""


def facts_of(printed: Fingerprint) -> dict[int, int]:
    """Words of names, and numbers and dates, each with how often."""
    found: dict[int, int] = {}
    for name, count in printed.names:
        if not name.isascii() or "." in name or name[0].isdecimal():
            for key in fact_keys(name):
                found[key] = found.get(key, 0) + count
            continue
        # As fact_keys, which is slower here: what it remembers lies far apart in memory.
        for word in name.lower().split():
            if len(word) > 1:
                key = crc32(word.encode())
                found[key] = found.get(key, 0) + count
    return found


@lru_cache(maxsize=50_000)
def fact_keys(name: str) -> tuple[int, ...]:
    """Of a number, a date as in "7 Feb", or of the words of a name; single letters say nothing."""
    if name[0].isdecimal():
        return (NUMBER + crc32(fold(plain_number(name)).encode()),)
    words = fold(name).replace(".", "").split()
    return tuple([crc32(word.encode()) for word in words if len(word) > 1])


@cache
def usual_facts() -> frozenset[int]:
    """What dates are made of, as it is counted: days and months in every language, years."""
    numbers = [*range(1, 32), *range(1990, 2100)]
    return frozenset(
        key & 0xFFFFFFFF
        for name in [*calendar_words(), *map(str, numbers)]
        for key in fact_keys(name)
    )
