"""backup."""

from __future__ import annotations

import os
import re
import shlex
import time
from pathlib import Path
from urllib.parse import unquote

import click

from aggregator.cli.common import config_option, json_option
from aggregator.cli.output import Cell, emit_json, line, meter
from aggregator.core.durations import format_size
from aggregator.errors import UsageError
from aggregator.types import PostgresUrl


@click.command(
    short_help="Copy the database into a file, at any time.",
    epilog="Example: aggregator backup /var/backups/news-$(date +%F).db",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@config_option
@json_option
def backup(file: Path, force: bool, config_path: Path, as_json: bool) -> None:
    """Copy the database into FILE while the service goes on writing to it.

    The copy holds all that was stored when it was begun, and is checked before it gets its name.
    A PostgreSQL database is backed up with its own tools; the command to use is printed.
    """
    from aggregator.config import database_of
    from aggregator.storage.backup import back_up

    database = database_of(config_path, environ=os.environ)
    if isinstance(database, PostgresUrl):
        raise UsageError(
            f"{database} is backed up by PostgreSQL's own program, and restored by pg_restore: "
            f"{_dump_command(database, file)}"
        )
    began = time.monotonic()
    with meter("Copying", 100) as bar:
        shown = 0

        def watch(share: float) -> None:
            nonlocal shown
            for _ in range(shown, int(100 * share)):
                bar.step("per cent")
                shown += 1

        size = back_up(database, file, force=force, watch=watch)
    if as_json:
        seconds = round(time.monotonic() - began, 3)
        emit_json({"database": str(database), "file": str(file), "bytes": size, "seconds": seconds})
        return
    line(Cell("Written: ", "good"), f"{file} ({format_size(size)}), checked and whole")
    old = " ".join(shlex.quote(f"{database}{ending}") for ending in ("-wal", "-shm"))
    copy = shlex.join(["cp", str(file), str(database)])
    line(f"To restore it, stop aggregator, then: rm -f {old} && {copy}")


def _dump_command(url: PostgresUrl, file: Path) -> str:
    command = ["pg_dump", "--format=custom", f"--file={file}", without_password(url)]
    return shlex.join(command)


def without_password(url: PostgresUrl) -> str:
    """The URI for libpq, which then looks for the password in PGPASSWORD and ~/.pgpass."""
    where, _, options = url.uri.partition("?")
    where = re.sub(r"://([^:@/]*):[^/]*@", r"://\1@", where)
    kept = "&".join(
        option
        for option in options.split("&")
        if "password" not in unquote(option.partition("=")[0]).lower()
    )
    return f"{where}?{kept}" if kept else where
