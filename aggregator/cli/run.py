"""run and health: the service and its health check."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator.cli.common import config_option
from aggregator.cli.output import Cell, line


@click.command(epilog="Example: aggregator run -c /etc/aggregator/feeds.yaml")
@config_option
def run(config_path: Path) -> None:
    """Run the service: poll, group and mail the digest until stopped.

    \b
    SIGTERM, SIGINT   finish what is under way and stop, within 10 seconds
    SIGHUP            read feeds.yaml again; an edited file is noticed by itself too
    """
    from aggregator.service.run import serve

    asyncio.run(serve(config_path, environ=os.environ))


@click.command(epilog="Example: aggregator health || systemctl restart aggregator")
@config_option
def health(config_path: Path) -> int:
    """Say whether the service is alive. Exit code 1 when it is not."""
    from aggregator.config import database_of
    from aggregator.service.status import read_health, status_path

    database = database_of(config_path, environ=os.environ)
    alive, sentence = read_health(status_path(database), now=datetime.now(UTC))
    line(Cell(sentence, "good" if alive else "bad"))
    return 0 if alive else 1
