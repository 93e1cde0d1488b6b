"""The fields of the search language: one table for the parser, its messages and the manual."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import get_args

from aggregator.core.query_tree import Kind


class Takes(Enum):
    """What may stand behind the colon."""

    TEXT = auto()
    """A word, a phrase in quotes, or several in parentheses."""
    DATE = auto()
    CHOICE = auto()
    """One of `values`."""
    NUMBER = auto()
    COMPARISON = auto()
    """A number, or <, <=, >= or > and a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    name: str
    takes: Takes
    example: str
    """A value that is right."""
    values: tuple[str, ...] = ()
    """All that are right; empty: no list holds them."""


FIELDS = {
    spec.name: spec
    for spec in (
        FieldSpec(name="title", takes=Takes.TEXT, example="flood"),
        FieldSpec(name="author", takes=Takes.TEXT, example="garcia"),
        FieldSpec(name="source", takes=Takes.TEXT, example='"Daily Example"'),
        FieldSpec(name="tag", takes=Takes.TEXT, example="world"),
        FieldSpec(name="lang", takes=Takes.TEXT, example="de"),
        FieldSpec(name="site", takes=Takes.TEXT, example="example.org"),
        FieldSpec(name="after", takes=Takes.DATE, example="3d"),
        FieldSpec(name="before", takes=Takes.DATE, example="2026-05-31"),
        FieldSpec(name="story", takes=Takes.NUMBER, example="22"),
        FieldSpec(name="is", takes=Takes.CHOICE, example="copy", values=get_args(Kind)),
        FieldSpec(name="has", takes=Takes.CHOICE, example="image", values=("image",)),
        FieldSpec(name="sources", takes=Takes.COMPARISON, example=">3"),
    )
}

# What the same is called in other search languages.
_OTHER_NAMES = {
    "intitle": "title",
    "headline": "title",
    "byline": "author",
    "outlet": "source",
    "tags": "tag",
    "language": "lang",
    "domain": "site",
    "host": "site",
    "since": "after",
    "newer": "after",
    "until": "before",
    "older": "before",
}


def meant_field(name: str) -> str | None:
    """The field that a name which is none was probably meant for: one slip of the finger away, or
    called so elsewhere. Short names are near to too many words to guess at."""
    name = name.lower()
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    for known in FIELDS:
        if len(known) > 4 and _one_slip(name, known):
            return known
        if len(known) == 4 and (name == f"{known}s" or _swapped(name, known)):
            return known
    return None


def listed(values: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))


def hint(field: str, value: str, values: tuple[str, ...]) -> str:
    """The nearest of the values as a question in parentheses, a blank before; empty: none is."""
    near = get_close_matches(value.lower(), values, n=1)
    return f" (did you mean {field}:{near[0]}?)" if near else ""


def _one_slip(name: str, known: str) -> bool:
    """One letter too many, too few or another one, or two neighbours swapped."""
    begin = 0
    while begin < min(len(name), len(known)) and name[begin] == known[begin]:
        begin += 1
    name, known = name[begin:], known[begin:]
    while name and known and name[-1] == known[-1]:
        name, known = name[:-1], known[:-1]
    return max(len(name), len(known)) == 1 or (len(name) == 2 and name == known[::-1])


def _swapped(name: str, known: str) -> bool:
    return len(name) == len(known) and name != known and sorted(name) == sorted(known)
