"""Three words in a row, and a filter that knows which of them many texts together have.

It is a Bloom filter in blocks (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom
filters", 2007): what is looked up is in one block, whatever the size of all, so that a database
reads one row for it. It says "no" only of what was never added, and "perhaps" of 2 to 3 % of that
when it is as full as it was made for (ROOM).

Filters are stored: what a word or a trigram is numbered by must not change. They are made by
core.trigram_filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LENGTH: Final = 3
BLOCK_BITS: Final = 32_000
"""4,000 bytes: two rows of them are on a page of a SQLite file."""
ROOM: Final = 8
"""Bits for each trigram."""
BITS_SET: Final = 4
"""By each."""

BASE: Final = 0x5851F42D4C957F2D
FACTORS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
MIXER: Final = 0xD6E8FEB86659FD93
"""Odd numbers of 64 bits without pattern."""
FIELD: Final = 20
"""Bits of a key that say where its first bit is, and as many that say how far the next is from it;
the others say in which block."""
_64: Final = (1 << 64) - 1
_FIELD: Final = (1 << FIELD) - 1
CHOICE: Final = 64 - 2 * FIELD


def blocks_for(trigrams: int) -> int:
    """How many make a filter for so many: at least one."""
    return trigrams * ROOM // BLOCK_BITS + 1


def number_of(word: str) -> int:
    """Its bytes as the digits of a number, the first one the last, to BASE; of 64 bits."""
    number = 0
    for byte in reversed(word.encode("utf-8", "surrogatepass")):
        number = number * BASE + byte & _64
    return number


def keys(words: Sequence[str]) -> list[int]:
    """Of every three in a row; numbers of 64 bits."""
    numbers = list(map(number_of, words))
    return [_key(*three) for three in zip(numbers, numbers[1:], numbers[2:], strict=False)]


def block_of(key: int, blocks: int) -> int:
    """In which of so many blocks it is."""
    return (key >> 2 * FIELD) * blocks >> CHOICE


def is_in(block: bytes | bytearray, key: int) -> bool:
    """Whether it may have been added; False: it was not."""
    return all(block[place >> 3] >> (place & 7) & 1 for place in _places(key))


def add(block: bytearray, key: int) -> None:
    for place in _places(key):
        block[place >> 3] |= 1 << (place & 7)


def _key(first: int, second: int, third: int) -> int:
    a, b, c = FACTORS
    key = first * a + second * b + third * c & _64
    key = (key ^ key >> 32) * MIXER & _64
    return key ^ key >> 29


def _places(key: int) -> list[int]:
    """Its bits in a block, by double hashing."""
    first, step = key & _FIELD, key >> FIELD & _FIELD | 1
    return [(first + times * step) % BLOCK_BITS for times in range(BITS_SET)]
