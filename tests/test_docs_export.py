"""docs/search.md tells of every column of an export, and how its cells are guarded."""

from __future__ import annotations

import re
from pathlib import Path

from aggregator.cli.export import DOCUMENT_LIMIT, FORMATS
from aggregator.core.export_csv import BETWEEN, GUARDED, LONGEST_CELL
from aggregator.core.export_rows import columns

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "search.md").read_text(encoding="utf-8").partition("\n## Taking articles out\n")[2]
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")


def test_each_column_has_its_line_in_order() -> None:
    lines = re.findall(r"^\| ((?:`\w+` ?)+)\|", PAGE, re.MULTILINE)
    told = [name for line in lines for name in re.findall(r"`(\w+)`", line)]
    assert {*told} == {column.name for column in columns(text=True, html=True)}
    assert len(told) == len({*told})


def test_the_marks_of_cells_are_those_that_are_written() -> None:
    assert f"`^{GUARDED.pattern}`" in PAGE
    assert f"`{BETWEEN}`" in PAGE


def test_the_limits_are_those_that_hold() -> None:
    assert f"the newest {DOCUMENT_LIMIT:,} articles" in PAGE
    assert f"but {DOCUMENT_LIMIT:,} in epub and md" in COMMANDS
    assert f"{LONGEST_CELL:,}" in COMMANDS


def test_each_format_has_its_line() -> None:
    for name in FORMATS:
        assert f"| `{name}` | .{name}" in COMMANDS
