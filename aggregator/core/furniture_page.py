"""A page as the outlet's furniture is looked for in it: sentences and lines by a number each, and
the words that say what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from zlib import crc32

from aggregator.core.commonwords import calendar_words, common_words

LABEL_WORDS = 12
"""A line of no more words that does not end as sentences do is a label."""
SENTENCE_WORDS = 6
"""What has so many words can tell two articles apart."""

_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"[^\W_]{1,4}$")
_WIDE = re.compile("[\u3040-\u9fff\uac00-\ud7af]{2,}")
_STOP = re.compile(r"""[.!?…؟۔।]["”’»)\]]*\s+|[。！？]+[」』”’）]*(?=.)""")
_ENDED = re.compile(r"""[.!?…؟۔।。！？]["'”’»)\]」』）]*$""")
_DATED = re.compile(r"\d{1,2}[:.]\d\d(?!\d)|\d{1,4}([-/.])\d{1,2}\1\d{2,4}|©|\(c\)", re.IGNORECASE)
_COUNTED = re.compile(r"\(\d{1,5}\)|(?<![\d.,:])\d{1,4}\s+[^\W\d_A-Z]")
_POINTER = re.compile(r"[^:：›»|]{2,40}[:：›»|]\s+(?=\S)")
_SHORTEST = 4
"""Letters of a word that tells anything, and of one that is no abbreviation."""
_ABBREVIATIONS = frozenset(
    ("al", "bzw", "ca", "cf", "etc", "fig", "ggf", "nr", "pp", "usw", "vgl", "vol", "vs")
)
"""Shorter words in small letters after which a full stop ends no sentence."""
_STEM = 6
"""Letters by which such a word is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sentence, or a line that is none."""

    text: str
    key: int
    """0: it holds no letter, and says nothing."""
    words: int
    telling: tuple[str, ...]
    """Its longer words, as `telling_words` gives them."""
    is_sentence: bool
    varies: bool
    """Its date or count is not part of the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    text: str
    units: tuple[Unit, ...]
    titles: tuple[int, ...]
    """Keys of the titles that it may be; (whole line, without the words before a colon)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What `read_page` makes of a page, once, for learning and for removing."""

    lines: tuple[Line, ...]
    units: Mapping[int, Unit]
    """By key, in the order of the page; without those that say nothing."""
    address: int
    title: int
    """0: too short to be told from a heading."""
    title_words: tuple[str, ...]


def read_page(text: str, *, address: str, title: str = "") -> PageText:
    """`text` is plain; `address` names the page."""
    lines = [_read_line(line) for line in map(str.strip, text.split("\n")) if line]
    return PageText(
        lines=tuple(lines),
        units={unit.key: unit for line in lines for unit in line.units if unit.key},
        address=number_of(address),
        title=_title_key(title),
        title_words=tuple(dict.fromkeys(telling_words(_words(title)))),
    )


def _read_line(line: str) -> Line:
    parts = _split(line)
    units = tuple([_read_unit(part, whole=len(parts) == 1) for part in parts])
    titles: tuple[int, ...] = ()
    if len(units) == 1 and not units[0].is_sentence and units[0].words <= 3 * LABEL_WORDS:
        pointer = _POINTER.match(line)
        titles = (_title_key(line), _title_key(line[pointer.end() :]) if pointer else 0)
    return Line(text=line, units=units, titles=titles)


def _split(line: str) -> list[str]:
    """Into sentences. Two that are not told apart do less harm than half a one."""
    parts = []
    start = 0
    for stop in _STOP.finditer(line):
        at, end = stop.span()
        if (
            at - start >= _SHORTEST
            and not line[end : end + 1].islower()
            and not (line[at] == "." and _abbreviates(line[at - _SHORTEST : at]))
        ):
            parts.append(line[start:end].rstrip())
            start = end
    if start < len(line):
        parts.append(line[start:])
    return parts


def _abbreviates(before: str) -> bool:
    """Whether the full stop behind these characters ends a short word rather than a sentence: a
    title or name, an initial, the day of a date."""
    word = _LAST_WORD.search(before)
    if word is None or len(word[0]) == _SHORTEST:
        return False
    short = word[0]
    return (
        len(short) == 1
        or (short.isdecimal() and len(short) == 2)
        or short[0].isupper()
        or short in _ABBREVIATIONS
        or before[word.start() - 1] == "."
    )


def _read_unit(text: str, *, whole: bool) -> Unit:
    words = _words(text)
    telling = tuple(telling_words(words))
    is_sentence = not whole or _ENDED.search(text) is not None
    varies = False
    if not is_sentence and len(words) <= LABEL_WORDS:
        words, varies = _without_dates(text, words)
    return Unit(
        text=text,
        key=number_of(" ".join(words)) if any(word[0].isalpha() for word in words) else 0,
        words=len(words),
        telling=telling,
        is_sentence=is_sentence,
        varies=varies,
    )


def _without_dates(text: str, words: list[str]) -> tuple[list[str], bool]:
    """The words of a label, its dates and counts as the same number everywhere."""
    dates = _calendar()
    if not (_DATED.search(text) or _COUNTED.search(text) or not dates.isdisjoint(words)):
        return words, False
    same = ["0" if word[0].isdecimal() or word in dates else word for word in words]
    return same, same != words


def _title_key(title: str) -> int:
    words = _words(title)
    return number_of(" ".join(words)) if len(words) >= 4 or len(title) >= 30 else 0


def telling_words(words: Iterable[str]) -> list[str]:
    """The longer ones, as often as they stand there, without those that stand in any text; their
    endings are cut off. Chinese, Japanese and Korean in pairs of characters."""
    common = _common()
    found: list[str] = []
    for word in words:
        if not word.isascii() and (runs := _WIDE.findall(word)):
            found += (one + other for run in runs for one, other in pairwise(run))
        elif len(word) >= _SHORTEST and (stem := word[:_STEM]) not in common:
            found.append(stem)
    return found


def number_of(text: str) -> int:
    return crc32(text.encode(errors="replace")) or 1


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


@cache
def _calendar() -> frozenset[str]:
    return frozenset(word.casefold() for word in calendar_words())


@cache
def _common() -> frozenset[str]:
    languages = ("en", "de", "fr", "es", "it", "pt", "nl", "ru")
    words = set(calendar_words()).union(*map(common_words, languages))
    return frozenset(word[:_STEM] for word in words)
