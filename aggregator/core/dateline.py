"""The dateline of a report: place, date and agency before its first sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.core.agencies import agencies, agency
from aggregator.core.commonwords import calendar_words
from aggregator.core.text import fold

_HEAD = 160
"""Characters in which a dateline ends."""
MAX_WORDS = 6
"""Of a place, or of the name of an outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    text: str
    """As it stands, without the mark at its end."""
    place: str | None
    """None: it names an agency only."""
    agencies: tuple[str, ...]


_PLACE = re.compile(r"[^\W\d_][\w.'’ʼ/ -]{1,50}(?:,\s?[^\W\d_][\w.'’ -]{1,30}){0,2}")
_END_OF_DATELINE = re.compile(
    r"(?<=\))\.?\s?[-–—]{1,2}(?=\s)|\s?(?:[-–—]{1,2}|:)(?=\s|[\"“„«])|\s[-–—]{1,2}(?=\w)|\)(?=\s)"
)
_BRACKETS = re.compile(r"\s*[(\[（]([^()\[\]（）]{1,60})[)\]）]\s*\Z")
_SLASHED = re.compile(r"([^/.]{3,60}\.?) /([\w /-]{2,30})/\.?(?=\s)")
"""МОСКВА, 5 марта. /ТАСС/."""
_BEHIND = re.compile(r"\s*([^.\n–—-]{2,30}?)(?:\.|\s[-–—])(?=\s)")
"""BEIRUT - AFP - …"""
_LABELS = frozenset(
    {"analysis", "breaking", "column", "comment", "correction", "editorial", "exclusive"}
    | {"explainer", "factbox", "gallery", "interview", "just", "live", "note", "opinion", "photos"}
    | {"podcast", "poll", "quiz", "recap", "report", "review", "sponsored", "update", "updated"}
    | {"video", "videos", "watch", "weather", "eilmeldung", "exklusiv", "kommentar", "analyse"}
    | {"urgent", "direct", "exclusif", "ultima", "urgente", "exclusiva", "exclusivo", "opinione"}
    | {"nato", "nasa", "opec", "fifa", "uefa", "unicef", "unesco", "interpol", "brics", "covid"}
    | {"срочно", "эксклюзив", "видео", "фото", "мнение", "عاجل", "warning", "advertisement"}
)
"""Words in capitals before a colon that are no places."""
_PARTICLES = frozenset(
    {"al", "am", "an", "auf", "aux", "bei", "da", "das", "de", "del", "der", "des", "di", "do"}
    | {"dos", "du", "e", "en", "im", "in", "la", "le", "les", "lès", "los", "na", "of", "ob", "op"}
    | {"sous", "sur", "the", "upon", "van", "y", "и", "на", "о"}
)
_ARTICLES = frozenset(
    {"a", "an", "der", "die", "das", "the", "this", "le", "les", "el", "los", "las", "il", "un"}
)
_DAY = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|\.|日)?|\d{4}|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|的|de|of"
)
_WIDE = re.compile(r"\A(?P<agency>[\u4e00-\u9fff]{2,6}(?:社|通信))(?P<place>[\u4e00-\u9fff]{2,8}?)"
                   r"(?P<date>\d{1,2}月\d{1,2}日)电?(?=[\s(（，：:])")  # fmt: skip


def read_dateline(line: str, language: str | None) -> Dateline | None:
    """At the beginning of a text's first line; None: there is none."""
    head = line[:_HEAD]
    if wide := _WIDE.match(head):
        known = agency(wide["agency"], in_brackets=True)
        if known:
            return Dateline(text=wide[0], place=wide["place"], agencies=(known,))
    if (slashed := _SLASHED.match(head)) and (named := agencies(slashed[2], in_brackets=True)):
        place, _ = _without_date(slashed[1].strip(" ."), language)
        if place and _is_place(place):
            return Dateline(text=slashed[0].rstrip("."), place=place, agencies=named)
    for end in _END_OF_DATELINE.finditer(head):
        stop = end.end() if end[0] == ")" else end.start()
        behind = _BEHIND.match(head, end.end())
        named = agencies(behind[1]) if behind else None
        if found := _parse_dateline(head[:stop].strip(), end[0].strip(" ."), language, named or ()):
            return found
    return None


def _parse_dateline(
    text: str, mark: str, language: str | None, behind: tuple[str, ...]
) -> Dateline | None:
    """A place alone is believed in capitals only; with an agency or a date, in any case.

    `behind` are the agencies that stand behind the mark and before a further one.
    """
    if brackets := _BRACKETS.search(text):
        rest, named = text[: brackets.start()], agencies(brackets[1], in_brackets=True)
        if not named:
            return None
    else:
        rest, named = _agency_after_comma(text)
        named = named or behind
    place, dated = _without_date(rest.strip(" ,"), language)
    if not place:
        return Dateline(text=text, place=None, agencies=named) if named and not rest else None
    if not _is_place(place) or (mark == ")" and not named):
        return None
    dated = dated and mark != ":" and (place.isupper() or rest.startswith(place + ","))
    if named or dated or _is_shouted(place, mark):
        return Dateline(text=text, place=place, agencies=named)
    return None


def _is_place(text: str) -> bool:
    few = len(text.split()) <= MAX_WORDS
    return few and bool(_PLACE.fullmatch(text)) and is_name(text)


def _is_shouted(place: str, mark: str) -> bool:
    """Whether it is in capitals, and no label as headlines have it."""
    if not place.isupper() or len(place) < 4 or agencies(place):
        return False
    few = mark != ":" or len(place.split()) <= 3
    return few and fold(place).partition(" ")[0] not in _LABELS


def _agency_after_comma(text: str) -> tuple[str, tuple[str, ...]]:
    """ "BERLIN, Reuters" and "Berlin/dpa": the agency may stand without brackets."""
    for mark in (", ", "/", " | "):
        before, found, after = text.rpartition(mark)
        if found and (known := agencies(after)):
            return before, known
    return text, ()


def _without_date(text: str, language: str | None) -> tuple[str, bool]:
    """The place, and whether a date stood behind it."""
    words = text.split()
    calendar = set(map(fold, calendar_words((language or "")[:2]) or calendar_words()))
    calendar |= {word[:3] for word in calendar if len(word) > 3 and word.isalpha()}
    kept = len(words)
    dated = False
    while kept > 0:
        word = fold(words[kept - 1].strip(",."))
        day = bool(_DAY.fullmatch(words[kept - 1].strip(",")))
        if not day and word not in calendar:
            break
        dated = dated or day or word in calendar
        kept -= 1
    return " ".join(words[:kept]).rstrip(" ,"), dated and kept < len(words)


def is_name(place: str) -> bool:
    """Whether it may be one: words with capitals, but for particles, or of a script without."""
    words = re.split(r"[\s/]+", place)
    small = {word for word in words if word[:1].islower()}
    return not words[0][:1].islower() and fold(words[0]) not in _ARTICLES and small <= _PARTICLES
