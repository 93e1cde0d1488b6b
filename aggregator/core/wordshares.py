"""How usual the words of a language are, before the stream has told.

For each of the most usual stems the share of articles of 350 words that hold it, made from word
frequencies by benchmarks/make_wordshares.py; the file NOTICE beside them names the source.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from math import exp
from sys import byteorder
from types import MappingProxyType
from typing import Final

LEVELS: Final = 25
"""A share is kept as the negative of its logarithm, in units of one in so many."""
UNKNOWN: Final = 248
"""The level of a word that is in no table: a share of 0.00005."""

FOLDER: Final = "wordshares"
_LIKE = {"no": "nb", "nn": "nb"}
_NONE: Mapping[int, int] = MappingProxyType({})


@lru_cache(maxsize=64)
def levels(language: str) -> Mapping[int, int]:
    """Stem hash, as in the terms of a fingerprint, and its level; empty: there is no table."""
    if not (language.isascii() and language.isalpha()):
        return _NONE
    file = resources.files("aggregator.core") / FOLDER / f"{_LIKE.get(language, language)}.bin"
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return _NONE
    count = len(data) // 5
    stems = array("I", data[: 4 * count])
    if byteorder == "big":
        stems.byteswap()
    return MappingProxyType(dict(zip(stems, data[4 * count :], strict=True)))


@lru_cache(maxsize=64)
def shares(language: str) -> Mapping[int, float]:
    """Stem hash and the usual share of articles with it, 0 to 1; empty: there is no table."""
    known = {level: exp(-level / LEVELS) for level in range(256)}
    return MappingProxyType({stem: known[level] for stem, level in levels(language).items()})


def encode_levels(table: Mapping[int, int]) -> bytes:
    """What `levels` reads: the stems in order, little-endian, 4 bytes each; then the levels."""
    stems = array("I", sorted(table))
    ordered = bytes(table[stem] for stem in stems)
    if byteorder == "big":
        stems.byteswap()
    return stems.tobytes() + ordered
