"""A title and a text as a row of tokens, each a record of what is known of it.

A record has 16 bytes, in the machine's order: the hash of the folded word, the hash of its stem, 0
for what says nothing, and the number of what is written, 4 bytes each; then one byte each for its
kind, its level, its part in dates and its part in names. So a text that holds nothing new becomes
arrays by joining the records of its pieces, and nothing is looked up by number, which in a table
of many words would be as many reads of slow memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

import numpy as np

from aggregator.core.arrays import Bytes, Hashes

SIZE: Final = 16
"""Bytes of a record."""
_KIND, _LEVEL, _DATED, _ROLE = 12, 13, 14, 15
_RECORD = Struct("=IIIBBBB")
_NUMBER = Struct("=I")


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of a title and a text, in order, the end of the title's line among them."""

    records: bytes
    title: int
    """How many of them are the title's, the end of its line included."""
    written: Sequence[str]
    """By the number of a token."""
    language: str
    """Primary subtag, or ""."""

    def __len__(self) -> int:
        return len(self.records) // SIZE

    @property
    def words(self) -> Hashes:
        """Of each token the hash of the folded word."""
        return self._column(0)

    @property
    def stems(self) -> Hashes:
        """Of each token the hash of the stem; 0 for what says nothing."""
        return self._column(1)

    @property
    def numbers(self) -> Hashes:
        """Of each token that of what is written."""
        return self._column(2)

    @property
    def kinds(self) -> bytes:
        """Of each token, as core.names has them."""
        return self.records[_KIND::SIZE]

    @property
    def levels(self) -> Bytes:
        """Of each token how unusual the stem is, as core.wordshares has it."""
        return np.frombuffer(self.records, np.uint8)[_LEVEL::SIZE]

    @property
    def dated(self) -> bytes:
        """Of each token what day or month it can be, as core.names has it; 0: neither."""
        return self.records[_DATED::SIZE]

    @property
    def roles(self) -> bytes:
        """Of each token what it does for names, as core.names has it."""
        return self.records[_ROLE::SIZE]

    def _column(self, number: int) -> Hashes:
        return np.frombuffer(self.records, np.uint32)[number :: SIZE // 4]


def record(
    *, word: int, stem: int, number: int, kind: int, level: int, dated: int, role: int
) -> bytes:
    """Of a token."""
    return _RECORD.pack(word, stem, number, kind, level, dated, role)


def renumbered(known: bytes, number: int) -> bytes:
    """The record of a token, with another number."""
    return known[:8] + _NUMBER.pack(number) + known[_KIND:]
