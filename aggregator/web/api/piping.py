"""From a writer to a reader, in bounded memory: what is written here is read there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import BinaryIO

_CHUNK = 64 * 1024
"""Bytes that are handed over at once, at least."""
_WAITING = 4
"""Pieces that wait to be read."""
_LOOK = 0.5
"""Seconds between two looks whether the other side is still there."""

Piece = bytes | BaseException | None
"""None: this was the last."""


class _Pipe(io.RawIOBase):
    """The end that is written to. BrokenPipeError when nobody reads any more."""

    def __init__(self, pieces: Queue[Piece], gone: Event) -> None:
        self._pieces = pieces
        self._gone = gone
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._written += piece
        if len(self._written) >= _CHUNK:
            self.flush()
        return len(piece)

    def flush(self) -> None:
        if self._written:
            piece = bytes(self._written)
            self._written.clear()
            self.hand_over(piece)

    def hand_over(self, piece: Piece) -> None:
        while not self._gone.is_set():
            try:
                self._pieces.put(piece, timeout=_LOOK)
            except Full:
                continue
            return
        raise BrokenPipeError


def piped(write: Callable[[BinaryIO], object]) -> Iterator[bytes]:
    """What `write` writes, as it writes it, from a thread of its own. What it raises is raised
    here: the answer breaks off, which tells the client that it is not whole."""
    pieces: Queue[Piece] = Queue(_WAITING)
    gone = Event()
    pipe = _Pipe(pieces, gone)

    def work() -> None:
        last: Piece = None
        try:
            write(pipe)  # type: ignore[arg-type]
            pipe.flush()
        except BrokenPipeError:
            return
        except BaseException as error:  # noqa: BLE001 - it is raised where it is read
            last = error
        try:
            pipe.hand_over(last)
        except BrokenPipeError:
            return

    thread = Thread(target=work, name="export", daemon=True)
    thread.start()
    try:
        while True:
            try:
                piece = pieces.get(timeout=_LOOK)
            except Empty:
                continue
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        gone.set()


def read_from(file: BinaryIO) -> Iterator[bytes]:
    """All that is left in a file, which is closed in the end."""
    with file:
        while piece := file.read(_CHUNK):
            yield piece
