"""What is remembered of an outlet, and where a page stands among it: which of the remembered pages
it is, and which are of its story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain

from aggregator.core.furniture_page import SENTENCE_WORDS, Line, PageText, Unit, number_of
from aggregator.core.packed import pack, unpack

PAGES = 32
"""That are remembered; each is a bit of a 32-bit number."""
OF_ONE_STORY = PAGES // 4
WORDS = 24
"""By which pages are told apart."""
EVERY_PAGE = (1 << PAGES) - 1

_SAME_STORY = 5
"""Shared words from which on two pages are of one story."""
_SAME_STORY_TEXT = 0.4
"""Share of the sentences of the shorter page from which on they are, too."""
_SAME_PAGE_TEXT = 0.6
"""The same, from which on two pages with one title are one page."""
_RECURRENT = 2
"""Pages on which a line stands whose words tell nothing of a page."""
_FEW = 8
"""Pages of which it cannot be said yet what is common in an outlet."""

Table = dict[int, int]
"""Bits of the pages that a sentence or line stands on, by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """One of the outlet's last pages; its bit is its position among them."""

    number: int
    """The outlet's first page is 1."""
    address: int
    title: int
    text: int
    """By which the very same page is known."""
    sentences: int
    """That can tell articles apart."""
    words: bytes
    related: int
    """The bits of other pages of the same story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What is remembered of an outlet, as it is stored: in less than 16 KiB."""

    pages: tuple[KnownPage, ...]
    keys: bytes
    """Of sentences and lines, packed 32-bit numbers."""
    bits: bytes
    """Of the pages that each stands on, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """The same as it is worked with; not to be changed."""

    pages: tuple[KnownPage, ...] = ()
    table: Table = field(default_factory=dict)

    def packed(self) -> Furniture:
        keys, bits = pack(self.table), pack(self.table.values())
        return Furniture(pages=self.pages, keys=keys, bits=bits)


def unpacked(stored: Furniture) -> Outlet:
    """Raises ValueError for what `packed` has not made."""
    table = dict(zip(unpack(stored.keys), unpack(stored.bits), strict=True))
    return Outlet(pages=stored.pages, table=table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands among those that are remembered."""

    own: int | None
    """Its position; None: it is not remembered."""
    words: frozenset[int]
    """Those that tell it from the outlet's other pages."""
    sentences: int
    """As in `KnownPage`."""
    related: int
    """The bits of other pages of its story."""


def find_place(known: Outlet, page: PageText) -> Place:
    pages = known.pages
    titles = {other.title for other in pages}
    lines = own_lines(page, titles)
    sentences = {unit.key for line in lines for unit in line.units if _is_long(unit)}
    shared, sizes = _shared_sentences(known, sentences)
    own = _find_page(pages, page, shared, sizes)
    others = [unpack(other.words) for other in pages]
    words = _telling(known, page, lines, others)
    related = 0 if own is None else pages[own].related
    for at, theirs in enumerate(others):
        common = len(words.intersection(theirs))
        if common >= _SAME_STORY or shared[at] >= max(2, _SAME_STORY_TEXT * sizes.get(at, 0)):
            related |= 1 << at
    return Place(own=own, words=words, sentences=len(sentences), related=related)


def _find_page(
    pages: Sequence[KnownPage], page: PageText, shared: Counter[int], sizes: Mapping[int, int]
) -> int | None:
    """The position of the page itself: by its address; else by its title and most of its text, or
    all of its text, for two short articles may have little else than their outlet's furniture."""
    for at, other in enumerate(pages):
        if other.address == page.address:
            return at
    alike = []
    for at, count in shared.items():
        same_title = page.title and page.title == pages[at].title
        if count >= max(3, (_SAME_PAGE_TEXT if same_title else 1) * sizes[at]):
            alike.append(at)
    return max(alike, key=lambda at: (shared[at] / sizes[at], -at), default=None)


def count_stories(known: Outlet, bits: int) -> int:
    """Among the pages of `bits`: no two of them that are counted are related."""
    count = 0
    while bits:
        at = bits.bit_length() - 1
        bits &= ~(known.pages[at].related | 1 << at)
        count += 1
    return count


def own_lines(page: PageText, titles: AbstractSet[int]) -> list[Line]:
    """Those that do not name one of other pages' `titles`: a list of them is about many stories."""
    others = titles - {0, page.title}
    return [line for line in page.lines if others.isdisjoint(line.titles)]


def _is_long(unit: Unit) -> bool:
    return unit.words >= SENTENCE_WORDS and unit.key != 0


def _shared_sentences(
    known: Outlet, sentences: AbstractSet[int]
) -> tuple[Counter[int], dict[int, int]]:
    """By position of the other page: the sentences that both have, and how many the shorter one
    has. What stands on most of the outlet's pages is left out."""
    pages, table = known.pages, known.table
    most = len(pages) // 2 if len(pages) >= _FEW else PAGES
    shared: Counter[int] = Counter()
    usual: Counter[int] = Counter()
    mine = 0
    for bits, count in Counter([table.get(key, 0) for key in sentences]).items():
        common = bits.bit_count() > most
        mine += 0 if common else count
        for at in positions(bits):
            (usual if common else shared)[at] += count
    sizes = {at: max(1, min(mine, pages[at].sentences - usual[at])) for at in shared}
    return shared, sizes


def _telling(
    known: Outlet, page: PageText, lines: Sequence[Line], others: Sequence[Sequence[int]]
) -> frozenset[int]:
    """The words that tell a page from others: of its title, then the more frequent ones of the
    lines that are new; on few enough of the outlet's pages to be those of one story."""
    counts = word_counts(lines, known.table, times=_RECURRENT)
    counts.update(dict.fromkeys(page.title_words, counts.total()))
    ranked = [number_of(word) for word, _ in counts.most_common(4 * WORDS)]
    if len(known.pages) >= _FEW:
        found_on = Counter(chain.from_iterable(others))
        most = min(len(known.pages) // 2, 3 * OF_ONE_STORY // 2)
        ranked = [word for word in ranked if found_on[word] <= most]
    return frozenset(ranked[:WORDS])


def word_counts(
    lines: Iterable[Line], table: Table, *, times: int, among: int = EVERY_PAGE
) -> Counter[str]:
    """Of lines of which nothing stands on so many of the pages `among`."""
    found: list[str] = []
    for line in lines:
        for unit in line.units:
            if (table.get(unit.key, 0) & among).bit_count() >= times:
                break
        else:
            for unit in line.units:
                found += unit.telling
    return Counter(found)


def positions(bits: int) -> Iterator[int]:
    while bits:
        yield bits.bit_length() - 1
        bits &= ~(1 << (bits.bit_length() - 1))
