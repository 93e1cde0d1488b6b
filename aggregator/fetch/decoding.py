"""Content-Encoding undone in pieces of bounded size, so that a bomb is seen before it is in memory.

A gigabyte of zeros is a megabyte of gzip, 33 kB of zstd or 800 bytes of br. No decoder here ever
returns or holds more than a few mebibytes beyond what its caller has taken, whatever it is fed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # ships no types
import zstandard

PIECE = 64 * 1024
"""Bytes asked of a decoder at a time."""

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

_NO_ENCODINGS = frozenset(
    {"", "identity", "none", "utf-8", "utf8", "us-ascii", "iso-8859-1", "8bit", "binary"}
)
"""What servers name that packs nothing: the last are character sets and encodings of mail."""
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_MEMBERS = 100  # each costs a copy of what follows it, and honest bodies have one
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW = 8 * 1024 * 1024  # the most that RFC 9659 lets a server ask for
_ZSTD_SLICE = 64
"""zstandard bounds its input and not its output. No block yields more than 128 KiB, and the
smallest takes 4 bytes, so this many bytes of input yield 2 MiB at most."""
_TEXT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!doctype|<!--|<rss|<feed|<rdf|<html|<urlset|\{\s*\"\w\w)",
    re.IGNORECASE,
)


class DecodingError(Exception):
    """The body is not what its Content-Encoding says; the message completes a sentence."""


class Decoder(Protocol):
    """Undoes one encoding of one body."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Pieces of what `data` adds to the body; stop taking them to stop decoding.

        Raises DecodingError.
        """

    @property
    def complete(self) -> bool:
        """Whether the encoded data has come to its end, or has not begun."""


def decoder_for(content_encoding: str) -> Decoder:
    """The decoder for the value of a Content-Encoding header; "" stands for an absent one.

    Raises DecodingError for an encoding that was not offered, and for several stacked on each
    other: three layers of gzip turn 269 bytes into a gigabyte, and no honest server stacks them.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in _NO_ENCODINGS]
    if len(names) > 1:
        raise DecodingError(f"is encoded more than once ({', '.join(names)})")
    make = _DECODERS.get(names[0]) if names else _Identity
    if make is None:
        raise DecodingError(f"is encoded as {names[0][:40]!r}, which was not asked for")
    return make()


class _Identity:
    complete = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Sniffing:
    """Waits for the first bytes, for servers name encodings that they do not apply."""

    def __init__(self, magic: bytes, make: Callable[[], Decoder]) -> None:
        self._magic = magic
        self._make = make
        self._head = b""
        self._inner: Decoder | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < len(self._magic) and self._magic.startswith(self._head):
                return
            encoded = self._head.startswith(self._magic)
            self._inner = self._make() if encoded else _Identity()
            data, self._head = self._head, b""
        yield from self._inner.feed(data)

    @property
    def complete(self) -> bool:
        return self._inner.complete if self._inner else not self._head


class _Doubting:
    """Takes a body that begins as feeds and pages do for one that is not encoded at all.

    Brotli and the bare deflate format begin with no mark. That one of their bodies should begin
    with these letters by chance is next to impossible.
    """

    def __init__(self, make: Callable[[], Decoder]) -> None:
        self._make = make
        self._inner: Decoder | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None and data:
            self._inner = _Identity() if _TEXT.match(data) else self._make()
        if self._inner is not None:
            yield from self._inner.feed(data)

    @property
    def complete(self) -> bool:
        return self._inner is None or self._inner.complete


class _Zlib:
    """gzip (one or more members) and deflate."""

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._inflater = zlib.decompressobj(window_bits)
        self._members = 1
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inflater.eof:
                if self._window_bits != _GZIP or data[0] != _GZIP_MAGIC[0]:
                    return  # padding after the end
                if self._members == _MAX_MEMBERS:
                    raise DecodingError("has too many parts")
                self._inflater = zlib.decompressobj(self._window_bits)
                self._members += 1
            self._fed = True
            while piece := self._inflate(data):
                yield piece
                if self._inflater.eof:
                    break
                data = self._inflater.unconsumed_tail  # when empty, asks for what is held back
            data = self._inflater.unused_data

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._inflater.decompress(data, PIECE)
        except zlib.error as error:
            raise DecodingError("cannot be decompressed") from error

    @property
    def complete(self) -> bool:
        return self._inflater.eof or not self._fed


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(data)
        while not self._decompressor.is_finished():
            try:
                piece = self._decompressor.process(data, output_buffer_limit=PIECE)
            except brotli.error as error:
                raise DecodingError("cannot be decompressed") from error
            if piece:
                yield piece
            elif self._decompressor.can_accept_more_data():
                return
            data = b""

    @property
    def complete(self) -> bool:
        return not self._fed or bool(self._decompressor.is_finished())


class _Zstandard:
    """One or more frames."""

    def __init__(self) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._context.decompressobj()
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        view = memoryview(data)
        for start in range(0, len(view), _ZSTD_SLICE):
            rest = bytes(view[start : start + _ZSTD_SLICE])
            while rest:
                if self._frame.eof:
                    self._frame = self._context.decompressobj()
                self._fed = True
                try:
                    piece = self._frame.decompress(rest)
                except zstandard.ZstdError as error:
                    raise DecodingError("cannot be decompressed") from error
                if piece:
                    yield piece
                rest = self._frame.unused_data if self._frame.eof else b""

    @property
    def complete(self) -> bool:
        return self._frame.eof or not self._fed


class _Deflate:
    """RFC 9110 means the zlib format; some servers send the bare one, which has no such head."""

    def __init__(self) -> None:
        self._inner: _Zlib | None = None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < 2:
                return
            first, second = self._head[:2]
            wrapped = first & 0x0F == 8 and (first * 256 + second) % 31 == 0
            self._inner = _Zlib(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
            data, self._head = self._head, b""
        yield from self._inner.feed(data)

    @property
    def complete(self) -> bool:
        return self._inner.complete if self._inner else not self._head


_GZIP = zlib.MAX_WBITS | 16


def _gzip() -> Decoder:
    return _Sniffing(_GZIP_MAGIC, lambda: _Zlib(_GZIP))


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": lambda: _Doubting(_Deflate),
    "br": lambda: _Doubting(_Brotli),
    "zstd": lambda: _Sniffing(_ZSTD_MAGIC, _Zstandard),
}
