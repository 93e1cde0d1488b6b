"""What kind of picture some bytes are, by how they begin: what a server says of them may deceive.

The beginnings are those of WHATWG's MIME Sniffing Standard, section 6.1, and for AVIF those of its
specification (AV1 Image File Format, section 6). SVG is none of them: it is a document, and may
hold scripts.
"""

from __future__ import annotations

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_AVIF = frozenset({b"avif", b"avis"})
_LONGEST_BRANDS = 256
"""Bytes of the box with the brands that are looked at."""


def media_type(data: bytes) -> str | None:
    """As in image/jpeg; None: it is no picture that we pass on."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:14] == b"WEBPVP":
        return "image/webp"
    if data[4:8] == b"ftyp" and not _AVIF.isdisjoint(_brands(data)):
        return "image/avif"
    return None


def _brands(data: bytes) -> set[bytes]:
    """The major brand of an ISO base media file, and those it says it is compatible with."""
    end = min(int.from_bytes(data[:4], "big"), len(data), _LONGEST_BRANDS)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}
