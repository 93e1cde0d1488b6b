"""Content-Encoding undone in pieces, whatever the network cuts it into."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.decoding import PIECE, DecodingError, decoder_for

MEBI = 1024 * 1024
WORDS = random.Random(7).choices(["news ", "<p>", "harbour ", "é", "\n"], k=20_000)
BODY = "".join(WORDS).encode()


def bare_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


ENCODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("", bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("X-GZip", gzip.compress),
    ("gzip", lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:])),
    ("gzip", lambda data: gzip.compress(data) + b"\0" * 100),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
    ("zstd", zstd),
    ("zstd", lambda data: zstd(data[:1000]) + zstd(data[1000:])),
    ("identity, gzip", gzip.compress),
    ("UTF-8", bytes),
    ("none", bytes),
    ("gzip, utf-8", gzip.compress),
]


def decode(encoding: str, data: bytes, *, step: int = 65_536) -> tuple[bytes, bool]:
    decoder = decoder_for(encoding)
    parts = [data[start : start + step] for start in range(0, len(data), step)]
    result = b"".join(piece for part in parts for piece in decoder.feed(part))
    return result, decoder.complete


@pytest.mark.parametrize("step", [1, 13, 1000, 10_000_000])
@pytest.mark.parametrize(("encoding", "encode"), ENCODERS)
def test_what_was_encoded_comes_back(
    encoding: str, encode: Callable[[bytes], bytes], step: int
) -> None:
    assert decode(encoding, encode(BODY), step=step) == (BODY, True)
    assert decode(encoding, encode(b""), step=step) == (b"", True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_complete(encoding: str) -> None:
    assert decode(encoding, b"") == (b"", True)


@pytest.mark.parametrize(("encoding", "encode"), ENCODERS[6:10] + ENCODERS[2:3])
def test_a_cut_body_is_not_complete(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    for kept in (1, 10, len(encode(BODY)) // 2):
        assert decode(encoding, encode(BODY)[:kept])[1] is False


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_b24_a_body_that_is_not_encoded_although_it_says_so_is_taken_as_it_is(
    encoding: str,
) -> None:
    for step in (1, 100):
        assert decode(encoding, b"<rss></rss>", step=step) == (b"<rss></rss>", True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><rss/>",
        b"\xef\xbb\xbf\r\n <rss version='2.0'></rss>",
        b"<!DOCTYPE html><title>Page</title>",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    ],
)
def test_b24_a_body_that_is_not_encoded_although_it_says_so_comes_back(
    encoding: str, data: bytes
) -> None:
    assert decode(encoding, data) == (data, True)
    assert decode(encoding, b"") == (b"", True)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(BODY)[:20] + b"broken" * 50),
        ("deflate", zlib.compress(BODY)[:20] + b"broken" * 50),
        ("br", b"broken" * 10),
        ("zstd", b"\x28\xb5\x2f\xfd\x00\x58" + b"\xff" * 50),
    ],
)
def test_a_broken_body_is_an_error(encoding: str, data: bytes) -> None:
    with pytest.raises(DecodingError, match="cannot be decompressed"):
        decode(encoding, data)


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        ("gzip, gzip", r"is encoded more than once \(gzip, gzip\)"),
        ("br,gzip", "more than once"),
        ("compress", "'compress', which was not asked for"),
        ("x" * 1000, "not asked for"),
    ],
)
def test_other_encodings_are_refused(encoding: str, reason: str) -> None:
    with pytest.raises(DecodingError, match=reason) as caught:
        decoder_for(encoding)
    assert len(str(caught.value)) < 100


def test_a_file_of_countless_gzip_members_is_refused() -> None:
    with pytest.raises(DecodingError, match="too many parts"):
        decode("gzip", gzip.compress(b"") * 1000)


# --- bombs


def bomb(encoding: str) -> bytes:
    """128 MiB of zeros."""
    zeros = bytes(8 * MEBI)
    if encoding == "br":
        compressor = brotli.Compressor(quality=5)
        return b"".join(compressor.process(zeros) for _ in range(16)) + bytes(compressor.finish())
    if encoding == "zstd":
        squeezer = zstandard.ZstdCompressor(level=3).compressobj()
        return b"".join(squeezer.compress(zeros) for _ in range(16)) + squeezer.flush()
    wbits = zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS
    deflater = zlib.compressobj(1, wbits=wbits)
    return b"".join(deflater.compress(zeros) for _ in range(16)) + deflater.flush()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_b25_a_bomb_comes_in_pieces_of_bounded_size(encoding: str) -> None:
    taken, largest = 0, 0
    for piece in decoder_for(encoding).feed(bomb(encoding)):
        taken, largest = taken + len(piece), max(largest, len(piece))
        if taken > 4 * MEBI:
            break
    assert taken > 4 * MEBI
    assert largest <= (2 * MEBI + 128 * 1024 if encoding == "zstd" else 2 * PIECE)


def test_b25_the_densest_zstd_there_is_stays_bounded() -> None:
    """Blocks of 4 bytes that stand for 128 KiB each (RFC 8878, 3.1.1.2)."""
    block = ((128 * 1024 << 3) | (1 << 1)).to_bytes(3, "little") + b"\0"
    frame = b"\x28\xb5\x2f\xfd" + b"\x00" + b"\x58" + block * 1000
    pieces = decoder_for("zstd").feed(frame)
    assert max(len(piece) for piece, _ in zip(pieces, range(20), strict=False)) <= 3 * MEBI


@given(st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(encoding: str, data: bytes) -> None:
    magic = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd"}.get(encoding, b"")
    try:
        decode(encoding, magic + data, step=50)
    except DecodingError:
        return
