"""What parent and child say to each other.

A frame is a length (four bytes, big-endian), a code (one byte) and a msgpack document. Frames
carry data only: a child that was taken over by a document can lie about its answer, and no more.

Parent: the code of a task, then the task; the same code with nothing behind it asks the child to
load what such tasks need. Child: `DONE` and the answer, `FAILED` and a `Failure`, `LOADED`; each
in capitals (`LAST`) when the child ends after it and wants to be replaced.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from aggregator.codec import decode
from aggregator.errors import (
    AggregatorError,
    ExtractError,
    LibraryMissing,
    NotAFeed,
    ParseError,
    TaskCrashed,
)

HEAD = struct.Struct(">Ic")
MAX_FRAME = 512 * 1024 * 1024
"""Bytes; no document that we fetch gives or needs as many."""
PIECE = 256 * 1024
"""Bytes written at a time."""

DONE = b"d"
FAILED = b"x"
LOADED = b"l"
REPLIES = DONE + FAILED + LOADED


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An exception on its way from child to parent."""

    kind: Literal["parse", "not a feed", "extract", "memory", "library", "fault"]
    message: str
    url: str | None = None
    """None: the exception names none."""
    line: int | None = None
    """None: the exception names none."""
    feeds: tuple[str, ...] = ()


def frame(code: bytes, document: bytes = b"") -> bytes:
    return HEAD.pack(len(document), code) + document


def pieces(code: bytes, document: bytes = b"") -> Iterator[bytes | memoryview]:
    """The same in parts of bounded size, without a copy of the whole."""
    yield HEAD.pack(len(document), code)
    view = memoryview(document)
    for start in range(0, len(view), PIECE):
        yield view[start : start + PIECE]


def describe(error: Exception, *, loading: bool = False) -> Failure:
    """What the parent needs to raise the same again; `loading`: it came before any document."""
    message = str(error).encode(errors="replace").decode()
    if isinstance(error, NotAFeed):
        return Failure(kind="not a feed", message=message, url=error.url, feeds=error.feeds)
    if isinstance(error, ParseError):
        return Failure(kind="parse", message=message, url=error.url, line=error.line)
    if isinstance(error, ExtractError):
        return Failure(kind="extract", message=message, url=error.url)
    if isinstance(error, MemoryError):
        return Failure(kind="memory", message="")
    if loading and isinstance(error, ImportError):
        return Failure(kind="library", message=message[:500])
    return Failure(kind="fault", message=f"{type(error).__name__}: {message}"[:500])


def raise_described(document: bytes | bytearray) -> NoReturn:
    raise _described(decode(document, Failure))


def _described(failure: Failure) -> AggregatorError:
    match failure.kind:
        case "parse":
            return ParseError(failure.message, url=failure.url, line=failure.line)
        case "not a feed":
            return NotAFeed(failure.message, url=failure.url, feeds=failure.feeds)
        case "extract":
            return ExtractError(failure.message, url=failure.url)
        case "memory":
            return TaskCrashed("Reading the document took more memory than one document may have.")
        case "library":
            return LibraryMissing(
                "a library that reads documents cannot be loaded, so that nothing can be read"
                f" ({failure.message}); install the program again, with a newer pip or pipx if the"
                " same comes of it"
            )
        case "fault":
            return TaskCrashed(
                f"Reading the document failed inside ({failure.message}); "
                "please report it with the address of the document."
            )
