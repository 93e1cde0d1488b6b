"""Numbers as bytes: how hashes are kept."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from sys import byteorder


def pack(numbers: Iterable[int]) -> bytes:
    """Unsigned 32-bit numbers as little-endian bytes."""
    packed = array("I", numbers)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(data: bytes) -> Sequence[int]:
    """What `pack` has packed."""
    numbers = array("I", data)
    if byteorder == "big":
        numbers.byteswap()
    return numbers
