"""workers: the processes that share a PostgreSQL database."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import PATIENCE, config_option, json_option
from aggregator.cli.output import Cell, Column, distance, emit_json, line, moment, table
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.types import Worker


@click.command(
    short_help="List the processes that work on a PostgreSQL database.",
    epilog="Example: aggregator workers --json",
)
@config_option
@json_option
def workers(config_path: Path, as_json: bool) -> None:
    """List the processes that work on a PostgreSQL database, and which of them leads."""
    from aggregator.config import database_of
    from aggregator.service.shapes.workers import worker_fields
    from aggregator.storage.backends import open_storage

    database = database_of(config_path, environ=os.environ)
    if isinstance(database, Path):
        raise UsageError(
            f"{database} is a SQLite file, which one process works on; "
            "`aggregator health` says whether it is alive"
        )
    with closing(open_storage(database, read_only=True, patience=PATIENCE)) as storage:
        found, now = storage.workers(), storage.clock()
    if as_json:
        for worker in found:
            emit_json(worker_fields(worker, now=now))
    elif not found:
        line("Nobody works on it; start `aggregator run`, and `aggregator worker` anywhere else.")
    else:
        _print(found, now)


def _print(found: list[Worker], now: datetime) -> None:
    from aggregator.service.shapes.workers import is_alive

    table(
        [
            Column("worker"),
            Column("version"),
            Column("since"),
            Column("seen"),
            Column("jobs", right=True),
            Column("leads"),
        ],
        [
            (
                worker.name,
                worker.version,
                moment(worker.started_at),
                Cell(distance(worker.seen_at, now=now), "" if is_alive(worker, now=now) else "bad"),
                str(worker.jobs),
                Cell("leads", "good") if worker.leads and is_alive(worker, now=now) else "",
            )
            for worker in found
        ],
    )
