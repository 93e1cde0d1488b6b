"""What kind of picture bytes are."""

from __future__ import annotations

import pytest

from aggregator.core.picture_types import media_type


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"GIF89a\x01\x00\x01\x00", "image/gif"),
        (b"GIF87a\x01\x00\x01\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1miaf", "image/avif"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00miafavif", "image/avif"),
    ],
)
def test_pictures_are_known_by_how_they_begin(beginning: bytes, kind: str) -> None:
    assert media_type(beginning + bytes(20)) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><title>Not here</title>",
        b" \x89PNG\r\n\x1a\n",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42",
        # the brand stands behind the end of the box
        b"\x00\x00\x00\x14ftypmif1\x00\x00\x00\x00miafavif",
        b"\x00\x00\x00\x0cftyp",
    ],
)
def test_everything_else_is_no_picture(data: bytes) -> None:
    assert media_type(data) is None
