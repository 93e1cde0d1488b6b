"""migrate."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.common import config_option, json_option
from aggregator.cli.output import Cell, Column, emit_json, line, meter, table
from aggregator.types import Database, PostgresUrl

if TYPE_CHECKING:
    from aggregator.storage.moving import Move, Progress, Watch


class _DatabaseType(click.ParamType[Database]):
    """A file name, or a PostgreSQL URL."""

    name = "database"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Database:
        from aggregator.config.databases import database_in_environment
        from aggregator.config.values import Surroundings

        try:
            around = Surroundings(environ=os.environ, folder=Path.cwd())
            return database_in_environment(value, around)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command(
    short_help="Move everything into another database.",
    epilog="Examples: aggregator migrate --to postgresql://news@db.example.org/news · "
    "aggregator migrate --from postgresql://news@db.example.org/news --to aggregator.db",
)
@click.option("--to", "destination", type=_DatabaseType(), required=True, help="Where it goes.")
@click.option(
    "--from", "source", type=_DatabaseType(), help="What is moved, when it is not `storage`."
)
@click.option("--restart", is_flag=True, help="Empty what an interrupted move has left, first.")
@config_option
@json_option
def migrate(
    destination: Database,
    source: Database | None,
    restart: bool,
    config_path: Path,
    as_json: bool,
) -> None:
    """Move everything that is stored into another database, and compare it row by row.

    A database is a file name (SQLite) or postgresql://USER@HOST/NAME. Stop aggregator on both
    first. The source is only read. When the move is interrupted, the same command goes on where
    it stopped; until it is complete, no other command uses the destination.
    """
    from aggregator.config import database_of
    from aggregator.storage.moving import move

    if source is None:
        source = database_of(config_path, environ=os.environ)
    began = time.monotonic()
    with _progress() as watch:
        done = move(source, destination, restart=restart, watch=watch)
    if as_json:
        _emit(done, source, destination, seconds=time.monotonic() - began)
    else:
        _print(done, source, destination, config_path)


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar for each table."""
    with ExitStack() as bars:
        label, shown, bar = "", 0, bars.enter_context(meter("Opening", 100))

        def watch(now: Progress) -> None:
            nonlocal label, shown, bar
            wanted = f"{now.stage} {now.table}"
            if wanted != label:
                bars.close()
                label, shown, bar = wanted, 0, bars.enter_context(meter(wanted, 100))
            reached = 100 * now.done // now.total if now.total else 100
            for _ in range(shown, reached):
                bar.step(f"{now.done:,} of {now.total:,} rows")
            shown = max(shown, reached)

        yield watch


def _emit(done: Move, source: Database, destination: Database, *, seconds: float) -> None:
    for one in done.tables:
        emit_json({"table": one.name, "rows": one.rows, "sha256": one.sha256})
    emit_json(
        {
            "from": str(source),
            "to": str(destination),
            "rows": done.rows,
            "copied": done.copied,
            "seconds": round(seconds, 3),
        }
    )


def _print(done: Move, source: Database, destination: Database, config_path: Path) -> None:
    table(
        [Column("table"), Column("rows", right=True), Column("SHA-256 of both sides")],
        [(one.name, f"{one.rows:,}", one.sha256) for one in done.tables],
    )
    line(Cell("Moved: ", "good"), f"{done.rows:,} rows, each compared")
    line(f"Put this into {config_path}:  ", Cell(f"storage: {_shown(destination)}", "bold"))
    if isinstance(destination, PostgresUrl) and _shown(destination) != destination.uri:
        line("The password goes into PGPASSWORD or ~/.pgpass; docs/configuration.md has more ways.")
    line(f"{source} is as it was: keep it as a backup until you trust the new one.")


def _shown(database: Database) -> str:
    from aggregator.cli.backup import without_password

    if isinstance(database, PostgresUrl):
        return without_password(database)
    return str(database.absolute())
