"""The digest as plain text, for mail readers and terminals: 78 columns, wrapped by columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from aggregator.notify.view import (
    DigestView,
    ItemView,
    OutletView,
    SourceView,
    StoryView,
    TroubleView,
)

COLUMNS = 78
"""As wide as RFC 5322 advises."""


def plain_text(view: DigestView) -> str:
    """The whole digest: blocks parted by empty lines, every address on a line of its own."""
    return "\n\n".join(_blocks(view)) + "\n"


def columns(text: str) -> int:
    """Columns a terminal needs for the text: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def wrap(text: str, *, first: str = "", indent: str = "", width: int = COLUMNS) -> str:
    """The text in lines of at most `width` columns; `first` opens the first, `indent` the others.

    Lines break at spaces; a word longer than a line is cut only if it is no address, since an
    address that is cut cannot be followed any more.
    """
    lines = [first]
    empty = True
    for word in text.split():
        for piece in _pieces(word, width - columns(indent)):
            gap = "" if empty else " "
            if not empty and columns(lines[-1]) + len(gap) + columns(piece) > width:
                lines.append(indent)
                gap = ""
            lines[-1] += gap + piece
            empty = False
    return "\n".join(lines)


def _blocks(view: DigestView) -> Iterator[str]:
    yield "\n".join(line for line in (*_underlined(view.title, "="), view.day, view.counts) if line)
    if view.nothing:
        yield view.nothing
    for number, story in enumerate(view.stories, start=1):
        yield from _story(number, story)
    if view.sources:
        yield "\n".join(_underlined("Single items", "-"))
        yield from map(_source, view.sources)
    if view.troubles:
        yield "\n".join(_underlined("Sources that need a look", "-"))
        yield from map(_trouble, view.troubles)
    if view.left_out:
        yield wrap(view.left_out)
    yield "\n".join(("-" * 8, wrap(f"Covers {view.period}.")))


def _underlined(words: str, line: str) -> tuple[str, str]:
    return wrap(words), line * min(columns(words), COLUMNS)


def _story(number: int, story: StoryView) -> Iterator[str]:
    label = f"{number}. "
    indent = " " * len(label)
    outlets = story.outlets
    headline = "\n" + wrap(story.headline.text, first=label, indent=indent)
    if story.headline.url not in {None, *(outlet.url for outlet in outlets)}:
        headline = f"{headline}\n{indent}{story.headline.url}"
    yield headline
    origin = f"Origin: {story.origin}." if story.origin else ""
    for paragraph in (story.summary, story.note, origin):
        if paragraph:
            yield wrap(paragraph, first=indent, indent=indent)
    gutter = max(columns(outlet.time) for outlet in outlets) + 2
    lines = [_outlet(outlet, indent, gutter) for outlet in outlets]
    if story.more:
        lines.append(indent + " " * gutter + story.more)
    yield "\n".join(lines)


def _outlet(outlet: OutletView, indent: str, gutter: int) -> str:
    return _entry(f"{outlet.name}, {outlet.role}", outlet.url, outlet.time, indent, gutter)


def _source(source: SourceView) -> str:
    gutter = max(columns(item.time) for item in source.items) + 2
    entries = (
        _entry(_marked(item), item.headline.url, item.time, "  ", gutter) for item in source.items
    )
    return "\n".join((wrap(source.name), *entries))


def _trouble(trouble: TroubleView) -> str:
    lines = [wrap(f"{trouble.name}: {trouble.sentence}", indent="  ")]
    if trouble.url:
        lines.append(f"  {trouble.url}")
    return "\n".join(lines)


def _marked(item: ItemView) -> str:
    return f"{item.headline.text} [{item.mark}]" if item.mark else item.headline.text


def _entry(text: str, url: str | None, time: str, indent: str, gutter: int) -> str:
    """A time in the margin, the text beside it, the address below the text."""
    margin = indent + " " * gutter
    first = indent + time + " " * (gutter - columns(time))
    entry = wrap(text, first=first, indent=margin)
    return f"{entry}\n{margin}{url}" if url else entry


def _pieces(word: str, width: int) -> list[str]:
    if columns(word) <= width or "://" in word:
        return [word]
    pieces = [""]
    for char in word:
        if pieces[-1] and columns(pieces[-1]) + _width(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
