"""Lines, and beginnings and ends of lines, taken out of the markup that they stand in.

Sanitised markup is well-formed: it is read as tags and texts one after another, without a tree, so
that what stays is not touched, time is linear and nesting costs nothing.
"""

from __future__ import annotations

import html as entities
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aggregator.core.furniture_page import Line
from aggregator.core.markup import to_text, unescape
from aggregator.core.text import clean_line

_TOKEN = re.compile(r"(<[^<>]*>|\n)")  # sanitised values of attributes hold neither of the two
_VOID = frozenset(("br", "col", "hr", "img", "wbr"))
_CELLS = frozenset(("td", "th"))


def without_lines(
    html: str, lines: Sequence[Line], left: Mapping[int, tuple[int, int]]
) -> str | None:
    """Sanitised markup with no more left of some lines than from a first character to a last one;
    (0, 0): nothing of it. `lines` are those of its text, as `to_text` gives it.

    An element of which nothing is left goes too, and so does an image in a line that goes. None:
    the markup does not read as those lines.
    """
    return _Body(html).without(lines, left)


@dataclass(slots=True, kw_only=True)
class _Run:
    """What makes one line of the text: places among the parts of the markup."""

    after: int
    """The break before it; -1: there is none."""
    texts: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    before: int = -1
    """The break behind it; -1: there is none."""


@dataclass(slots=True, kw_only=True)
class _Opened:
    """An element that has not ended yet."""

    start: int
    shows: bool = False
    """There is something in it."""
    changed: bool = False
    """There was more."""


class _Body:
    """The markup in parts: texts at even places, and between them tags and line breaks."""

    def __init__(self, html: str) -> None:
        self._parts = _TOKEN.split(html)
        self._changed: set[int] = set()
        """Parts of which less or nothing is left."""
        self._names = [_name(part) for part in self._parts]
        self._breaks: list[int] = []
        """Where lines of the text are parted, in order."""
        self._runs = list(self._read_runs())

    def without(self, lines: Sequence[Line], left: Mapping[int, tuple[int, int]]) -> str | None:
        if len(self._runs) != len(lines):
            return None
        for number, (start, end) in left.items():
            if not self._cut(self._runs[number], lines[number].text, start, end):
                return None
        self._drop_empty()
        self._part_lines()
        return "".join(self._parts).strip()

    def _read_runs(self) -> Iterator[_Run]:
        """Those that show anything: they are the lines of the text."""
        in_pre = False
        run = _Run(after=-1)
        for index, (part, name) in enumerate(zip(self._parts, self._names, strict=True)):
            if not name and (part != "\n" or not in_pre):
                if part:
                    run.texts.append(index)
                continue
            if name == "img":
                run.images.append(index)
            in_pre = name == "pre" or (in_pre and name != "/pre")
            if not name or "\n" in _break(name):
                self._breaks.append(index)
                run.before = index
                if self._shows(run):
                    yield run
                run = _Run(after=index)
        if self._shows(run):
            yield run

    def _text(self, run: _Run) -> str:
        return "".join([self._parts[index] for index in run.texts])

    def _shows(self, run: _Run) -> bool:
        return not _is_blank(self._text(run))

    def _cut(self, run: _Run, text: str, start: int, end: int) -> bool:
        """Leave of a line what is from `start` to `end` of its text. False: it is not that line, or
        its characters are not to be told apart."""
        parts = self._parts
        if clean_line(unescape(self._text(run))) != text:
            return False
        if start == end:
            self._drop([*run.texts, *run.images])
            self._drop_break(run)
            return True
        sizes = [_size(unescape(parts[index])) for index in run.texts]
        if sum(sizes) != _size(text):
            return False
        first, last = _size(text[:start]), _size(text[:end])
        self._changed.update(run.texts)
        for index, size in zip(run.texts, sizes, strict=True):
            parts[index] = _section(parts[index], size, first, last)
            first, last = first - size, last - size
        shown = [index for index in run.texts if not _is_blank(parts[index])]
        parts[shown[0]] = parts[shown[0]].lstrip()
        parts[shown[-1]] = parts[shown[-1]].rstrip()
        return True

    def _drop_break(self, run: _Run) -> None:
        """That of a line which is gone, unless a block begins or ends there."""
        for index in (run.after, run.before):
            if index >= 0 and (self._parts[index] == "\n" or self._names[index] == "br"):
                self._drop([index])
                return

    def _drop(self, indexes: Iterable[int]) -> None:
        for index in indexes:
            self._parts[index] = ""
            self._changed.add(index)

    def _drop_empty(self) -> None:
        """Take out the elements that show nothing more, and did before."""
        emptied: list[tuple[int, int]] = []
        opened: list[_Opened] = [_Opened(start=-1)]
        for index, name in enumerate(self._names):
            if not name or name in _VOID:
                part = self._parts[index]
                if index in self._changed:
                    opened[-1].changed = True
                if part and (name == "img" if name else not _is_blank(part)):
                    opened[-1].shows = True
            elif name[0] != "/":
                opened.append(_Opened(start=index))
            elif len(opened) > 1 and self._names[opened[-1].start] == name[1:]:
                element = opened.pop()
                if element.changed and not element.shows and name[1:] not in _CELLS:
                    emptied.append((element.start, index))
                opened[-1].shows |= element.shows
                opened[-1].changed |= element.changed
        end = -1
        for start, last in sorted(emptied):
            if start > end:
                end = last
                self._parts[start : last + 1] = [""] * (last + 1 - start)

    def _part_lines(self) -> None:
        """Where all that parted two lines is gone, put a break between them."""
        breaks = iter([index for index in self._breaks if self._parts[index]])
        following = next(breaks, len(self._parts))
        end: int | None = None
        for run in self._runs:
            shown = [index for index in run.texts if not _is_blank(self._parts[index])]
            if not shown:
                continue
            while end is not None and following < end:
                following = next(breaks, len(self._parts))
            if end is not None and following > shown[0]:
                self._parts[shown[0]] = "<br><br>" + self._parts[shown[0]]
            end = shown[-1]


def _section(part: str, size: int, first: int, last: int) -> str:
    """Of the part of a line that shows `size` characters those from `first` to `last`."""
    if first <= 0 and last >= size:
        return part
    if first >= size or last <= 0:
        return ""
    text = unicodedata.normalize("NFC", unescape(part))
    start, end = 0, len(text)
    if first > 0:
        start = bisect_left(range(end), first + 1, key=lambda at: _size(text[: at + 1]))
    if last < size:
        end = bisect_left(range(end), last, key=lambda at: _size(text[: at + 1])) + 1
    return entities.escape(text[start:end], quote=False).replace("\xa0", "&nbsp;")


def _size(text: str) -> int:
    """Characters that are shown, without white space."""
    line = clean_line(text)
    return len(line) - line.count(" ")


def _is_blank(part: str) -> bool:
    if not part or part.isspace():
        return True
    if "&" not in part and part.isprintable():
        return False
    return not clean_line(unescape(part))


@lru_cache(maxsize=256)
def _break(name: str) -> str:
    """How a tag parts the text before it from the text behind it."""
    return to_text(f"a<{name}>b")[1:-1]


def _name(part: str) -> str:
    """Of a tag, with the slash of an end tag; "": it is none."""
    return part[1:-1].partition(" ")[0] if part[:1] == "<" else ""
