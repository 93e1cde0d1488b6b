"""The body of an outlet's page without the outlet's furniture, page after page.

furniture_page     a page's lines and sentences, and what it is about
furniture_state    what is remembered of an outlet, and where a page stands among it
furniture          what is furniture, and how it is learned
furniture_removal  what of a page goes, and why
furniture_markup   the same taken out of the page's markup
"""

from __future__ import annotations

from dataclasses import dataclass, field
from zlib import crc32

from aggregator.codec import decode, encode
from aggregator.core.furniture import learn
from aggregator.core.furniture_markup import without_lines
from aggregator.core.furniture_page import read_page
from aggregator.core.furniture_removal import Removed, find_furniture
from aggregator.core.furniture_state import Furniture, Outlet, unpacked
from aggregator.core.markup import to_text

SETTLED = (8, 20)
"""Remembered pages with which much of an outlet's furniture is known, then all of it."""
_LONGEST = 1_000_000
"""Characters of a body that is looked at; no article is as long, and nothing is learned of it."""
VERSION = 1
"""Of what is stored; to be raised whenever a key or a bit gets another meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    html: str
    """The same string where nothing was removed."""
    furniture: bytes = field(repr=False)
    """What is known of the outlet now."""
    settled: bool
    """With this page as many pages of the outlet are remembered, for the first time, as it takes to
    clear its earlier articles again."""
    removed: tuple[Removed, ...]
    """In the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    version: int
    check: int
    """Of `state`."""
    state: bytes


def clear_html(html: str, known: bytes, *, address: str, title: str) -> Cleared:
    """Learn a page, then take out what is furniture by all that is known of the outlet's pages.

    `html` is the sanitised body, `known` what the outlet's last page gave (empty: nothing yet; what
    cannot be read counts as that), `address` the page's own; what follows a "#" names no other
    page. Blocks of which nothing is left go with the images in them, and so do lists, tables,
    quotations and sections.
    """
    if len(html) > _LONGEST:
        return Cleared(html=html, furniture=known, settled=False, removed=())
    before = _read(known)
    page = read_page(to_text(html), address=address.partition("#")[0], title=title)
    outlet, place = learn(before, page)
    found = find_furniture(page, outlet, place)
    left = without_lines(html, page.lines, found.left) if found.left else None
    return Cleared(
        html=html if left is None else left,
        furniture=known if outlet is before and outlet.pages else _write(outlet),
        settled=any(len(before.pages) < pages <= len(outlet.pages) for pages in SETTLED),
        removed=() if left is None else found.removed,
    )


def _read(known: bytes) -> Outlet:
    if not known:
        return Outlet()
    try:
        stored = decode(known, _Stored)
        if stored.version == VERSION and stored.check == crc32(stored.state):
            return unpacked(decode(stored.state, Furniture))
    except ValueError:
        pass
    return Outlet()


def _write(outlet: Outlet) -> bytes:
    if not outlet.pages:
        return b""
    state = encode(outlet.packed())
    return encode(_Stored(version=VERSION, check=crc32(state), state=state))
