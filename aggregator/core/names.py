"""Names, numbers and dates of a text: by them an event is recognised whatever the wording.

Names are told by capitals alone: a run of capitalised words is one name. The first word of a
sentence proves nothing, nor does a headline that capitalises every word; from these only names
are taken that the text shows elsewhere. Scripts without capitals give numbers and dates only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import numpy as np

from aggregator.core.arrays import Bytes, Ids, Places
from aggregator.core.monthnames import MONTH_FIRST, SHORT

NAMES = 40
"""At most so many are kept of a text."""
NAME_WORDS = 8
"""A name has no more; what is longer is parted."""
_LONG = b"\1" * NAME_WORDS

# Kinds of tokens. Plain integers: a text has hundreds, and an enum costs three times as much.
WORD: Final = 0
COMMON: Final = 1
"""A function word."""
MONTH: Final = 2
"""A month that is no name by itself: in small letters, or also a function word."""
CAPITAL: Final = 3
SHORT_MONTH: Final = 4
"""A word in capitals that is also short for a month: Jan, Mar."""
ACRONYM: Final = 5
NUMBER: Final = 6
CALENDAR: Final = 7
"""The name of a day or month in capitals: it stands alone."""
BREAK: Final = 8
"""Punctuation inside a sentence. From here on a token is no word."""
POINT: Final = 9
"""A full stop that ends no sentence: of an abbreviation, an initial, a German date."""
COLON: Final = 10
SENTENCE: Final = 11
OPEN: Final = 12
CLOSE: Final = 13
PARAGRAPH: Final = 14

POINT_MARK: Final = "\u2024"
"""Stands for the full stop of kind POINT."""

_MARKS = {
    **dict.fromkeys("(),;，、،؛", BREAK),
    **dict.fromkeys(".!?…。！？؟।", SENTENCE),
    ":": COLON,
    "“": OPEN,
    "”": CLOSE,
    "\n": PARAGRAPH,
    POINT_MARK: POINT,
}
# By kind: whether names, numbers and dates are made of it; and so on.
_MARKED = np.isin(np.arange(256), [MONTH, CAPITAL, SHORT_MONTH, ACRONYM, NUMBER, CALENDAR])
_CAPITALS = np.isin(np.arange(256), [CAPITAL, SHORT_MONTH, ACRONYM])
_ALONE = np.isin(np.arange(256), [ACRONYM, NUMBER, CALENDAR])
_MONTHS = np.isin(np.arange(256), [MONTH, SHORT_MONTH, CALENDAR])
_BEFORE_CAPITALS = frozenset([COLON, SENTENCE, OPEN, PARAGRAPH])
_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "ibn", "la", "of"}
    | {"ul", "van", "von"}
)
_OF = frozenset(["of", "the", "de", "del", "di", "d", "den", "o"])
"""Between a day and its month."""
ABBREVIATIONS: Final = frozenset(
    {"Capt", "Col", "Dr", "Gen", "Gov", "Hon", "Inc", "Jr", "Lt", "Ltd", "Mr", "Mrs", "Ms", "No"}
    | {"Prof", "Rep", "Sen", "Sgt", "Sr", "St"}
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a title and a text, as far as names are concerned."""

    ids: Ids
    kinds: Bytes
    """One a token."""
    written: Sequence[str]
    """By the number of a token."""
    days: Mapping[int, int]
    """By the number of a token: what day of a month it can be."""
    months: Mapping[int, int]
    """By the number of a token: what month it can be, 1 to 12."""
    language: str
    title: int
    """How many of them are the title's, the end of its line included."""


def kind_of(token: str) -> int:
    """What a token is, if it is no function word and not of the calendar."""
    if token in _MARKS:
        return _MARKS[token]
    if token[0].isdecimal():
        return NUMBER
    if not token[0].isupper():
        return WORD
    return ACRONYM if len(token) > 1 and token.isupper() else CAPITAL


def find_names(tokens: Tokens) -> tuple[tuple[str, int], ...]:
    """(name, number or date as written, count): the most frequent, those of the beginning first.

    Dates are written "7 Feb" in every language.
    """
    marked = _MARKED[tokens.kinds].nonzero()[0]
    if not len(marked):
        return ()
    sure, doubtful = _facts(tokens, marked)
    found = Counter(sure)
    known = set(" ".join(found).split())
    alone = len(tokens.ids) <= tokens.title
    for run in doubtful:
        name = run if alone else " ".join([part for part in run.split() if part in known])
        if name:
            found[name] += 1
    # As most_common, which takes three times as long.
    return tuple(sorted(found.items(), key=itemgetter(1), reverse=True)[:NAMES])


