"""Where the marks of emphasis stand in a paragraph of Markdown.

Emphasis is where Markdown is treacherous: a mark counts only where what stands on either side of it
lets it (CommonMark 0.31.2, "left-flanking delimiter run"), and is shown as it stands elsewhere. So
a paragraph is first a list of tokens; spaces are moved out of emphasis, and a mark is set only
where it counts whatever becomes of its neighbours. Part of `aggregator.core.markdown`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_SIGNS = {"em": "*", "strong": "**", "del": "~~"}


class Kind(Enum):
    TEXT = auto()
    """Escaped."""
    RAW = auto()
    """Markup: of links, images and code."""
    SPACE = auto()
    BREAK = auto()
    OPEN = auto()
    CLOSE = auto()


_GAPS = {Kind.SPACE: " ", Kind.BREAK: "\\\n"}


@dataclass(slots=True)
class Token:
    kind: Kind
    value: str = ""
    """Of a mark: which emphasis."""
    pair: int = 0
    """The same for the marks that belong together."""

    @property
    def is_gap(self) -> bool:
        return self.kind in {Kind.SPACE, Kind.BREAK}

    @property
    def is_mark(self) -> bool:
        return self.kind in {Kind.OPEN, Kind.CLOSE}


def arrange(tokens: list[Token]) -> list[Token]:
    """Gaps moved out of emphasis, emphasis of nothing left out, and two that touch made one."""
    found: list[Token] = []
    waiting: list[Token] = []
    same: dict[int, int] = {}
    for token in tokens:
        if token.is_gap:
            found.append(token)
        elif token.kind is Kind.OPEN:
            waiting.append(token)
        elif token.kind is Kind.CLOSE:
            if waiting:
                waiting.pop()
            else:
                pair = same.get(token.pair, token.pair)
                _before_gaps(found, Token(Kind.CLOSE, token.value, pair))
        else:
            for mark in waiting:
                last = found[-1] if found else None
                if last and last.kind is Kind.CLOSE and last.value == mark.value:
                    same[mark.pair] = found.pop().pair
                else:
                    found.append(mark)
            waiting.clear()
            found.append(token)
    return found


def _before_gaps(found: list[Token], token: Token) -> None:
    place = len(found)
    while place and found[place - 1].is_gap:
        place -= 1
    found.insert(place, token)


def collapse(tokens: list[Token]) -> Iterator[Token]:
    """One gap for several; none at the ends; two breaks together are marked as such."""
    gap: list[Token] = []
    begun = False
    for token in tokens:
        if token.is_gap:
            gap.append(token)
            continue
        if gap and begun:
            breaks = sum(each.kind is Kind.BREAK for each in gap)
            kind = Kind.BREAK if breaks else Kind.SPACE
            yield Token(kind, "2" if breaks > 1 else "")
        gap.clear()
        begun = True
        yield token


def write(tokens: list[Token]) -> str:
    """Markdown of one paragraph, of tokens that went through `arrange` and `collapse`."""
    signs = _signs(tokens)
    parts: list[str] = []
    after_code = False
    for token in tokens:
        text = signs.get(token.pair, "") if token.is_mark else _GAPS.get(token.kind, token.value)
        is_code = token.kind is Kind.RAW and text[0] == "`"
        if is_code and after_code:
            parts.append(" ")  # two codes would be one
        elif text == "[" and parts and parts[-1].endswith("!"):
            parts[-1] = parts[-1][:-1] + "\\!"  # would be an image
        if text:
            parts.append(text)
            after_code = is_code
    return "".join(parts)


def _signs(tokens: list[Token]) -> dict[int, str]:
    """What marks each emphasis; those that could not be read as such are left out."""
    ends: dict[int, list[int]] = {}
    for place, token in enumerate(tokens):
        if token.is_mark:
            ends.setdefault(token.pair, []).append(place)
    shown = [place for place, token in enumerate(tokens) if not token.is_mark]
    before, after = _neighbours(tokens, shown)
    found = {}
    for pair, places in ends.items():
        if len(places) != 2:
            continue
        opening, closing = places
        crowded = any(
            0 <= place < len(tokens) and tokens[place].is_mark
            for place in (opening - 1, opening + 1, closing - 1, closing + 1)
        )
        edges = _is_edge(before[opening]), _is_edge(after[closing])
        inner = after[opening], before[closing]
        if any(char.isspace() for char in inner):
            continue  # one that does not break lines, and so is no gap
        words = map(_is_word, inner)
        if all(edges) or (not crowded and all(map(max, edges, words))):
            sign = _SIGNS[tokens[opening].value]
            found[pair] = "_" if crowded and sign == "*" else sign
    while touching := _touching(tokens, found):
        for pair in touching:
            del found[pair]
    return found


def _touching(tokens: list[Token], signs: dict[int, str]) -> set[int]:
    """Emphasis with a mark right behind an equal one, which would be read as one long mark."""
    found = set()
    last = ""
    for token in tokens:
        sign = signs.get(token.pair, "")
        if not token.is_mark:
            last = ""
        elif sign:
            if last == sign[0]:
                found.add(token.pair)
            else:
                last = sign[0]
    return found


def _neighbours(tokens: list[Token], shown: list[int]) -> tuple[dict[int, str], dict[int, str]]:
    """The character before and after each mark that is there whatever becomes of other marks."""
    before, after = {}, {}
    place = 0
    for mark, token in enumerate(tokens):
        if token.is_mark:
            while place < len(shown) and shown[place] < mark:
                place += 1
            before[mark] = _char(tokens[shown[place - 1]], -1) if place else ""
            after[mark] = _char(tokens[shown[place]], 0) if place < len(shown) else ""
    return before, after


def _char(token: Token, place: int) -> str:
    return " " if token.is_gap else token.value[place]


def _is_edge(char: str) -> bool:
    return not char or char == " " or unicodedata.category(char) in {"Zs", "Pd", "Ps", "Pe", "Po"}


def _is_word(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "LN"
