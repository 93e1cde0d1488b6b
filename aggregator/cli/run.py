"""run, worker and health: the service, on one machine or many, and its health check."""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import PATIENCE, config_option
from aggregator.cli.output import Cell, line
from aggregator.errors import StorageError

if TYPE_CHECKING:
    from aggregator.types import PostgresUrl


@click.command(
    short_help="Run the service, with its page, until stopped.",
    epilog="Example: aggregator run -c /etc/aggregator/feeds.yaml",
)
@config_option
def run(config_path: Path) -> None:
    """Run the service: poll, group, send the digests and serve the page until stopped.

    The page is at http://127.0.0.1:8460 unless feeds.yaml says otherwise (web: listen:).

    On a PostgreSQL database it shares the work with every `aggregator worker`, and sees to it
    that the database has the sources of its feeds.yaml.

    \b
    SIGTERM, SIGINT   finish what is under way and stop, within 10 seconds
    SIGHUP            read feeds.yaml again; an edited file is noticed by itself too
    """
    from aggregator.service.meters import Meters
    from aggregator.service.run import serve
    from aggregator.web.beside import page_beside

    meters = Meters()
    page = page_beside(config_path, environ=os.environ, meters=meters)
    asyncio.run(serve(config_path, environ=os.environ, beside=page, meters=meters))


@click.command(
    short_help="Share the work of a PostgreSQL database, until stopped.",
    epilog="Example: aggregator worker -c /etc/aggregator/feeds.yaml",
)
@config_option
def worker(config_path: Path) -> None:
    """Share the work of a PostgreSQL database, on this or any other machine, until stopped.

    Start and stop as many as you like, at any moment. One of all leads: it groups, mails the
    digest and cleans up, and another takes over when it ends. The sources are those that
    `aggregator run` or `aggregator update` has put into the database.

    \b
    SIGTERM, SIGINT   finish what is under way and stop, within 10 seconds
    SIGHUP            read feeds.yaml again; an edited file is noticed by itself too
    """
    from aggregator.service.run import serve

    asyncio.run(serve(config_path, environ=os.environ, worker=True))


@click.command(epilog="Example: aggregator health || systemctl restart aggregator")
@config_option
def health(config_path: Path) -> int:
    """Say whether the service is alive on this machine. Exit code 1 when it is not."""
    from aggregator.config import database_of
    from aggregator.service.status import read_health, status_path

    database = database_of(config_path, environ=os.environ)
    if isinstance(database, Path):
        alive, sentence = read_health(status_path(database), now=datetime.now(UTC))
    else:
        alive, sentence = _shared_health(database, config_path)
    line(Cell(sentence, "good" if alive else "bad"))
    return 0 if alive else 1


def _shared_health(database: PostgresUrl, config_path: Path) -> tuple[bool, str]:
    from aggregator.service.presence import shared_health
    from aggregator.storage.backends import open_storage

    try:
        with closing(open_storage(database, read_only=True, patience=PATIENCE)) as storage:
            return shared_health(storage, config_path, environ=os.environ)
    except StorageError as error:
        return False, str(error)
