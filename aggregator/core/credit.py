"""Where an article comes from, as its own text says: its dateline, and whom it credits.

Four places are read and no others, for a text about an agency names it everywhere: the byline; the
dateline, a place and an agency in capitals or brackets before a dash or colon; the first
paragraphs, for a whole sentence part of the kind "as reported by"; and the last paragraphs, where a
line names its source and nothing else. Every pattern looks at a bounded piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.core.agencies import agencies, agency
from aggregator.core.dateline import MAX_WORDS, is_name, read_dateline
from aggregator.core.text import clean_line

_LAST_LINES = 4
_LINE = 220
"""Characters of a line at the end that is a credit."""
_HEADING = 120
"""Characters of one, at most."""


class Where(StrEnum):
    BYLINE = "byline"
    DATELINE = "dateline"
    LEAD = "lead"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Whom an article credits, and where it was written."""

    dateline: str | None
    """As it stands, without the dash or colon; None: there is none."""
    place: str | None
    """Of the dateline."""
    sources: tuple[str, ...]
    """Agencies by their one name, outlets as named; in the order byline, dateline, lead, end."""
    found: tuple[tuple[str, Where], ...]
    """Each of `sources` with where it stands first."""


def read_credit(text: str, authors: Sequence[str], *, language: str | None = None) -> Credit:
    """Of a text whose paragraphs are parted by empty lines; `authors` are the names in its byline.

    `language` is a BCP 47 tag and says which names of months a dateline may hold; None: all that
    are known. Time is linear in the text.
    """
    lines = _ends(text)
    dateline = next(filter(None, (read_dateline(line, language) for line in _firsts(lines))), None)
    found: dict[str, Where] = {}
    for author in authors[:50]:
        for name in agencies(clean_line(author[:_LINE])) or ():
            found.setdefault(name, Where.BYLINE)
    for name in dateline.agencies if dateline else ():
        found.setdefault(name, Where.DATELINE)
    for line in lines[:2]:
        for name in _in_lead(line):
            found.setdefault(name, Where.LEAD)
    for line in lines[1:][-_LAST_LINES:]:
        for name in _at_end(line):
            found.setdefault(name, Where.END)
    for name in _behind_last_sentence(text):
        found.setdefault(name, Where.END)
    return Credit(
        dateline=dateline.text if dateline else None,
        place=dateline.place if dateline else None,
        sources=tuple(found),
        found=tuple(found.items()),
    )


def _firsts(lines: Sequence[str]) -> Sequence[str]:
    """The first line, and the second where the first may be a heading."""
    return lines[: 2 if lines and len(lines[0]) < _HEADING and lines[0][-1:].isalnum() else 1]


def _ends(text: str) -> list[str]:
    """The first two and the last few lines, each cut to what is looked at; others are not read."""
    head = [line for line in text[: 8 * _LINE].split("\n") if line.strip()][:2]
    tail = [line for line in text[-8 * _LINE :].split("\n") if line.strip()]
    if len(text) <= 8 * _LINE:
        every = [line for line in text.split("\n") if line.strip()]
        return [clean_line(line[: 2 * _LINE]) for line in every]
    return [clean_line(line[: 2 * _LINE]) for line in [*head, *tail[1:][-_LAST_LINES:]]]


# --- lead -----------------------------------------------------------------------------------------

_NAME = r"(?P<name>[^.,;:()\n]{2,60}?)"
_REPORTED = re.compile(
    rf"""(?:
      \bas\ (?:first\ )?reported\ by\ {_NAME}(?=[.,;:()]|\s(?:on|in|this|last|earlier)\b|\Z)
    | \b(?:according\ to\ a\ report\ (?:by|in|from)|first\ published\ (?:by|in|on)
        |originally\ (?:published|appeared)\ (?:by|in|on))\ (?P<name2>[^.,;:()\n]{{2,60}}?)
        (?=[.,;:()]|\s(?:on|in|this|last|earlier)\b|\Z)
    | ,\ (?P<name3>[A-Z][\w.\ -]{{1,40}}?)\ (?:reports|reported|has\ learned|news\ agency\ reported)
        (?:\ on\ \w+)?\.(?=\s|\Z)
    | \b(?:berichtete?|meldete?)\ die\ (?:Nachrichtena|A)gentur\ (?P<name4>[\w-]{{2,30}})
    | \b(?:rapporte|selon|indique)\ l['’]agence\ (?P<name5>[\w-]{{2,30}})
    | \b(?:informó|según|reportó)\ (?:la\ )?agencia\ (?P<name6>[\w-]{{2,30}})
    | \b(?:riferisce|riporta|secondo)\ l['’]agenzia\ (?P<name7>[\w-]{{2,30}})
    | \b(?:informou|segundo|conforme)\ a\ agência\ (?P<name8>[\w-]{{2,30}})
    | \b(?:сообщает|передает|передаёт|сообщило)\ (?:агентство\ )?
        [«"]?(?P<name9>ТАСС|Интерфакс|РИА\ Новости|Рейтер)
    | 据(?P<name0>[\u4e00-\u9fff]{{2,8}}?)(?:报道|消息)
    )""",
    re.VERBOSE,
)


