"""Names, numbers and dates of a text: by them an event is recognised whatever the wording.

Names are told by capitals alone: a run of capitalised words is one name. The first word of a
sentence proves nothing, nor does a headline that capitalises every word; from these only names
are taken that the text shows elsewhere. Scripts without capitals give numbers and dates only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from operator import itemgetter
from typing import Final

import numpy as np

from aggregator.core import fact_keys
from aggregator.core.arrays import Hashes
from aggregator.core.fact_keys import Facts, facts_of
from aggregator.core.monthnames import MONTH_FIRST, SHORT
from aggregator.core.reading import Reading

NAMES = 40
"""At most so many are kept of a text."""
NAME_WORDS = 8
"""A name has no more; what is longer is parted."""

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
_INSIDE = (
    *("al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "ibn", "la", "of"),
    *("ul", "van", "von"),
)
"""Words that may stand inside a name."""
_PARTICLES = {word: role for role, word in enumerate(_INSIDE, start=1)}
# What a token does for names. Capital letters are what names, numbers and dates begin with: a
# capital, one that proves nothing, an acronym, a date, what else stands alone.
_ROLES = {
    **dict.fromkeys([CAPITAL, SHORT_MONTH], ord("C")),
    ACRONYM: ord("A"),
    **dict.fromkeys([NUMBER, CALENDAR], ord("N")),
    POINT: ord("."),
    **dict.fromkeys([COLON, OPEN, PARAGRAPH], ord("(")),
    SENTENCE: ord("!"),
    CLOSE: ord(")"),
}
_NO_ROLE = ord(" ")
_BEGINNING, _DATE, _POINT, _LETTERS = ord("B"), ord("D"), ord("."), ord("A")
_NAME = re.compile(
    rb"[A-N](?:(?<=[A-C])(?:[\x01-\x%02x.]?[A-C]){1,%d})?" % (len(_PARTICLES), NAME_WORDS - 1)
)
_FIRST_MONTH = 32
"""What a token can be in a date: 1 to 31 are days, those behind this number are months."""
_MONTH = re.compile(rb"[^\x00-\x%02x]" % _FIRST_MONTH)
_NO_MONTHS = bytes(range(_FIRST_MONTH + 1))
_OF = frozenset(["of", "the", "de", "del", "di", "d", "den", "o"])
"""Between a day and its month."""
ABBREVIATIONS: Final = frozenset(
    {"Capt", "Col", "Dr", "Gen", "Gov", "Hon", "Inc", "Jr", "Lt", "Ltd", "Mr", "Mrs", "Ms", "No"}
    | {"Prof", "Rep", "Sen", "Sgt", "Sr", "St"}
)


def kind_of(token: str) -> int:
    """What a token is, if it is no function word and not of the calendar."""
    if token in _MARKS:
        return _MARKS[token]
    if token[0].isdecimal():
        return NUMBER
    if not token[0].isupper():
        return WORD
    return ACRONYM if len(token) > 1 and token.isupper() else CAPITAL


def role_of(token: str, kind: int) -> int:
    """What a token does for names."""
    if kind < MONTH and token in _PARTICLES:
        return _PARTICLES[token]
    return _ROLES.get(kind, _NO_ROLE)


def dated_as(kind: int, *, day: int = 0, month: int = 0) -> int:
    """What a token can be in a date: a day, 1 to 31, or a month, 1 to 12; 0: neither."""
    return _FIRST_MONTH + month if month and kind in {MONTH, SHORT_MONTH, CALENDAR} else day


def find_names(
    texts: Sequence[Reading], row: Reading, starts: Sequence[int]
) -> Iterator[tuple[tuple[tuple[str, int], ...], Facts]]:
    """Of each text (name, number or date as written, count): the most frequent, those of the
    beginning first; and what these are made of.

    `row` has the tokens of all texts, `starts` says where each begins. Dates are written "7 Feb"
    in every language.
    """
    kinds, roles = row.kinds, bytearray(row.roles)
    dates: list[tuple[int, str]] = []
    dated = row.dated
    for text, start in zip(texts, starts, strict=True):
        part = dated[start : start + len(text)]
        if part.translate(None, _NO_MONTHS):
            for first, second, date in _dates(text, part, kinds[start : start + len(text)]):
                dates.append((start + first, date))
                roles[start + first], roles[start + second] = _DATE, _NO_ROLE
    done = _doubted(roles, starts)
    at = (np.frombuffer(done, np.uint8) >= _LETTERS).nonzero()[0]
    numbers = row.numbers.take(at).tolist()
    edges = [*at.searchsorted(np.array(starts)).tolist(), len(numbers)]
    written: list[str] = []
    for text, (begin, end) in zip(texts, pairwise(edges), strict=True):
        written += map(text.written.__getitem__, numbers[begin:end])
    is_number = np.frombuffer(kinds, np.uint8).take(at) == NUMBER
    keys = row.words.take(at) + is_number * fact_keys.NUMBER
    known = dict(zip(written, keys.tolist(), strict=True))
    for first, date in dates:
        written[int(at.searchsorted(first))] = date
    parts = iter(written)
    for text, start in zip(texts, starts, strict=True):
        end = start + len(text)
        headline = kinds[start : start + text.title]
        sure, doubtful = _facts(done[start:end], headline, parts)
        names = _most_frequent(sure, doubtful, alone=len(text) <= text.title)
        yield names, facts_of(names, known)


def _doubted(roles: bytearray, starts: Sequence[int]) -> bytes:
    """The first word of a sentence, or of what is said, proves nothing."""
    for start in starts:
        if roles[start] == _ROLES[CLOSE]:
            roles[start] = _NO_ROLE  # it ends nothing that the text before has said
    roles = roles.replace(b"(C", b"(B").replace(b"!C", b"!B").replace(b"!)C", b"!)B")
    for start in starts:
        if roles[start] == _ROLES[CAPITAL]:
            roles[start] = _BEGINNING
    return bytes(roles)


def _most_frequent(
    sure: list[str], doubtful: list[str], *, alone: bool
) -> tuple[tuple[str, int], ...]:
    """`alone`: there is a headline only, where what is doubtful has to do."""
    found = Counter(sure)
    if doubtful:
        known = set(" ".join(found).split())
        for run in doubtful:
            name = run
            if not alone and run not in known:
                name = " ".join([part for part in run.split() if part in known])
            if name:
                found[name] = found.get(name, 0) + 1
    # As most_common, which takes three times as long.
    return tuple(sorted(found.items(), key=itemgetter(1), reverse=True)[:NAMES])


def _capitalises_all(kinds: bytes) -> bool:
    capital = kinds.count(CAPITAL) + kinds.count(ACRONYM)
    return capital >= 3 and capital > 2 * kinds.count(WORD)


def _facts(roles: bytes, headline: bytes, parts: Iterator[str]) -> tuple[list[str], list[str]]:
    """Runs of capitals, single numbers and dates: the certain ones, and those that may be none.

    `headline` has the kinds of the tokens of the title, `parts` what is written where a role is a
    letter.
    """
    sure: list[str] = []
    doubtful: list[str] = []
    if _capitalises_all(headline):
        for run in _NAME.findall(roles[: len(headline)]):
            name = _joined(run, parts)
            (sure if name[0].isdecimal() else doubtful).append(name)
        roles = roles[len(headline) :]
    for run in _NAME.findall(roles):
        if len(run) > 1:
            sure.append(_joined(run, parts))
        elif run == b"B":
            doubtful.append(next(parts))
        else:
            sure.append(next(parts))
    return sure, doubtful


def _joined(run: bytes, parts: Iterator[str]) -> str:
    """A name, of which those parts are given that do not only stand inside one."""
    if run.isalpha():
        return " ".join(islice(parts, len(run)))
    return " ".join(
        [next(parts) if role >= _LETTERS else _INSIDE[role - 1] for role in run if role != _POINT]
    )


def _dates(read: Reading, dated: bytes, kinds: bytes) -> Iterator[tuple[int, int, str]]:
    """Where a date begins, the other token it is made of, and the date as it is written.

    `dated` and `kinds` are those of the reading.
    """
    numbers = read.numbers
    left_out: set[int] = set()
    for at in [match.start() for match in _MONTH.finditer(dated)]:
        first, second, day = _near(read, kinds, numbers, at, -1), at, 0
        if first >= 0 and first not in left_out:
            day = _day(dated[first])
        if not day and read.language in MONTH_FIRST:
            first, second = at, _near(read, kinds, numbers, at, 1)
            day = _day(dated[second]) if second >= 0 else 0
        if day:
            left_out.add(second)
            yield first, second, f"{day} {SHORT[dated[at] - _FIRST_MONTH - 1]}"


def _near(read: Reading, kinds: bytes, numbers: Hashes, at: int, step: int) -> int:
    """The next token before or behind a month that names, numbers and dates are made of, if what
    stands between the two leaves them one date; else -1."""
    for other in range(at + step, at + 4 * step, step):
        if not 0 <= other < len(kinds):
            return -1
        kind = kinds[other]
        if MONTH <= kind < BREAK:
            return other
        if kind != POINT and (kind > COMMON or read.written[numbers[other]] not in _OF):
            return -1
    return -1


def _day(dated: int) -> int:
    """The day that a token can be; 0: none."""
    return dated if dated < _FIRST_MONTH else 0
