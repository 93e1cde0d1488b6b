"""Values kept in a file, as a store keeps them: in memory stay 8 bytes for each."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, cast

from aggregator.codec import decode, encode

T = TypeVar("T")


class Spool(Generic[T]):
    """Values by number, from 0 in the order in which they are appended."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._ends = array("Q", [0])
        self._written = 0
        """Values that are in the file for certain."""
        self.read = 0
        """Values that were read back."""

    def append(self, value: T) -> None:
        data = encode(value)
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._ends[-1]

    def recall(self, numbers: Sequence[int | str]) -> dict[int | str, T]:
        """The values of these numbers."""
        # As of a store, what was added last is never asked for.
        if any(cast("int", number) >= self._written for number in numbers):
            self._flush()
        self.read += len(numbers)
        return {number: self._at(cast("int", number)) for number in numbers}

    def __iter__(self) -> Iterator[T]:
        self._flush()
        return map(self._at, range(len(self)))

    def close(self) -> None:
        self._file.close()

    def _flush(self) -> None:
        self._file.flush()
        self._written = len(self)

    def _at(self, number: int) -> T:
        begin, end = self._ends[number], self._ends[number + 1]
        return decode(os.pread(self._file.fileno(), end - begin, begin), self._kind)