_ARTICLE = re.compile(r"\Athe\s+", re.IGNORECASE)
_OF_OUTLETS = ("reported by", "published", "appeared", "a report")
"""Behind these the name of any outlet may stand."""


_BETWEEN = re.compile(r"\s*[,;]\s+(?:and\s+)?|\s+and\s+", re.IGNORECASE)


def _in_lead(line: str) -> Iterator[str]:
    for match in _REPORTED.finditer(line[: 2 * _LINE]):
        names = next(filter(None, match.groups()), "")
        said = match[0].lower()
        outlets = any(words in said for words in _OF_OUTLETS)
        for part in _BETWEEN.split(names):  # "PRCCSF and The Gulf Observer" are two
            name = _ARTICLE.sub("", part.strip(" “”\"'«»"))
            known = agency(name) or agency(re.sub(r"(?i)\s*(?:news agency|agency)\Z", "", name))
            if known:
                yield known
            elif outlets and _is_outlet(name):
                yield name


def _is_outlet(name: str) -> bool:
    """Each word with a capital: "Cape Courier", not "two officials"."""
    words = name.split()
    return 0 < len(words) <= MAX_WORDS and not name.islower() and is_name(name)


# --- end ------------------------------------------------------------------------------------------

_LABEL = re.compile(
    r"[\W_]*(?:source|quelle|quellen|fuente|fonte|bron|źródło|kaynak|источник|джерело|المصدر|ماخذ|来源"
    r"|來源|出典|credit|via)s?\s*[:：]\s*(?P<names>.{2,80})\Z",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"[\W_]*(?:copyright|©|\(c\)|ⓒ)[\s©]*(?:(?:19|20)\d{2}(?:\s?[-–]\s?(?:19|20)?\d{2})?)?[\s,.]*(?:by\s+)?"
    r"(?P<names>[^.,;:|]{2,60}?)(?:[\s.,]*(?:19|20)\d{2})?(?=[.,;:|]|\s+all\s+rights|\Z)",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(
    r"(?:\A|[.;]\s*|[\W_]+)(?P<names>[^.;:]{2,80}?)\s+(?:also\s+)?contributed\s+(?:reporting\s+)?to\s+this"
    r"\s+(?:report|article|story)",
    re.IGNORECASE,
)
_INPUTS = re.compile(
    r"[\W_]*(?:(?:with|additional)\s+(?:\w+\s+)?(?:inputs?|reporting|material|files|reports)\s+(?:from|by)"
    r"|mit\s+material\s+(?:von|der)|avec|con\s+información\s+de|con\s+(?:notas|datos)\s+de|com\s+(?:informações\s+)"
    r"(?:da|de|do)|com\s+agência|(?:по\s+материалам|по\s+информации)|بالاتفاق\s+مع)\s+(?P<names>.{2,80}?)"
    r"[\W_]*\Z",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[\W_]*(?P<names>[^.]{2,60}?)[\W_]*\Z")


_BEHIND = re.compile(r"[.!?”\"»’]\s{0,2}[-–—(\[]{0,2}\s?(?P<names>[^.!?”\"»’]{2,40})[.)\]]{0,2}\Z")
"""… to sneak into the country. PTI"""


def _behind_last_sentence(text: str) -> tuple[str, ...]:
    match = _BEHIND.search(text[-4 * _LINE :].rstrip()[-60:])
    return (match and agencies(match["names"].strip())) or ()


def _at_end(line: str) -> Iterator[str]:
    if len(line) > _LINE:
        return
    for pattern in (_LABEL, _RIGHTS, _INPUTS, _CONTRIBUTED, _SIGNED):
        match = pattern.match(line)
        if match is None:
            continue
        if known := agencies(match["names"].strip()):
            yield from known
            return
        if pattern is _LABEL:
            listed = _BETWEEN.split(match["names"])
            names = [_ARTICLE.sub("", name.strip(" .()[]")) for name in listed]
            if all(agency(name) or _is_outlet(name) for name in names):
                yield from (agency(name) or name for name in names)
                return