def _capitalises_all(kinds: bytes) -> bool:
    capital = kinds.count(CAPITAL) + kinds.count(ACRONYM)
    return capital >= 3 and capital > 2 * kinds.count(WORD)


def _facts(tokens: Tokens, marked: Places) -> tuple[list[str], list[str]]:
    """Runs of capitals, single numbers and dates: the certain ones, and those that may be none."""
    kinds = tokens.kinds[marked]
    written = list(map(tokens.written.__getitem__, tokens.ids[marked].tolist()))
    left_out = _dated(tokens, marked, kinds, written)
    begins, between = _runs(tokens, marked, kinds)
    stands_alone = _ALONE[kinds].tolist()
    places, around = marked.tolist(), tokens.kinds.tobytes()
    headline = 0
    if _capitalises_all(around[: tokens.title]):
        headline = tokens.title
    sure: list[str] = []
    doubtful: list[str] = []
    for first, end in zip(begins, [*begins[1:], len(written)], strict=True):
        name = written[first]
        if end - first > 1:
            certain = True
            for at in range(first + 1, end):
                name += between.get(at, " ") + written[at]
        elif first in left_out:
            continue
        else:
            certain = stands_alone[first] or not _begins(around, places[first])
        if certain and (places[first] >= headline or name[0].isdecimal()):
            sure.append(name)
        else:
            doubtful.append(name)
    return sure, doubtful


def _begins(kinds: bytes, at: int) -> bool:
    """Whether a sentence begins there, or what is said: then a capital proves nothing."""
    before = kinds[at - 1] if at else PARAGRAPH
    if before == CLOSE:
        return at > 1 and kinds[at - 2] == SENTENCE
    return before in _BEFORE_CAPITALS


def _runs(tokens: Tokens, marked: Places, kinds: Bytes) -> tuple[list[int], dict[int, str]]:
    """Where among the marked tokens a run begins; what stands inside one before a token."""
    capital = _CAPITALS[kinds]
    gaps = marked[1:] - marked[:-1]
    gaps[~(capital[1:] & capital[:-1])] = 0
    joined = gaps == 1
    between: dict[int, str] = {}
    near = (gaps == 2).nonzero()[0]
    middle = marked[near] + 1
    for at, number, kind in zip(
        near.tolist(), tokens.ids[middle].tolist(), tokens.kinds[middle].tolist(), strict=True
    ):
        if kind == POINT:
            joined[at] = True
        elif kind < BREAK and tokens.written[number] in _PARTICLES:
            joined[at] = True
            between[at + 1] = f" {tokens.written[number]} "
    begins = [0, *((~joined).nonzero()[0] + 1).tolist()]
    if _LONG in joined.tobytes():  # text in capitals
        runs = zip(begins, [*begins[1:], len(marked)], strict=True)
        begins = [at for first, end in runs for at in range(first, end, NAME_WORDS)]
    return begins, between


def _dated(tokens: Tokens, marked: Places, kinds: Bytes, written: list[str]) -> set[int]:
    """Writes dates where they begin, as a kind of numbers, and tells which of the marked tokens
    are then left out."""
    left_out: set[int] = set()
    months = _MONTHS[kinds].nonzero()[0].tolist()
    if not months:
        return left_out
    numbers, places = tokens.ids[marked].tolist(), marked.tolist()
    for at in months:
        month = tokens.months.get(numbers[at])
        if month is None:
            continue
        first, day = at - 1, None
        if at and at - 1 not in left_out and _is_near(tokens, places[at - 1], places[at]):
            day = tokens.days.get(numbers[at - 1])
        if day is None and tokens.language in MONTH_FIRST and at + 1 < len(places):
            first = at
            if _is_near(tokens, places[at], places[at + 1]):
                day = tokens.days.get(numbers[at + 1])
        if day is not None:
            written[first] = f"{day} {SHORT[month - 1]}"
            kinds[first : first + 2] = NUMBER
            left_out.add(first + 1)
        elif kinds[at] == MONTH:
            left_out.add(at)
    return left_out


def _is_near(tokens: Tokens, one: int, other: int) -> bool:
    """Whether what stands between two tokens leaves them one date."""
    return other - one <= 3 and all(
        tokens.kinds[at] == POINT
        or (tokens.kinds[at] <= COMMON and tokens.written[tokens.ids[at]] in _OF)
        for at in range(one + 1, other)
    )
