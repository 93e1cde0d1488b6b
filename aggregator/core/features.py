"""A fingerprint's views of an article, ready to be compared as events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from aggregator.core.fingerprint import plain_number, unpack
from aggregator.core.text import fold
from aggregator.types import Fingerprint

NAME = 1 << 32
"""Added to the hash of a name's word, so that it is not taken for a stem."""
NUMBER = 2 << 32
LEAD = 4 << 32
_PRESENT = re.compile("20[0-9][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Numbers with how often each occurs."""

    terms: Mapping[int, int]
    """Stems."""
    lead: Sequence[int]
    """Stems of title and first words."""
    names: Mapping[int, int]
    """Words of names, plus NAME; the same in every language with the Latin script."""
    numbers: Mapping[int, int]
    """Numbers, plus NUMBER."""


@lru_cache(maxsize=1_024)
def features(fingerprint: Fingerprint) -> Features:
    """Unpack a fingerprint; the last ones are kept, for an article is looked at several times."""
    names: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for name, count in fingerprint.names:
        for key in fact_keys(name):
            view = numbers if key >= NUMBER else names
            view[key] = view.get(key, 0) + count
    terms = dict(zip(unpack(fingerprint.terms), fingerprint.counts, strict=True))
    return Features(terms=terms, lead=unpack(fingerprint.lead), names=names, numbers=numbers)


@lru_cache(maxsize=50_000)
def fact_keys(name: str) -> tuple[int, ...]:
    """Of a number, or of the words of a name. Single letters say nothing, nor do the years that
    news are of."""
    if _PRESENT.fullmatch(name):
        return ()
    if name[0].isdecimal():
        return (NUMBER + crc32(fold(plain_number(name)).encode()),)
    words = fold(name).replace(".", "").split()
    return tuple(NAME + crc32(word.encode()) for word in words if len(word) > 1)
