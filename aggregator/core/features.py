"""A fingerprint's views of an article, ready to be compared as events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from zlib import crc32

from aggregator.core.commonwords import calendar_words
from aggregator.core.fingerprint import fingerprint, plain_number, unpack
from aggregator.core.text import fold
from aggregator.types import Fingerprint

NAME = 1 << 32
"""Added to the hash of a name's word, so that it is not taken for a stem."""
NUMBER = 2 << 32
LEAD = 4 << 32
"""Added to the stem of a first word, where it stands beside the stems of all words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What occurs in it, each once, and how often."""

    terms: Sequence[int]
    """Stems."""
    counts: bytes
    """How often each of `terms` occurs."""
    lead: Sequence[int]
    """Stems of title and first words."""
    names: Mapping[int, int]
    """Words of names, plus NAME, and how often; the same in every language in the Latin script."""
    numbers: Mapping[int, int]
    """Numbers, plus NUMBER, and how often."""


@lru_cache(maxsize=1_024)
def features(printed: Fingerprint) -> Features:
    """Unpack a fingerprint; the last ones are kept, for an article is looked at several times."""
    names: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for name, count in printed.names:
        for key in fact_keys(name):
            view = numbers if key >= NUMBER else names
            view[key] = view.get(key, 0) + count
    return Features(
        terms=unpack(printed.terms),
        counts=printed.counts,
        lead=unpack(printed.lead),
        names=names,
        numbers=numbers,
    )


@lru_cache(maxsize=50_000)
def fact_keys(name: str) -> tuple[int, ...]:
    """Of a number, or of the words of a name; single letters say nothing."""
    if name[0].isdecimal():
        return (NUMBER + crc32(fold(plain_number(name)).encode()),)
    words = fold(name).replace(".", "").split()
    return tuple(NAME + crc32(word.encode()) for word in words if len(word) > 1)


@cache
def usual_facts() -> frozenset[int]:
    """What dates are made of: days and months in every language, the numbers of days, years."""
    numbers = [*range(1, 32), *range(1990, 2100)]
    return frozenset(
        key for name in [*calendar_words(), *map(str, numbers)] for key in fact_keys(name)
    )


@cache
def usual_stems(language: str) -> frozenset[int]:
    """The same among the stems of a language."""
    printed = fingerprint(
        " ".join([*calendar_words(language), *map(str, range(1, 32))]), "", language
    )
    return frozenset(unpack(printed.terms))
