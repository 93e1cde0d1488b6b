"""How many articles a search has, whose they are, and when they were published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aggregator.cli.output import (
    Cell,
    Column,
    blank,
    columns_of,
    line,
    moment,
    table,
    terminal_width,
)
from aggregator.core.day_bins import Bin, bar, bins, sparkline
from aggregator.core.enumerating import counted
from aggregator.core.text import clean_line
from aggregator.types import SearchCounts

_SPARKS = 30
_ROWS = 31
_BAR = 30


def print_head(counts: SearchCounts) -> None:
    """One line: how many, when, and whose most of them are, as far as there is room."""
    drawn = bins(counts.by_day, most=_SPARKS)
    head = _matching(counts)
    sparks = sparkline([one.count for one in drawn])
    days = _days(drawn[0].first, drawn[-1].last) if drawn else ""
    used = len(f"{head}  {sparks} {days}")
    names = ""
    for name, articles in counts.by_source:
        shown = f"{names}{' · ' if names else ''}{clean_line(name)} {articles}"
        if used + len("  ") + columns_of(shown) > terminal_width():
            break
        names = shown
    line(
        Cell(head, "bold"),
        "  ",
        Cell(sparks, "accent"),
        Cell(f" {days}", "dim"),
        "  ",
        Cell(names, "dim"),
    )
    blank()


def print_counts(counts: SearchCounts) -> None:
    """As tables."""
    line(Cell(_matching(counts), "bold"))
    if not counts.articles:
        return
    drawn = bins(counts.by_day, most=_ROWS)
    whole_days = all(one.first == one.last for one in drawn)
    _table("day" if whole_days else "days", [(_span(one), one.count) for one in drawn])
    _table("source", _with_others(counts.by_source, counts.articles))
    languages = [(name or "not known", articles) for name, articles in counts.by_language]
    _table("language", _with_others(languages, counts.articles))


def _table(title: str, rows: Sequence[tuple[str, int]]) -> None:
    blank()
    highest = max(articles for _, articles in rows)
    table(
        [Column(title), Column("articles", right=True), Column("")],
        [
            (name, str(articles), Cell(bar(articles, highest, width=_BAR), "accent"))
            for name, articles in rows
        ],
    )


def _with_others(named: Sequence[tuple[str, int]], total: int) -> list[tuple[str, int]]:
    rest = total - sum(articles for _, articles in named)
    return [*named, ("others", rest)] if rest else [*named]


def _matching(counts: SearchCounts) -> str:
    """How many, and what was not counted."""
    verb = "matches" if counts.articles == 1 else "match"
    said = f"{counted(counts.articles, 'article')} {verb}"
    if counts.counted_from is None:
        return said
    return f"{said} since {moment(counts.counted_from)}, older ones are not counted"


def _span(one: Bin) -> str:
    return _days(one.first, one.last)


def _days(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} – {last}"
