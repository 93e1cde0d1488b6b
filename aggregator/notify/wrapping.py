"""Lines of plain text, measured in the columns of a terminal."""

from __future__ import annotations

import re
import unicodedata

COLUMNS = 78
"""As wide as RFC 5322 advises."""

# Between the characters of scripts that write no spaces a line may end, but for marks that belong
# to what stands before or behind them.
_OPENING = "「『（《〈【“‘"
_CLOSING = "，。、；：？！）」』》〉】”’…·"
_UNITS = re.compile(
    f"[{_OPENING}]*(?:[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|"
    f"[^{_OPENING}\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    f"[{_CLOSING}]*|[{_OPENING}]+"
)


def columns(text: str) -> int:
    """Columns a terminal needs for the text: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def wrap(text: str, *, first: str = "", indent: str = "", width: int = COLUMNS) -> str:
    """The text in lines of at most `width` columns; `first` opens the first, `indent` the others.

    Lines break at spaces, and between Chinese and Japanese characters; a word longer than a line is
    cut only if it is no address, since an address that is cut cannot be followed any more.
    """
    lines, used, empty = [first], columns(first), True
    margin = columns(indent)
    for word in text.split():
        gap = "" if empty else " "
        for piece in _pieces(word, width - margin):
            size = columns(piece)
            if not empty and used + len(gap) + size > width:
                lines.append(indent)
                used, gap = margin, ""
            lines[-1] += gap + piece
            used += len(gap) + size
            gap, empty = "", False
    return "\n".join(lines)


def cut(text: str, width: int) -> str:
    """The text if it has `width` columns or fewer, else its beginning, cut between words where it
    has any, with an ellipsis."""
    if columns(text) <= width:
        return text
    end = used = 0
    for char in text:
        used += _width(char)
        if used > width - 1:
            break
        end += 1
    head = text[:end]
    space = head.rfind(" ")
    if space > end // 2:
        head = head[:space]
    return head.rstrip(" ,;:–—-،，、") + "…"


def _pieces(word: str, width: int) -> list[str]:
    if word.isascii():
        if len(word) <= width or "://" in word:
            return [word]
    elif "://" in word:
        return [word]
    pieces: list[str] = []
    for unit in [word] if word.isascii() else _UNITS.findall(word):
        if columns(unit) <= width:
            pieces.append(unit)
            continue
        pieces.append("")
        for char in unit:
            if pieces[-1] and columns(pieces[-1]) + _width(char) > width:
                pieces.append("")
            pieces[-1] += char
    return pieces


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
