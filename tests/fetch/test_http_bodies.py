"""Bodies from a real server on loopback: decoded, and bounded in size and time."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Callable

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard
from clients import FEED
from exchanging import MEBI, dripping, exchange
from server import Answer

from aggregator.types import FailureGrade, Fetched, FetchRequest


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("gzip", bytes),
    ],
)
def test_b24_encoded_bodies_are_decoded(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    answer = Answer(body=encode(FEED), headers=[("Content-Encoding", encoding)])
    assert exchange(answer).fetched.body == FEED


def zeros(encoding: str) -> bytes:
    data = bytes(64 * MEBI)
    if encoding == "gzip":
        return gzip.compress(data, 1)
    if encoding == "br":
        return bytes(brotli.compress(data, quality=5))
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_b25_a_bomb_is_cut(encoding: str) -> None:
    result = exchange(
        Answer(body=zeros(encoding), headers=[("Content-Encoding", encoding)]),
        request=lambda url: FetchRequest(url=url, max_bytes=2 * MEBI),
    )
    assert result.failed.reason == "the body is larger than 2 MiB"
    assert result.failed.grade is FailureGrade.HARD


def test_b25_a_stacked_bomb_is_refused_unread() -> None:
    body = gzip.compress(zeros("gzip"))
    failed = exchange(Answer(body=body, headers=[("Content-Encoding", "gzip, gzip")])).failed
    assert failed.reason == "the body is encoded more than once (gzip, gzip)"


@pytest.mark.parametrize("size", [1_000, 1_001])
def test_b25_the_bound_is_exact(size: int) -> None:
    result = exchange(
        Answer(body=bytes(size)), request=lambda url: FetchRequest(url=url, max_bytes=1_000)
    )
    (outcome,) = result.outcomes
    assert isinstance(outcome, Fetched) is (size == 1_000)


async def _for_ever() -> AsyncIterator[bytes]:
    while True:
        yield b"<item/>" * 1_000


def test_b25_an_endless_body_is_cut() -> None:
    result = exchange(
        Answer(chunks=_for_ever), request=lambda url: FetchRequest(url=url, max_bytes=MEBI)
    )
    assert result.failed.reason == "the body is larger than 1 MiB"


def test_b25_endless_input_that_decodes_to_nothing_is_cut() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"\x28\xb5\x2f\xfd\x00\x58"
        while True:
            yield b"\0\0\0" * 1_000  # empty blocks that are not the last

    result = exchange(
        Answer(chunks=chunks, headers=[("Content-Encoding", "zstd")]),
        request=lambda url: FetchRequest(url=url, max_bytes=MEBI),
    )
    assert result.failed.reason == "the body is larger than 1 MiB"


def test_b25_a_dripping_body_is_cut_by_the_deadline() -> None:
    failed = exchange(Answer(chunks=dripping), timeout=0.3).failed
    assert (failed.reason, failed.grade) == ("took longer than 0.3 s", FailureGrade.PASSING)


def test_b25_dripping_headers_are_cut_by_the_deadline() -> None:
    async def fields() -> AsyncIterator[bytes]:
        async for drop in dripping():
            yield b"X-Drop: " + drop + b"\r\n"

    failed = exchange(Answer(raw=b"HTTP/1.1 200 OK\r\n", chunks=fields), timeout=0.3).failed
    assert (failed.reason, failed.status) == ("took longer than 0.3 s", None)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=FEED[:100], declared=len(FEED)),
        Answer(body=gzip.compress(FEED)[:-20], headers=[("Content-Encoding", "gzip")]),
        Answer(
            body=zstandard.ZstdCompressor().compress(FEED)[:-5],
            headers=[("Content-Encoding", "zstd")],
        ),
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"),
    ],
)
def test_b09_a_truncated_body_is_a_failure(answer: Answer) -> None:
    failed = exchange(answer).failed
    assert failed.reason == "the body broke off before its end"
    assert (failed.grade, failed.status) == (FailureGrade.PASSING, 200)


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    raw = b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + FEED
    assert exchange(Answer(raw=raw)).fetched.body == FEED
