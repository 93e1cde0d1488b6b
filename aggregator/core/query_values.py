"""The values of those fields that take no free text: choices, numbers, hosts and languages.

Each function raises ValueError with a sentence that shows what would be right.
"""

from __future__ import annotations

import re
from typing import get_args

from aggregator.core.language_tags import read_language
from aggregator.core.query_fields import FIELDS, hint, listed
from aggregator.core.query_tree import Has, InStory, Is, Kind, Operator, Outlets
from aggregator.core.source_keys import site_of
from aggregator.core.text import clean_line, shorten

_STORY = re.compile(r"[0-9]{1,18}")
_COMPARISON = re.compile(r"(<=|>=|<|>|=|≤|≥|)([0-9]{1,9})")
_SIGNS = {"": "=", "≤": "<=", "≥": ">="}
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def read_choice(field: str, text: str) -> Is | Has:
    """Of `is:` and `has:`."""
    chosen, values = text.strip().lower(), FIELDS[field].values
    if chosen not in values:
        raise ValueError(
            f"{field}: takes {listed(values)}, not {quoted(text)}{hint(field, chosen, values)}"
        )
    for kind in get_args(Kind):
        if field == "is" and kind == chosen:
            return Is(kind)
    return Has("image")


def read_story(text: str) -> InStory:
    if _STORY.fullmatch(text.strip()) is None:
        raise ValueError(f"story: takes the number of a story, as in story:22, not {quoted(text)}")
    return InStory(int(text))


def read_comparison(text: str) -> Outlets:
    match = _COMPARISON.fullmatch("".join(text.split()))
    if match is None:
        # Before a name it is a slip: the field of names is called source.
        slip = " (did you mean source:?)" if text[:1].isalpha() else ""
        raise ValueError(
            "sources: takes a number of sources, as in sources:3, sources:>3, sources:>=3 or "
            f"sources:<2, not {quoted(text)}{slip}"
        )
    sign = _SIGNS.get(match[1], match[1])
    for operator in get_args(Operator):
        if operator == sign:
            return Outlets(operator, int(match[2]))
    raise AssertionError(sign)


def is_comparison(text: str) -> bool:
    """Whether it can only be a number of sources, and no name."""
    match = _COMPARISON.fullmatch(text)
    return match is not None and match[1] != ""


def read_host(text: str) -> str:
    """The host of an address or of what begins as one, in lower case and ASCII, without www."""
    text = text.strip()
    address = text if _SCHEME.match(text) else "http://" + text.removeprefix("*").lstrip(".")
    host = site_of(address)
    if not host:
        raise ValueError(
            f"site: takes a host, as in site:example.org, or an address, not {quoted(text)}"
        )
    return host


def read_tag(text: str) -> str:
    """A language as it is typed, if it can be one."""
    if read_language(text) is None or not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError(
            f"lang: takes the code of a language, as in lang:de or lang:pt, not {quoted(text)}"
        )
    return text.strip()


def quoted(text: str) -> str:
    return f'"{shorten(clean_line(text), 60)}"'
