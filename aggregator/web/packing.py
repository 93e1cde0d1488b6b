"""Pages compressed without telling their secrets.

Of a compressed page the length says how much of what is in it is said twice. Where a page holds a
secret beside words that another has chosen, he who sees the length of many answers can guess the
secret letter by letter (the attack BREACH). So what must not be told is not compressed: it stands
in blocks of its own that are stored as they are (RFC 1951, section 3.2.4), and nothing behind such
a block is compressed by what was before it. The length is then the same whatever the secret is.
"""

from __future__ import annotations

import struct
import zlib

from starlette.requests import Request
from starlette.responses import Response

from aggregator.web.access.visitor import visitor_of

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Of a gzip file (RFC 1952) without a name and a time."""
_LEVEL = 6
_LONGEST_BLOCK = 65_535
SMALL = 1_000
"""Bytes; less is not worth it."""


def packed(request: Request, response: Response) -> None:
    """Compress the page, where the browser takes that and there is enough of it; the token of its
    forms is the secret."""
    response.headers.append("Vary", "Accept-Encoding")
    body = bytes(response.body)
    if len(body) < SMALL or "gzip" not in request.headers.get("accept-encoding", ""):
        return
    response.body = gzipped(body, visitor_of(request).csrf.encode())
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))


def gzipped(content: bytes, secret: bytes) -> bytes:
    """As a gzip file, with the secret as it is wherever it stands; empty: there is none.

    Raises ValueError for a secret longer than 65,535 bytes, which no one block holds.
    """
    if len(secret) > _LONGEST_BLOCK:
        raise ValueError("a secret has at most 65,535 bytes")
    parts = content.split(secret) if secret else [content]
    stored = struct.pack("<BHH", 0, len(secret), len(secret) ^ 0xFFFF) + secret
    deflated = stored.join(map(_deflated, parts))
    end = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return _HEAD + deflated + _LAST + end


def _deflated(part: bytes) -> bytes:
    """Blocks that end at a whole byte, none of them the last one."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(part) + compressor.flush(zlib.Z_FULL_FLUSH)


_LAST = b"\x03\x00"
"""An empty block that is the last one."""
