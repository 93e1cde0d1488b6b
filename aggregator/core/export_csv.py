"""Rows as CSV (RFC 4180): commas, quotes where they are needed, CR LF at the end of each record.

Spreadsheets take a cell that begins with =, +, -, @, a tab or CR for a formula and run it, and a
headline may be written by anybody. Such a cell gets an apostrophe in front. One that begins with
apostrophes and then such a character gets one more, so that nothing is lost: who removes one
apostrophe from each cell that `GUARDED` matches has what was there before.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum

from aggregator.codec import to_json
from aggregator.core.export_rows import Column, Kind, Row

BOM = "\ufeff"
"""Tells a spreadsheet that what follows is UTF-8."""
LONGEST_CELL = 32_767
"""Characters (UTF-16 units) that a cell of Excel holds; what is longer spills over into others."""
BETWEEN = "; "
"""Several texts in one cell are parted by it."""
GUARDED = re.compile(r"'+[=+\-@\t\r]")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_CUT = "…"


def header(wanted: Sequence[Column]) -> str:
    return _record([column.name for column in wanted])


def records(
    rows: Iterable[Row], wanted: Sequence[Column], *, longest: int | None = None
) -> tuple[str, int]:
    """One for each row, and how many of them have a cell that is cut, for it is longer than
    `longest`; None: none is."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    cut_ones = 0
    for row in rows:
        cells = [_cell(column.value(row), column.kind) for column in wanted]
        if longest is not None:
            whole, cells = cells, [cut(cell, longest) for cell in cells]
            cut_ones += cells != whole
        writer.writerow(cells)
    return kept.getvalue(), cut_ones


def guard(text: str) -> str:
    """What no spreadsheet takes for a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def cut(cell: str, longest: int) -> str:
    """At most so many UTF-16 units, with an ellipsis where it is cut."""
    if len(cell) * 2 <= longest or len(cell.encode("utf-16-le")) <= longest * 2:
        return cell
    head = cell.encode("utf-16-le")[: (longest - len(_CUT)) * 2]
    return head.decode("utf-16-le", errors="ignore") + _CUT


def _record(cells: Sequence[str]) -> str:
    kept = io.StringIO(newline="")
    csv.writer(kept).writerow(cells)
    return kept.getvalue()


def _cell(value: object, kind: Kind) -> str:
    if value is None:
        return ""
    match kind:
        case Kind.TEXT:
            return guard(str(value))
        case Kind.TEXTS:
            assert isinstance(value, tuple)  # noqa: S101 - narrows the type
            return guard(BETWEEN.join(value))
        case Kind.MEDIA | Kind.LINKS:
            return to_json(value) if value else ""
        case Kind.MOMENT:
            assert isinstance(value, datetime)  # noqa: S101 - narrows the type
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        case _:
            return str(value.value if isinstance(value, Enum) else value)
