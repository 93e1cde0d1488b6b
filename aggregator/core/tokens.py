"""A text as words and marks.

A text is first parted at white space; each piece (`town.”`) is then read by itself, so that what
a piece holds can be remembered and most of a text needs no second look.
"""

from __future__ import annotations

import re
import unicodedata

from aggregator.core.monthnames import month_forms
from aggregator.core.segments import DATED, UNSPACED, segment

LINE_END = "\x00"
"""Stands as a piece of its own where a line of the text ends."""

PUNCTUATION = ".!?…;:,()\n“”。，、！？؟،؛।"
_DOTTED = r"[A-Z]\.(?:[A-Z]\.){1,9}"  # U.S., read as US
# Longer words are none, and would cost memory.
_NUMBER = r"\d{1,32}(?:[.,]\d{1,32}){0,8}"
_TOKEN = re.compile(rf"{_DOTTED}|[^\W\d]\w{{0,63}}|{_NUMBER}\w{{0,16}}|[{PUNCTUATION}]")

# Vowel signs and points, which `\w` does not hold: Latin, Cyrillic, Hebrew, Arabic, Indic, Thai and
# its neighbours.
_POINTS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff\u0e00-\u0e4e\u0e80-\u0ecd\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
)
_SPECIAL = re.compile(f"[{_POINTS}{UNSPACED}]")
_THAI_MONTHS = frozenset(forms[0] for forms in month_forms("th"))
_RUN = re.compile(f"{DATED}|{'|'.join(sorted(_THAI_MONTHS))}|[{UNSPACED}]+")
_POINTED_TOKEN = re.compile(
    rf"{_DOTTED}|[^\W\d][\w{_POINTS}]{{0,63}}|{_NUMBER}[\w{_POINTS}]{{0,16}}|[{PUNCTUATION}]"
)

_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_OPENING = re.compile(r'"(?=\w)')
_QUOTES = str.maketrans("«»「」『』", "“”“”“”")
_INWARD = str.maketrans("»«", "«»")
_LOW_FIRST = str.maketrans("“„", "”“")


def pieces(text: str) -> list[str]:
    """What stands between white space, and LINE_END where a line ends."""
    return spaced(text).split()


def spaced(text: str) -> str:
    """With the white space of ASCII alone between its pieces, of which LINE_END is one."""
    if not text.isascii():
        text = _SPACE.sub(" ", text)
        if "„" in text:
            text = text.translate(_LOW_FIRST)
        if -1 < text.find("»") < text.find("«"):
            text = text.translate(_INWARD)
    if "\n" in text:
        text = text.replace("\n", f" {LINE_END} ")
    return text


def tokens(piece: str, language: str) -> list[str]:
    """The words and marks of one of `pieces`, in order. Lines end with "\\n"."""
    if piece == LINE_END:
        return ["\n"]
    pattern = _TOKEN
    if not piece.isascii():
        piece = unicodedata.normalize("NFC", piece).translate(_QUOTES)
        if _SPECIAL.search(piece):
            pattern = _POINTED_TOKEN
            piece = _RUN.sub(lambda run: _segmented(run[0], language), piece)
    if '"' in piece:
        piece = _OPENING.sub("“", piece).replace('"', "”")
    return pattern.findall(piece)


def plain_number(token: str) -> str:
    """`1,200`, `1.200` and `1200` are one number; `3,5` is `3.5`, and `٧` is `7`."""
    if not token.isascii():
        token = "".join(str(int(char)) if char.isdecimal() else char for char in token)
    parts = re.split("[.,]", token)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(parts)


def _segmented(run: str, language: str) -> str:
    words = [run] if run[0].isdecimal() or run in _THAI_MONTHS else segment(run, language)
    return f" {' '.join(words)} "
