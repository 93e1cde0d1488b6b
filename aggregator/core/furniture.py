"""The furniture of an outlet: newsletter boxes, biographies of authors, pointers to other articles,
which recur on its pages and belong to none of its articles.

Learned from the sentences and lines of the outlet's last pages. A page is a bit, and every sentence
has the bits of the pages that it stands on; a new page takes the place of the oldest, so that what
is no longer used is forgotten and a new design is learned within a few pages.

What recurs is not always furniture. The background of a story stands in all its follow-ups, an
article is fetched again, edited, or found at a second address. So pages are told apart by what they
are about: two are of one story when they share sentences, or words that few of the outlet's pages
have. What stands on a page is furniture where it also stands in several *other* stories:

- at the beginning or end of the page, unbroken but for labels: in 4, and in an eighth of them all;
- amid the article, as a whole line of three words or more: in 6, and in a quarter;
- as a whole line of twelve words or more: in 3 and a twelfth, amid the article in 4 and an eighth;
- a shorter label, or one whose date or count differs: in 6, and in half;
- a pointer to another page is known by that page's title.

What speaks of what its page is about has to stand in half of them all. Of at least 16 pages, what
stands on more than half is furniture whatever they are about.

Left alone, therefore: whatever stands on one page only, or in one story only, however often; what
recurs within one line of an article; "Yes."; a page that would have nothing left. A pointer to a
page never seen is left too. One story has no more than a quarter of the places, lest a busy evening
crowd out all else. What stands on most pages of an outlet that has one subject only, such as the
introduction to its one series, is taken for furniture.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from zlib import crc32

from aggregator.core.furniture_page import PageText
from aggregator.core.furniture_state import (
    OF_ONE_STORY,
    PAGES,
    KnownPage,
    Outlet,
    Place,
    Table,
    find_place,
    positions,
)
from aggregator.core.packed import pack

UNITS = 1_200
"""Sentences and lines that are remembered."""
OF_ONE_PAGE = 200
"""New ones, half of them from its beginning and half from its end."""


def learn(known: Outlet, page: PageText) -> tuple[Outlet, Place]:
    """Remember a page; with its place there. The same page again, at whatever address, is the same
    page, and adds no more than what has changed."""
    place = find_place(known, page)
    at = place.own
    text = crc32(pack(page.units))
    if not page.units or (at is not None and known.pages[at].text == text):
        return known, place
    pages, table = list(known.pages), dict(known.table)
    if at is None:
        at = _free_position(known, place)
        if at < len(pages):
            keep = ~(1 << at)
            table = {key: left for key, bits in table.items() if (left := bits & keep)}
        pages[at : at + 1] = [_entry(known, page, place, text)]
        place = replace(place, own=at, related=place.related & ~(1 << at))
        pages = _relate(pages, at, place.related)
        keys = _worth_keeping(page, table, 0)
    else:
        pages[at] = replace(pages[at], text=text)
        keys = _worth_keeping(page, table, sum(bits >> at & 1 for bits in table.values()))
    bit = 1 << at
    for key in keys:
        table[key] = table.get(key, 0) | bit
    return Outlet(pages=tuple(pages), table=_bounded(table, pages)), place


def _entry(known: Outlet, page: PageText, place: Place, text: int) -> KnownPage:
    return KnownPage(
        number=max((other.number for other in known.pages), default=0) + 1,
        address=page.address,
        title=page.title,
        text=text,
        sentences=place.sentences,
        words=pack(sorted(place.words)),
        related=0,
    )


def _free_position(known: Outlet, place: Place) -> int:
    """A new one, or that of the oldest page; of a story that has its share, of its oldest page."""
    pages = known.pages
    siblings = list(positions(place.related))
    if len(siblings) >= OF_ONE_STORY:
        return min(siblings, key=lambda at: pages[at].number)
    if len(pages) < PAGES:
        return len(pages)
    return min(range(len(pages)), key=lambda at: pages[at].number)


def _relate(pages: list[KnownPage], at: int, related: int) -> list[KnownPage]:
    """With the page at that position related to those of the bits `related`, and to no other."""
    bit = 1 << at
    rows = [
        (page.related | bit) if related >> other & 1 else (page.related & ~bit)
        for other, page in enumerate(pages)
    ]
    rows[at] = related
    return [
        page if page.related == row else replace(page, related=row)
        for page, row in zip(pages, rows, strict=True)
    ]


def _worth_keeping(page: PageText, table: Table, kept: int) -> list[int]:
    """Of a page: what is known already, and the beginning and end of the rest; nothing new where
    so much of it has been `kept` before."""
    keys = list(page.units)
    half = OF_ONE_PAGE // 2
    if len(keys) <= OF_ONE_PAGE:
        chosen = keys
    else:
        chosen = [*keys[:half], *filter(table.__contains__, keys[half:-half]), *keys[-half:]]
    if kept >= 2 * OF_ONE_PAGE:
        return list(filter(table.__contains__, chosen))
    return chosen


def _bounded(table: Table, pages: list[KnownPage]) -> Table:
    """Without what stands on one page only, from the oldest page on, while there is too much."""
    excess = len(table) - UNITS
    if excess <= 0:
        return table
    alone = Counter(table.values())
    dropped = set()
    for at in sorted(range(len(pages)), key=lambda at: pages[at].number):
        if excess > 0 and (count := alone[1 << at]):
            dropped.add(1 << at)
            excess -= count
    table = {key: bits for key, bits in table.items() if bits not in dropped}
    if excess <= 0:
        return table
    rarest_first = sorted(table.items(), key=lambda item: (item[1].bit_count(), item[0]))
    return dict(rarest_first[-UNITS:])
