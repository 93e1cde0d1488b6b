"""Values set aside on disk, in order and by key, while there are too many for memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Generic, Self, TypeVar

from aggregator.codec import decode, encode
from aggregator.errors import StorageError

T = TypeVar("T")


class Shelf(Generic[T]):
    """Each key is put once. Not for several threads at once; closing it frees the disk."""

    def __init__(self, kind: type[T], *, folder: Path | None) -> None:
        """`folder`: where there is room; None: where the system keeps what is temporary.

        Raises StorageError.
        """
        self._kind = kind
        self._places: dict[int, tuple[int, int]] = {}
        try:
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise _full(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def __contains__(self, key: int) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[int]:
        """Keys in the order they were put."""
        return iter(self._places)

    def put(self, key: int, value: T) -> None:
        """Raises StorageError when the disk is full."""
        data = encode(value)
        try:
            self._places[key] = self._file.seek(0, 2), len(data)
            self._file.write(data)
        except OSError as error:
            raise _full(error) from error

    def get(self, key: int) -> T:
        """Raises KeyError."""
        start, size = self._places[key]
        self._file.seek(start)
        return decode(self._file.read(size), self._kind)


def _full(error: OSError) -> StorageError:
    return StorageError(
        f"what is needed for a while cannot be written: {error.strerror}; make room on the disk"
    )
