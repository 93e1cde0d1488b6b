"""The date that a page shows its readers, where it says none to programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise

from aggregator.core.html import Element
from aggregator.core.page_parts import elements_behind, pieces_behind
from aggregator.core.text import clean_line
from aggregator.core.trees import pieces_of

_ELEMENTS, _PIECES, _ABOVE = 150, 120, 5
"""Behind the title; what stands further away belongs to another article."""
_ATTRIBUTES = """
    datetime data-published data-datetime data-published-date data-publish-date data-pubdate
    data-date data-timestamp
"""
_EDGES = " ,;|·•–—-()[]"
_LONGEST = 90
"""Characters of a line that is a date."""
_LABEL = re.compile(
    r"\A(?:(?:first |originally )?(?:published|posted|created|written|added|veröffentlicht"
    r"|publiziert|erstellt|publi[ée]e?|publicado|pubblicato|gepubliceerd|опубликовано)\b"
    r"(?: on| at| am| le| el| il| op| em)?|on|am|le|el|il|[^\d:：]{1,30}[:：])\W{0,4}(?=\w)",
    re.IGNORECASE,
)
_OF_UPDATE = re.compile(
    r"updat|aktualis|modif|mis(?:e)? à jour|actualiz|atualiz|aggiorna|bijgewerkt|обновл|更新",
    re.IGNORECASE,
)
_WIDE = re.compile(r"((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_NUMBERS = re.compile(r"(\d{1,2})([./])(\d{1,2})[./]((?:19|20)\d\d)(?!\d)")
_TIME = re.compile(r"\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{2,5})?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:at|um|à|a las|alle|om|às|в|[|•·–—-])\s+|(?<=\d)\s*[|•·–—]\s*")


def shown_dates(title: Element | None) -> Iterator[str]:
    """What may be the date, most likely first; `title` is the heading of the article, None: no
    heading shows it, and nothing is looked for."""
    if title is None:
        return
    for element in islice(elements_behind(title), _ELEMENTS):
        for name in _ATTRIBUTES.split():
            if value := element.get(name):
                yield value[:_LONGEST]
        if "datepublished" in element.get("itemprop", "").lower():
            yield element.get("content", "")[:_LONGEST]
    for pieces in (islice(pieces_behind(title), _PIECES), _pieces_above(title)):
        lines = (clean_line(piece[: 2 * _LONGEST]) for piece in pieces)
        seen = [line for line in lines if line]
        for line, next_line in pairwise([*seen, ""]):
            if len(line) <= _LONGEST and any(map(str.isdigit, line)):
                yield from _readings(line, next_line)


def _pieces_above(title: Element) -> Iterator[str]:
    """What stands directly before the title, in it or in its nearest surroundings."""
    for node in chain((title,), islice(title.iterancestors(), 2)):
        for sibling in islice(node.itersiblings(preceding=True), _ABOVE):
            yield from islice(pieces_of(sibling), 6 * _ABOVE)


def _readings(line: str, next_line: str) -> Iterator[str]:
    """A line as a date is read: without its label, in the order of years, months and days."""
    if _OF_UPDATE.search(line):
        return
    line = _LABEL.sub("", line.strip(_EDGES), count=1).strip(_EDGES)
    line = _WIDE.sub(_in_order, _BETWEEN.sub(" ", line), count=1)
    line = _NUMBERS.sub(_year_first, line, count=1).strip()
    if len(next_line) <= _LONGEST and _TIME.fullmatch(next_line):
        yield f"{line} {next_line}"
    yield line


def _in_order(match: re.Match[str]) -> str:
    return "-".join(match.groups()) + " "


def _year_first(match: re.Match[str]) -> str:
    """ "21.9.2016" is day and month; of "9/21/2016" the larger one is the day; "9/8/2016" is left
    as it is: which of its numbers is the day depends on the country."""
    first, mark, second, year = match.groups()
    if mark == "." or int(first) > 12:
        return f"{year}-{second}-{first}"
    return f"{year}-{first}-{second}" if int(second) > 12 else match[0]
