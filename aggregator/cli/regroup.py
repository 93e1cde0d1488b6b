"""group --again: the stories of what is stored, found anew."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from aggregator.cli.output import Cell, emit_json, line, meter
from aggregator.core.enumerating import counted

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.pipeline.regrouping import RegroupReport

_MOST_MOVED = 30
"""More are only counted, except in JSON."""


def run_again(config: Config, *, since: datetime | None, dry_run: bool, as_json: bool) -> int:
    """Find them with a progress bar, and say what is different; the exit code."""
    from aggregator.service.regrouping import regroup

    rounds = count(1)
    with meter("Grouping", 0) as bar:

        def progress(done: int) -> None:
            bar.grow(next(rounds))  # how many there will be, nobody knows
            bar.step(counted(done, "article"))

        report = asyncio.run(regroup(config, since=since, dry_run=dry_run, progress=progress))
    if as_json:
        emit_json(report_fields(report))
    else:
        print_report(report)
    return 0


def report_fields(report: RegroupReport) -> dict[str, object]:
    """What is different as one JSON object."""
    return {
        "seen": report.seen,
        "moved": [
            {
                "id": one.article_id,
                "title": one.title,
                "source": one.source,
                "from": one.before,
                "to": one.after,
                "relation": one.relation,
                "why": one.why,
            }
            for one in report.moved
        ],
        "stories_before": report.before,
        "stories_after": report.after,
        "merged": report.merged,
        "split": report.split,
        "stored": report.stored,
    }


def print_report(report: RegroupReport) -> None:
    """The same in sentences."""
    if not report.seen:
        line("No such article has a story yet; `aggregator update` finds them.")
        return
    would = "" if report.stored else "would be "
    line(
        Cell(f"{counted(report.seen, 'article')} looked at", "bold"),
        f": {len(report.moved)} {would}moved; {_stories(report.before)} before,"
        f" {report.after} {'after' if report.stored else 'then'}"
        f" ({report.merged} merged, {report.split} split)",
    )
    for one in report.moved[:_MOST_MOVED]:
        line(
            Cell(f"article {one.article_id} ", "bold"),
            f"“{one.title or '(no title)'}” ({one.source}):",
            Cell(f" story {one.before} → story {one.after}", "accent"),
            f": {one.why}",
        )
    if len(report.moved) > _MOST_MOVED:
        line(f"… and {len(report.moved) - _MOST_MOVED} more; --json has them all")
    if not report.stored:
        line(Cell("Nothing was changed; without --dry-run it is.", "dim"))


def _stories(number: int) -> str:
    return "1 story" if number == 1 else f"{number} stories"
