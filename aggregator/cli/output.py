"""What is printed: tables and colour on a terminal, plain text in a pipe, JSON where asked.

The only importer of rich. Nothing a feed says reaches the terminal unfiltered.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, Protocol

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aggregator.codec import to_json
from aggregator.core.durations import offset_of
from aggregator.core.text import clean_line, clean_text

Style = Literal["", "bold", "dim", "good", "bad", "warn", "accent", "title"]

_STYLES: dict[str, str] = {
    "": "",
    "bold": "bold",
    "dim": "dim",
    "good": "green",
    "bad": "red",
    "warn": "yellow",
    "accent": "cyan",
    "title": "bold cyan",
}
LONGEST_HEADLINE = 200
"""Characters of one that lists show: some feeds give a whole text as a title."""
_WIDE = 120
MATCH_BEGINS, MATCH_ENDS = "\x02", "\x03"
_SPACE = re.compile(r"([ \t\n]+)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and how it is meant."""

    text: str
    style: Style = ""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    right: bool = False
    grow: bool = False
    """May be wrapped when the terminal is narrow; others never are."""


def on_terminal() -> bool:
    return sys.stdout.isatty()


def terminal_width() -> int:
    """In columns."""
    return _out().width


def is_narrow() -> bool:
    """Whether a row of many columns has no room for a sentence; a file has room for everything."""
    return on_terminal() and terminal_width() < _WIDE


def columns_of(text: str) -> int:
    """How many a terminal needs for it."""
    return Text(text).cell_len


def emit_json(value: object) -> None:
    """One object, one line."""
    sys.stdout.write(to_json(value) + "\n")


def line(*cells: Cell | str, indent: int = 0, whole: bool = False) -> None:
    """One line of text on stdout, so many spaces from the left, also where a terminal wraps it.

    `whole`: a terminal gets it in one piece, so that an address can be clicked and copied.
    """
    text = Text()
    for cell in cells:
        part = cell if isinstance(cell, Cell) else Cell(cell)
        text.append(clean_line_keeping_ends(part.text), _STYLES[part.style])
    _print(text, indent=indent, whole=whole)


def blank() -> None:
    sys.stdout.write("\n")


def heading(title: str) -> None:
    """The title of a part of the output."""
    line(Cell(title, "title"))


def paragraphs(text: str, *, indent: int = 0, style: Style = "") -> None:
    """Text of several lines, wrapped on a terminal."""
    body = Text(clean_text(text), _STYLES[style])
    console = _out()
    if on_terminal():
        width = min(console.width, 88 + indent)
        console.print(Padding(body, (0, 0, 0, indent)), width=width)
    else:
        prefix = " " * indent
        for row in body.plain.split("\n"):
            sys.stdout.write((prefix + row).rstrip() + "\n")


def document(text: str) -> None:
    """Text in which spaces and lines have a meaning, as in Markdown: nothing is wrapped."""
    words = _SPACE.split(text)  # every second is what parts them
    words[::2] = map(clean_line, words[::2])
    sys.stdout.write("".join(words).rstrip("\n") + "\n")


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell | str]]) -> None:
    """Aligned columns; framed by nothing, cut by nothing."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    grid = Table(
        box=None, pad_edge=False, show_edge=False, header_style="dim", padding=(0, 2, 0, 0)
    )
    for column in columns:
        grid.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.grow,
            overflow="fold",
        )
    for row in cells:
        grid.add_row(*row)
    if on_terminal():
        _out().print(grid)
        return
    width = sum(
        max([len(column.title), *(cell.cell_len for cell in rows)]) + 2
        for column, rows in zip(columns, zip(*cells, strict=True), strict=False)
    )
    console = _out(width=max(width, 80))
    with console.capture() as captured:
        console.print(grid)
    for row_text in captured.get().splitlines():
        sys.stdout.write(row_text.rstrip() + "\n")


def snippet_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a snippet, and whether each is a match."""
    pieces = text.replace(MATCH_ENDS, MATCH_BEGINS).split(MATCH_BEGINS)
    return ((piece, at % 2 == 1) for at, piece in enumerate(pieces))


