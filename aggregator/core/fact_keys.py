"""Names, numbers and dates as numbers, to be compared and counted by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from zlib import crc32

from aggregator.core.commonwords import calendar_words
from aggregator.core.packed import pack
from aggregator.core.text import fold
from aggregator.core.tokens import plain_number

NUMBER = 1 << 32
"""Added to a fact that is a number or a date, so that it is not taken for a name."""
_HASH = NUMBER - 1


@dataclass(frozen=True, slots=True)
class Facts:
    """As a fingerprint has them."""

    hashes: bytes
    counts: bytes
    named: int


def facts_of(names: Iterable[tuple[str, int]], known: Mapping[str, int]) -> Facts:
    """Of names, numbers and dates, each with how often it occurs. `known` are keys of tokens, as
    far as there are any."""
    found: dict[int, int] = {}
    for name, count in names:
        key = known.get(name)
        if key is not None:
            if len(name) > 1 or key >= NUMBER:
                found[key] = found.get(key, 0) + count
            continue
        keys: Iterable[int] = fact_keys(name) if name[0].isdecimal() else _keys(name, known)
        for key in keys:
            found[key] = found.get(key, 0) + count
    named = sorted([key for key in found if key < NUMBER], key=found.__getitem__, reverse=True)
    ordered = named + [key for key in found if key >= NUMBER]
    return Facts(
        hashes=pack([key & _HASH for key in ordered]),
        counts=bytes([min(found[key], 255) for key in ordered]),
        named=len(named),
    )


def _keys(name: str, known: Mapping[str, int]) -> Iterator[int]:
    """Of a name of several words."""
    for word in name.split():
        key = known.get(word)
        if key is None:
            yield from fact_keys(word)
        elif len(word) > 1:
            yield key


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
        key & _HASH for name in [*calendar_words(), *map(str, numbers)] for key in fact_keys(name)
    )
