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
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from aggregator.core.fingerprint import pack, unpack
from aggregator.core.furniture_page import SENTENCE_WORDS, PageText, number_of

PAGES = 32
"""That are remembered; each is a bit of a 32-bit number."""
OF_ONE_STORY = PAGES // 4
UNITS = 1_200
"""Sentences and lines that are remembered."""
OF_ONE_PAGE = 200
"""New ones, half of them from its beginning and half from its end."""
WORDS = 24
"""By which pages are told apart."""

_SAME_STORY = 5
"""Shared words from which on two pages are of one story."""
_SAME_STORY_TEXT = 0.4
"""Share of the sentences of the shorter page from which on they are, too."""
_SAME_PAGE_TEXT = 0.6
"""The same, from which on they are one page."""
_RECURRENT = 2
"""Pages on which a line stands whose words tell nothing of a page."""
_FEW = 8
"""Pages of which it cannot be said yet what is common in an outlet."""

EVERY_PAGE = (1 << PAGES) - 1

Table = dict[int, int]
"""Bits of the pages that a sentence or line stands on, by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """One of the outlet's last pages; its bit is its position among them."""

    number: int
    """The outlet's first page is 1."""
    address: int
    title: int
    sentences: int
    """That can tell articles apart."""
    words: bytes
    related: int
    """The bits of other pages of the same story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What is remembered of an outlet, in less than 16 KiB as `codec.encode` writes it."""

    pages: tuple[KnownPage, ...] = ()
    keys: bytes = b""
    """Of sentences and lines, packed 32-bit numbers."""
    bits: bytes = b""
    """Of the pages that each stands on, likewise."""

    def table(self) -> Table:
        return dict(zip(unpack(self.keys), unpack(self.bits), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands among those that are remembered."""

    own: int | None
    """Its position; None: it is not remembered."""
    words: frozenset[int]
    """Those that tell it from the outlet's other pages."""
    related: int
    """The bits of other pages of its story."""


def learn(known: Furniture, page: PageText) -> Furniture:
    """Remember a page. The same page again, at whatever address, is the same page, and adds no
    more than what has changed."""
    if not page.units:
        return known
    table = known.table()
    place = find_place(known, table, page)
    pages = list(known.pages)
    at = place.own
    if at is None:
        at = _free_position(known, place)
        if at < len(pages):
            table = {key: left for key, bits in table.items() if (left := bits & ~(1 << at))}
        pages[at : at + 1] = [_entry(known, page, place)]
        pages = _relate(pages, at, place.related & ~(1 << at))
    bit = 1 << at
    for key in _worth_keeping(page, table, bit):
        table[key] = table.get(key, 0) | bit
    table = _bounded(table, pages)
    return Furniture(pages=tuple(pages), keys=pack(table), bits=pack(table.values()))


def find_place(known: Furniture, table: Table, page: PageText) -> Place:
    pages = known.pages
    shared, sizes = _shared_sentences(known, table, page)
    own = next((at for at, other in enumerate(pages) if other.address == page.address), None)
    if own is None:
        alike = [
            at for at in shared if shared[at] >= 3 and shared[at] >= _SAME_PAGE_TEXT * sizes[at]
        ]
        own = max(alike, key=lambda at: (shared[at] / sizes[at], -at), default=None)
    words = _telling(known, table, page)
    related = 0 if own is None else pages[own].related
    for at, other in enumerate(pages):
        common = len(words.intersection(unpack(other.words)))
        if common >= _SAME_STORY or shared[at] >= max(2, _SAME_STORY_TEXT * sizes.get(at, 0)):
            related |= 1 << at
    return Place(own=own, words=words, related=related)


def count_stories(known: Furniture, bits: int) -> int:
    """Among the pages of `bits`: no two of them that are counted are related."""
    count = 0
    while bits:
        at = bits.bit_length() - 1
        bits &= ~(known.pages[at].related | 1 << at)
        count += 1
    return count


def _shared_sentences(
    known: Furniture, table: Table, page: PageText
) -> tuple[Counter[int], dict[int, int]]:
    """By position of the other page: the sentences that both have, and how many the shorter one
    has. What stands on most of the outlet's pages is left out."""
    pages = known.pages
    most = len(pages) // 2 if len(pages) >= _FEW else PAGES
    shared: Counter[int] = Counter()
    usual: Counter[int] = Counter()
    mine = 0
    for key, unit in page.units.items():
        if unit.words < SENTENCE_WORDS:
            continue
        bits = table.get(key, 0)
        common = bits.bit_count() > most
        mine += not common
        for at in _positions(bits):
            (usual if common else shared)[at] += 1
    sizes = {at: max(1, min(mine, pages[at].sentences - usual[at])) for at in shared}
    return shared, sizes


def _telling(known: Furniture, table: Table, page: PageText) -> frozenset[int]:
    """The words that tell a page from others: of its title, then the more frequent ones of the
    lines that are new; on few enough of the outlet's pages to be those of one story."""
    counts = word_counts(page, table, times=_RECURRENT)
    counts.update(dict.fromkeys(page.title_words, counts.total()))
    ranked = [number_of(word) for word, _ in counts.most_common(4 * WORDS)]
    if len(known.pages) >= _FEW:
        found_on = Counter(chain.from_iterable([unpack(other.words) for other in known.pages]))
        most = min(len(known.pages) // 2, 3 * OF_ONE_STORY // 2)
        ranked = [word for word in ranked if found_on[word] <= most]
    return frozenset(ranked[:WORDS])


def word_counts(
    page: PageText, table: Table, *, times: int, among: int = EVERY_PAGE
) -> Counter[str]:
    """Of lines of which nothing stands on so many of the pages `among`."""
    return Counter(
        chain.from_iterable(
            [
                unit.telling
                for line in page.lines
                if all((table.get(unit.key, 0) & among).bit_count() < times for unit in line.units)
                for unit in line.units
            ]
        )
    )


def _entry(known: Furniture, page: PageText, place: Place) -> KnownPage:
    return KnownPage(
        number=max((other.number for other in known.pages), default=0) + 1,
        address=page.address,
        title=page.title,
        sentences=sum(unit.words >= SENTENCE_WORDS for unit in page.units.values()),
        words=pack(sorted(place.words)),
        related=0,
    )


def _free_position(known: Furniture, place: Place) -> int:
    """A new one, or that of the oldest page; of a story that has its share, of its oldest page."""
    pages = known.pages
    siblings = list(_positions(place.related))
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


def _worth_keeping(page: PageText, table: Table, bit: int) -> list[int]:
    """Of a page: what is known already, and the beginning and end of the rest."""
    keys = list(page.units)
    half = OF_ONE_PAGE // 2
    if len(keys) <= OF_ONE_PAGE:
        chosen = keys
    else:
        chosen = [*keys[:half], *filter(table.__contains__, keys[half:-half]), *keys[-half:]]
    if sum(bits & bit == bit for bits in table.values()) >= 2 * OF_ONE_PAGE:
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


def _positions(bits: int) -> Iterator[int]:
    while bits:
        yield bits.bit_length() - 1
        bits &= ~(1 << (bits.bit_length() - 1))
