"""The picture of an article: hills before a sky, drawn from its slug alone.

PNG (ISO/IEC 15948) with a palette, without a filter: large even areas compress by themselves.
"""

from __future__ import annotations

import colorsys
import math
import struct
import zlib
from functools import lru_cache

from aggregator.demo.model import Article

WIDTH, HEIGHT = 1280, 720
PICTURE_TYPE = "image/png"

_SKY = 96
"""Shades of it, from the top down."""
_RIDGES = 3
"""Hills, the farthest first."""
_SUN = _SKY + _RIDGES
"""The last colour of the palette."""
_KEPT = 64
"""Pictures; the press has fewer."""


def picture_of(article: Article) -> bytes:
    return _drawn(zlib.crc32(article.slug.encode()))


@lru_cache(maxsize=_KEPT)
def _drawn(seed: int) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)  # 8 bits, a palette
    # Columns are put together from a few runs each; a row is every HEIGHT-th of all their pixels.
    columns = b"".join(_columns(seed))
    rows = b"".join(b"\0" + columns[row::HEIGHT] for row in range(HEIGHT))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", _palette(seed)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(seed: int) -> bytes:
    """Sky from deep to pale, hills from pale to deep, all of one hue; the sun is warm."""
    hue = seed % 360 / 360
    sky = [_rgb(hue, 0.62 + 0.26 * step / _SKY, 0.38) for step in range(_SKY)]
    hills = [_rgb(hue + 0.04, 0.58 - 0.15 * ridge, 0.32) for ridge in range(_RIDGES)]
    return b"".join((*sky, *hills, _rgb(0.12, 0.93, 0.8)))


def _rgb(hue: float, lightness: float, saturation: float) -> bytes:
    return bytes(round(255 * part) for part in colorsys.hls_to_rgb(hue % 1, lightness, saturation))


def _columns(seed: int) -> list[bytes]:
    """Of each column its pixels, as numbers of colours."""
    sky = bytes(row * _SKY // HEIGHT for row in range(HEIGHT))
    sun_x, sun_y, radius = WIDTH * (2 + seed // 7 % 7) / 10, HEIGHT * 0.32, HEIGHT * 0.11
    found = []
    for x in range(WIDTH):
        half = math.sqrt(max(radius**2 - (x - sun_x) ** 2, 0))
        top, bottom = round(sun_y - half), round(sun_y + half)
        column = sky[:top] + bytes([_SUN]) * (bottom - top) + sky[bottom:]
        for ridge in range(_RIDGES):
            crest = _crest(seed, ridge, x / WIDTH)
            column = column[:crest] + bytes([_SKY + ridge]) * (HEIGHT - crest)
        found.append(column)
    return found


def _crest(seed: int, ridge: int, x: float) -> int:
    """The row where a hill begins, at `x` in [0, 1)."""
    phase = (seed >> 8 * ridge) % 256 / 256 * math.tau
    wave = math.sin(math.tau * x * (0.8 + 0.3 * ridge) + phase)
    ripple = math.sin(math.tau * x * (2.3 + ridge) + 2 * phase)
    return round(HEIGHT * (0.55 + 0.15 * ridge + 0.07 * wave + 0.02 * ripple))
