"""extract --again: the texts of stored articles, made anew from the pages that are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.cli.output import Cell, emit_json, line, meter
from aggregator.core.enumerating import counted

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.pipeline import AgainReport

_MOST_FAILED = 20
"""More are only counted, except in JSON."""


def run_again(
    config: Config, *, names: Sequence[str], since: datetime | None, as_json: bool
) -> int:
    """Make them with a progress bar, and say what came of it; the exit code."""
    from aggregator.service.extracting import extract_again

    with meter("Extracting", 0) as bar:

        def progress(_done: int, total: int) -> None:
            bar.grow(total)
            bar.step("")

        report = asyncio.run(extract_again(config, sources=names, since=since, progress=progress))
    if as_json:
        emit_json(report_fields(report))
    else:
        print_report(report)
    return 1 if report.failed and len(report.failed) == report.seen else 0


def report_fields(report: AgainReport) -> dict[str, object]:
    """The summary as one JSON object."""
    return {
        "seen": report.seen,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "failed": [
            {"id": one.article_id, "title": one.title, "error": one.error} for one in report.failed
        ],
        "left_to_leader": report.left_to_leader,
    }


def print_report(report: AgainReport) -> None:
    """The summary in sentences."""
    if not report.seen:
        line("No pages are kept of such articles; `keep_pages` in feeds.yaml says for how long.")
        return
    line(
        Cell(f"{counted(report.seen, 'article')} read again", "bold"),
        f": {report.changed} changed, {report.unchanged} as before",
        f", {len(report.failed)} failed" if report.failed else "",
    )
    for one in report.failed[:_MOST_FAILED]:
        line(Cell(f"article {one.article_id}: ", "warn"), f"{one.title} — {one.error}")
    if len(report.failed) > _MOST_FAILED:
        line(f"… and {len(report.failed) - _MOST_FAILED} more; --json has them all")
    if report.left_to_leader:
        line("Stories are left to the worker that leads; `aggregator workers` says which.")
