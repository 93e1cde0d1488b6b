"""An outlet's page without the outlet's furniture: what goes, what stays, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aggregator.core.furniture_page import Line, PageText, Unit
from aggregator.core.furniture_state import (
    EVERY_PAGE,
    Outlet,
    Place,
    count_stories,
    own_lines,
    word_counts,
)

Needed = tuple[int, int]
"""Pages of so many other stories, which are at least one in so many."""
AT_THE_EDGE: Needed = (4, 8)
"""Of a sentence or line at the beginning or end of a page."""
AMID: Needed = (6, 4)
"""Of a whole line amid the article."""
LONG_AT_THE_EDGE: Needed = (3, 12)
LONG_AMID: Needed = (4, 8)
"""Of a whole line of many words, which do not meet by chance."""
LABELS: Needed = (6, 2)
"""Of what is short, or varies in its date or count, wherever it stands."""
MANY_WORDS = 12
ANYWAY = 2
"""What stands on one in so many pages is furniture even if it speaks of what the page is about."""
ENOUGH_PAGES = 16
"""Of these the same holds for pages of one story, which has no more than a quarter of the places:
an outlet whose pages all read alike has furniture too."""
PASSED_OVER = 6
"""Labels that may stand between furniture and the edge of a page."""
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    text: str
    why: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    left: Mapping[int, tuple[int, int]]
    """By number of each line in which something was found: where in its text what stays of it
    begins and ends; (0, 0): nothing stays."""
    removed: tuple[Removed, ...]
    """In the order of the page."""


NOTHING = Removal(left={}, removed=())


class _At(NamedTuple):
    """A unit in its line."""

    line: int
    unit: int


def find_furniture(page: PageText, known: Outlet, place: Place) -> Removal:
    """`known` may have learned the page itself or not: it is judged by the outlet's other pages.
    `place` is the page's own among them."""
    judge = _Judge(page, known, place)
    found = judge.edges()
    found.update(judge.amid(found))
    if not found or judge.nothing_left(found):
        return NOTHING
    in_order = sorted(found)
    removed = [
        Removed(text=page.lines[at.line].units[at.unit].text, why=found[at]) for at in in_order
    ]
    lines = dict.fromkeys(at.line for at in in_order)
    left = {number: _left(page.lines[number], number, found) for number in lines}
    return Removal(left=left, removed=tuple(removed))


class _Judge:
    """Says of a unit why it is furniture; "": it is not."""

    def __init__(self, page: PageText, known: Outlet, place: Place) -> None:
        self._page, self._known, self._table = page, known, known.table
        own = 0 if place.own is None else 1 << place.own
        self._others = ((1 << len(known.pages)) - 1) & ~(own | place.related)
        self._stories = count_stories(known, self._others)
        self._titles = {other.title for at, other in enumerate(known.pages) if at != place.own}
        self._titles -= {0, page.title}
        self._counts: dict[int, int] = {}
        self._about: frozenset[str] | None = None

    def edges(self) -> dict[_At, str]:
        units = [
            _At(number, position)
            for number, line in enumerate(self._page.lines)
            for position in range(len(line.units))
        ]
        return {**self._edge(units), **self._edge(units[::-1])}

    def amid(self, found: Mapping[_At, str]) -> dict[_At, str]:
        more: dict[_At, str] = {}
        for number, line in enumerate(self._page.lines):
            places = [_At(number, position) for position in range(len(line.units))]
            if why := self._why_line(line, LONG_AMID) or self._why_title(line, amid=True):
                more.update(dict.fromkeys(places, why))
                continue
            units = zip(places, line.units, strict=True)
            whys = [found.get(at) or self._why(unit, AMID) for at, unit in units]
            if all(whys):
                more.update(zip(places, whys, strict=True))
        return more

    def nothing_left(self, found: Mapping[_At, str]) -> bool:
        return not any(
            unit.key and _At(number, position) not in found
            for number, line in enumerate(self._page.lines)
            for position, unit in enumerate(line.units)
        )

    def _edge(self, units: Sequence[_At]) -> dict[_At, str]:
        found: dict[_At, str] = {}
        passed = 0
        for at in units:
            line = self._page.lines[at.line]
            unit = line.units[at.unit]
            if why := (
                self._why(unit, AT_THE_EDGE)
                or self._why_line(line, LONG_AT_THE_EDGE)
                or self._why_title(line, amid=False)
            ):
                found[at] = why
            elif unit.is_sentence or passed == PASSED_OVER:
                break
            else:
                passed += 1
        return found

    def _why(self, unit: Unit, needed: Needed) -> str:
        if unit.varies or unit.words < FEWEST_WORDS:
            if unit.is_sentence:
                return ""
            needed = LABELS
        return self._why_bits(self._table.get(unit.key, 0), [unit], needed)

    def _why_line(self, line: Line, needed: Needed) -> str:
        if sum(unit.words for unit in line.units) < MANY_WORDS:
            return ""
        bits = EVERY_PAGE
        for unit in line.units:
            bits &= self._table.get(unit.key, 0)
        return self._why_bits(bits, line.units, needed)

    def _why_bits(self, bits: int, units: Sequence[Unit], needed: Needed) -> str:
        known = len(self._known.pages)
        if known >= ENOUGH_PAGES and bits.bit_count() * ANYWAY > known:
            return f"It stands on {bits.bit_count()} of the outlet's last {known} pages."
        bits &= self._others
        if not bits:
            return ""
        if bits not in self._counts:
            self._counts[bits] = count_stories(self._known, bits)
        count = self._counts[bits]
        if count < needed[0] or count * needed[1] < self._stories:
            return ""
        if count * ANYWAY < self._stories and self._speaks_of_the_page(units):
            return ""
        pages, of = bits.bit_count(), self._others.bit_count()
        return f"It stands on {pages} of the outlet's last {of} pages about other things."

    def _speaks_of_the_page(self, units: Sequence[Unit]) -> bool:
        """As the background of a story does, which is told in all articles about it: of its words
        a third, and two, are in the title or more than once in what the page has of its own."""
        if self._about is None:
            lines = own_lines(self._page, self._titles)
            counts = word_counts(lines, self._table, times=1, among=self._others)
            often = (word for word, count in counts.items() if count >= 2)
            self._about = frozenset(self._page.title_words).union(often)
        words = {word for unit in units for word in unit.telling}
        spoken = len(words & self._about)
        return spoken >= 2 and 3 * spoken >= len(words)

    def _why_title(self, line: Line, *, amid: bool) -> str:
        """A line that names another page; amid an article only behind words and a colon, for the
        heading of a section may have the same wording."""
        if not any(title in self._titles for title in line.titles[1 if amid else 0 :]):
            return ""
        return "It is the title of another page of the outlet."


def _left(line: Line, number: int, found: Mapping[_At, str]) -> tuple[int, int]:
    """From the first unit that stays to the last: furniture leaves no gaps in a line."""
    kept: list[tuple[int, int]] = []
    end = 0
    for position, unit in enumerate(line.units):
        start = line.text.index(unit.text, end)
        end = start + len(unit.text)
        if _At(number, position) not in found:
            kept.append((start, end))
    return (kept[0][0], kept[-1][1]) if kept else (0, 0)