def snippet(text: str, *, indent: int = 0) -> None:
    """A search snippet; what stands between MATCH_BEGINS and MATCH_ENDS is emphasised."""
    shown = Text()
    for piece, matches in snippet_pieces(text):
        shown.append(clean_line_keeping_ends(piece), "bold yellow" if matches else "")
    _print(shown, indent=indent)


def complain(message: str) -> None:
    """An error or a warning, on stderr."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    for number, row in enumerate(clean_text(message).split("\n")):
        prefix = "aggregator: " if number == 0 else "            "
        console.print(Text(prefix, "bold red" if number == 0 else "").append(row), soft_wrap=True)


def note(message: str) -> None:
    """Something worth knowing that is not the result, on stderr."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    console.print(Text(clean_line(message), "dim"), soft_wrap=True)


def moment(at: datetime | None, *, none: str = "never") -> str:
    """Local time to the minute."""
    return none if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M")


def zoned(at: datetime, offset: timedelta | None) -> str:
    """As it was where it was written: `2026-03-02 16:10 +04:00`. None: in local time."""
    if offset is None:
        return moment(at)
    return f"{at.astimezone(timezone(offset)):%Y-%m-%d %H:%M} {offset_of(offset)}"


def short_moment(at: datetime) -> str:
    """Local time for columns: `22 Nov 23:13`, or `2024-02-07` when not of this year."""
    local = at.astimezone()
    this_year = local.year == datetime.now().astimezone().year
    return local.strftime("%d %b %H:%M" if this_year else "%Y-%m-%d")


def distance(at: datetime | None, *, now: datetime | None = None, none: str = "never") -> str:
    """How long ago, or in how long, in the largest unit that fits."""
    if at is None:
        return none
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if size >= length:
            count = f"{int(size // length)} {unit}"
            return f"{count} ago" if seconds > 0 else f"in {count}"
    return "now" if size < 10 else (f"{int(size)} s ago" if seconds > 0 else f"in {int(size)} s")


class Meter(Protocol):
    """A progress bar, or nothing."""

    def grow(self, total: int) -> None: ...
    def step(self, what: str) -> None: ...
    def show(self, label: str, done: int, total: int) -> None: ...


@contextmanager
def meter(label: str, total: int) -> Iterator[Meter]:
    """A progress bar on stderr when it is a terminal; otherwise silent."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}", style="dim", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(label, total=total, what="")

        class Bar:
            def grow(self, total: int) -> None:
                progress.update(task, total=total)

            def step(self, what: str) -> None:
                progress.update(task, advance=1, what=clean_line(what)[:40])

            def show(self, label: str, done: int, total: int) -> None:
                progress.update(task, description=label, completed=done, total=total)

        yield Bar()


def clean_line_keeping_ends(value: str) -> str:
    """`clean_line`, but spaces at either end stay: they part the cells of a line."""
    core = clean_line(value)
    if not core:
        return " " * len(value.strip("\n")) if value.isspace() else ""
    head = len(value) - len(value.lstrip(" "))
    tail = len(value) - len(value.rstrip(" "))
    return " " * head + core + " " * tail


def _print(text: Text, *, indent: int, whole: bool = False) -> None:
    """On a terminal it wraps between words; in a pipe a line stays one."""
    if whole or not on_terminal():
        _out().print(Text(" " * indent).append(text), soft_wrap=True)
    else:
        _out().print(Padding(text, (0, 0, 0, indent), expand=False) if indent else text)


def _out(*, width: int | None = None) -> Console:
    return Console(highlight=False, markup=False, emoji=False, width=width)


def _cell(cell: Cell | str) -> Text:
    part = cell if isinstance(cell, Cell) else Cell(cell)
    return Text(clean_line(part.text), _STYLES[part.style])
