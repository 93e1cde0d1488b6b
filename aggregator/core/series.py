"""What an outlet brings again and again under one heading: each time another story.

Horoscopes, television pages, recalls and appointments are written from a template, and so are their
headlines: what is the same in two of them is the series, and what differs, a day, a sign, a person,
fills its slots. A headline that is worded anew for the same text differs too, but its new words are
as much about the one text as about the other, or stand in neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache

from aggregator.core.column_names import BEGINNINGS, COLUMNS
from aggregator.core.commonwords import calendar_words
from aggregator.core.features import Features, unpack
from aggregator.core.fingerprint import fingerprint
from aggregator.core.lexicon import lexicon
from aggregator.core.names import BREAK, CALENDAR, CAPITAL, COMMON, MONTH, NUMBER
from aggregator.core.text import fold

SHARED = (2, 1 / 3)
"""Words that headlines of one series have in common, and the share of the shorter one."""
IDENTICAL = 0.95
"""From this containment on two texts are one, whatever their headlines say."""
REPEATED = 0.9
"""From this one on, if the headlines of one outlet are the same."""
UPDATED = timedelta(hours=12)
"""Within this time an outlet may rewrite its own article; later it writes another one like it."""
TELLING = 3
"""Words that a headline without a text must have, besides function words."""

_SUFFIX = re.compile(r"\s[-|–—·]\s(?=[^-|–—·]*$)")  # - Valley Times
_MARKS = re.compile(r"^\W+|\W+$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Title:
    """A headline, without the name of the outlet at its end."""

    words: frozenset[int]
    stems: dict[int, int]
    """Of words that are no function words."""
    open: frozenset[int]
    """Words that fill a slot wherever they stand: numbers, days and months."""
    names: frozenset[int]
    """Words with a capital letter, unless most have one; and numbers."""
    count: int
    forces: dict[int, int]
    """Of each stem, as if there was no text."""


def is_series(found: Features, other: Features, containment: float) -> bool:
    """Whether the headlines of two articles say that each is another part of one series.

    `containment` is that of their texts, 0 to 1.
    """
    if containment >= IDENTICAL:
        return False
    one, two = _title(found), _title(other)
    least = max(SHARED[0], SHARED[1] * min(one.count, two.count))
    if len(one.words & two.words) < least:
        return False
    mine, theirs = one.words - two.words, two.words - one.words
    if not mine and not theirs:
        own = found.item.source and found.item.source == other.item.source
        later = abs(found.item.at - other.item.at) > UPDATED
        return bool(own) and later and containment < REPEATED
    mine, theirs = mine & one.stems.keys(), theirs & two.stems.keys()
    if not mine or not theirs:
        return False
    if not found.item.fingerprint.length or not other.item.fingerprint.length:
        return one.count == two.count and mine <= one.names and theirs <= two.names
    return _fill_slots(mine, one, found, other) and _fill_slots(theirs, two, other, found)


def _fill_slots(words: frozenset[int], title: _Title, own: Features, other: Features) -> bool:
    """Whether words of a headline are about its own text, and not about the other one's."""
    if words <= title.open:
        return True
    stems = {title.stems[word] for word in words}
    if not stems.isdisjoint(other.terms.tolist()):
        return False
    forces = dict(zip(own.terms.tolist(), own.item.fingerprint.forces, strict=True))
    return any(forces.get(stem, 0) > title.forces.get(stem, 0) for stem in stems)


def is_column(found: Features) -> bool:
    """Whether the headline is the name of a column, as "Morning briefing", or begins with one and
    hardly says more: it tells no event."""
    return _is_column(found.item.title, found.item.fingerprint.language)


def says_nothing(found: Features) -> bool:
    """Whether there is nothing by which its event could be recognised: no text, and a headline
    that is the name of a column or has hardly a word."""
    if found.item.fingerprint.length:
        return False
    return len(found.title) < TELLING or is_column(found)


def tells_nothing(found: Features) -> bool:
    """Whether no event can be recognised by it."""
    return is_column(found) or says_nothing(found)


def _title(found: Features) -> _Title:
    return _read(found.item.title, found.item.fingerprint.language)


@lru_cache(maxsize=2_000)
def _read(title: str, language: str) -> _Title:
    reading = lexicon(language).read(_SUFFIX.split(title)[0], "")
    words = [
        (word, stem, kind)
        for word, stem, kind in zip(
            reading.words.tolist(), reading.stems.tolist(), reading.kinds, strict=True
        )
        if kind < BREAK
    ]
    printed = fingerprint(title, "", language)
    capitals = [word for word, _, kind in words if kind >= CAPITAL]
    names = [word for word, _, kind in words if kind >= CAPITAL or kind == MONTH]
    if len(capitals) > 0.6 * len(words):
        names = [word for word, _, kind in words if kind == NUMBER]
    return _Title(
        words=frozenset(word for word, _, _ in words),
        stems={word: stem for word, stem, kind in words if stem and kind != COMMON},
        open=frozenset(word for word, _, kind in words if kind in {MONTH, NUMBER, CALENDAR}),
        names=frozenset(names),
        count=len(words),
        forces=dict(zip(unpack(printed.terms).tolist(), printed.forces, strict=True)),
    )


@lru_cache(maxsize=2_000)
def _is_column(title: str, language: str) -> bool:
    plain = fold(_SUFFIX.split(title)[0]).strip()
    if _MARKS.sub("", plain) in COLUMNS:
        return True
    days = _days(language)
    words = [word for word in _WORD.findall(plain) if word not in days and not word.isdecimal()]
    if " ".join(words) in COLUMNS:
        return True
    if not plain.startswith(BEGINNINGS):
        return False
    for beginning in BEGINNINGS:
        if plain.startswith(beginning):
            reading = lexicon(language).read(plain[len(beginning) :], "")
            stems = zip(reading.stems.tolist(), reading.kinds, strict=True)
            telling = {stem for stem, kind in stems if stem and kind < MONTH}
            return len(telling) < TELLING
    return False


@cache
def _days(language: str) -> frozenset[str]:
    return frozenset(map(fold, calendar_words(language)))
