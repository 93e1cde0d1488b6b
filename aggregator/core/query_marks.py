"""The punctuation of the search language, as keyboards of many scripts type it."""

from __future__ import annotations

import re

OPENING = "(（"
CLOSING = ")）"
_DOUBLE = '"“”„‟＂'
_PAIRS = {"«": "»", "»": "«", "「": "」", "『": "』"}
"""» also opens: »so« is a quotation in German and Danish."""
QUOTES = _DOUBLE + "".join(_PAIRS) + "」』"
LONE_CLOSING = "」』"
DASHES = "‐‑‒–—―−－"
"""What text processors make of "-", and what is typed by mistake for it."""
IGNORED = "\u00ad\u061c\u200e\u200f"
"""Soft hyphens and marks of direction."""

# In Hebrew acronyms a straight quote stands for the gershayim, inside the word.
HEBREW_MARK = '(?<=[\u05d0-\u05ea])["”](?=[\u05d0-\u05ea])'
_HEBREW_MARK = re.compile(HEBREW_MARK)
_DOUBLE_QUOTE = re.compile(f"[{_DOUBLE}]")


def closing_quote(text: str, opening: int) -> int | None:
    """Where the quote that opens at `opening` is closed; None: nowhere.

    Any double quote closes any other, for programs that write "smart" ones mix them up.
    """
    if (mark := _PAIRS.get(text[opening])) is not None:
        end = text.find(mark, opening + 1)
        return None if end < 0 else end
    for found in _DOUBLE_QUOTE.finditer(text, opening + 1):
        if _HEBREW_MARK.match(text, found.start()) is None:
            return found.start()
    return None
