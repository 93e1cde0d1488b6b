"""How `add` prints what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from aggregator.cli.output import (
    Cell,
    Column,
    blank,
    line,
    moment,
    on_terminal,
    paragraphs,
    table,
)

if TYPE_CHECKING:
    from aggregator.service.findings import FoundFeed, Miss

_WIDE = 140
"""Columns that the table of candidates needs."""
_SHOWN = 5
"""Items of a page."""


def feeds_table(feeds: Sequence[FoundFeed]) -> None:
    """The candidates; on a narrow terminal one below the other, so that addresses stay whole."""
    if on_terminal() and get_terminal_size().columns < _WIDE:
        _feeds_list(feeds)
    else:
        _feeds_table(feeds)
    blank()


def _feeds_list(feeds: Sequence[FoundFeed]) -> None:
    from aggregator.service.findings import format_name

    width = len(str(len(feeds)))
    for number, feed in enumerate(feeds, start=1):
        line(
            f"{number:>{width}}  ",
            Cell(feed.name or "–", "bold"),
            Cell(f"  {format_name(feed.parsed.format)}", "dim"),
        )
        paragraphs(f"{feed.freshness.says}. {feed.why}", indent=width + 2, style="dim")
        paragraphs(feed.url, indent=width + 2)


def _feeds_table(feeds: Sequence[FoundFeed]) -> None:
    from aggregator.service.findings import format_name

    table(
        [
            Column("#", right=True),
            Column("title", grow=True),
            Column("format"),
            Column("items", grow=True),
            Column("found", grow=True),
            Column("address", grow=True),
        ],
        [
            (
                str(number),
                Cell(feed.name or "–", "bold"),
                format_name(feed.parsed.format),
                feed.freshness.says,
                Cell(feed.why, "dim"),
                feed.url,
            )
            for number, feed in enumerate(feeds, start=1)
        ],
    )


def misses_table(misses: Iterable[Miss]) -> None:
    table(
        [Column("asked", grow=True), Column("what came of it", grow=True)],
        [(miss.url, Cell(miss.error, "warn")) for miss in misses],
    )
    blank()


def entries_table(page: FoundFeed) -> None:
    """What selectors find on a page."""
    entries = page.parsed.entries
    line(Cell(page.freshness.says, "bold"), f" at {page.url}")
    if page.parsed.warning:
        line(Cell(page.parsed.warning, "warn"))
    table(
        [Column("date"), Column("title", grow=True), Column("link", grow=True)],
        [
            (
                moment(entry.published_at, none="–"),
                Cell(entry.title or "–", "bold"),
                Cell(entry.url or "–", "dim"),
            )
            for entry in entries[:_SHOWN]
        ],
    )
    if len(entries) > _SHOWN:
        line(f"… and {len(entries) - _SHOWN} more")
    blank()
