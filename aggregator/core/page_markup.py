"""From the bytes of a page to its tree; what is no page is refused."""

from __future__ import annotations

import re

from aggregator.core.html import Element, decode, parse_document
from aggregator.errors import ExtractError
from aggregator.types import PageCopy

_SIGNATURES = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "an image",
    b"GIF8": "an image",
    b"\xff\xd8\xff": "an image",
    b"RIFF": "an image, sound or film",
    b"PK\x03\x04": "an archive or office document",
    b"\x1f\x8b": "compressed data",
    b"\x00\x00\x00": "sound or film",
    b"ID3": "sound",
    b"OggS": "sound or film",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_UNREADABLE_TYPE = re.compile(
    r"\s*(?:image|audio|video|font)/(?!svg)|\s*application/(?:pdf|zip|octet-stream|msword|epub)",
    re.IGNORECASE,
)
_CDATA = "<![CDATA["


def read_markup(page: PageCopy) -> Element:
    """The tree of a page, without comments.

    Raises ExtractError for an empty page and for a binary document.
    """
    _refuse_binary(page)
    markup = decode(page.body, page.content_type)
    if not markup.strip():
        raise ExtractError("The page is empty.", url=page.url)
    if _CDATA in markup:
        # In HTML it begins a comment; some publishers take their pages for XML.
        markup = markup.replace(_CDATA, "").replace("]]>", "")
    return parse_document(markup)


def _refuse_binary(page: PageCopy) -> None:
    body, url = page.body, page.url
    for signature, kind in _SIGNATURES.items():
        if body.startswith(signature):
            raise ExtractError(f"The address leads to {kind}, not to a page.", url=url)
    head = body[:1_024]
    wide = head.startswith(_UTF_16)
    if _UNREADABLE_TYPE.match(page.content_type or "") or (b"\0" in head and not wide):
        raise ExtractError("The address leads to binary data, not to a page.", url=url)
