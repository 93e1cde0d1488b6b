"""refresh: poll now what is not due yet."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import PATIENCE, config_option, json_option, load_config
from aggregator.cli.output import emit_json, line
from aggregator.cli.update import print_summary, run_update, summary_fields, within_option
from aggregator.core.standing import next_poll_at
from aggregator.errors import InstanceRunning, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from aggregator.config import Config
    from aggregator.storage.protocol import Storage
    from aggregator.types import Database, SourceStatus


@click.command(
    epilog="Examples: aggregator refresh · aggregator refresh 'The Gulf Observer' --force"
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--force",
    is_flag=True,
    help="Also where the publisher asked to be left alone, and named sources that have retired.",
)
@within_option
@config_option
@json_option
def refresh(
    sources: tuple[str, ...],
    *,
    force: bool,
    within: timedelta | None,
    config_path: Path,
    as_json: bool,
) -> int:
    """Poll sources now, due or not: all of them, or those named.

    A running service is told to poll them at once; where none runs, this does what
    `aggregator update` does. SOURCE is a name, an address, or an unambiguous part of either.
    """
    config = load_config(config_path)
    if _is_served(config):
        if within is not None:
            raise UsageError(
                "--within is for a pass of its own, and a service is running that polls them; "
                "leave it out"
            )
        woken, waiting = _wake(config, sources, force=force)
        if as_json:
            emit_json({"due": _names(woken), "waiting": _names(waiting)})
        else:
            _print_woken(woken, waiting)
        return 0
    if not sources and not force and _is_there(config.storage):
        _wake(config, (), force=False)
    summary = asyncio.run(run_update(config, names=sources, force=force, within=within))
    if as_json:
        emit_json(summary_fields(summary))
    else:
        print_summary(summary)
    return 1 if summary.polled and len(summary.failed) == summary.polled else 0


def _print_woken(woken: Sequence[SourceStatus], waiting: Sequence[SourceStatus]) -> None:
    count = "1 source is" if len(woken) == 1 else f"{len(woken)} sources are"
    line(f"{count} due now; the service that is running polls them at once.")
    for status in waiting:
        line(f"{status.source.name} wants to be left alone; --force does not wait.")


def _names(statuses: Sequence[SourceStatus]) -> list[str]:
    return [status.source.name for status in statuses]


def _is_there(database: Database) -> bool:
    return not isinstance(database, Path) or database.exists()


def _is_served(config: Config) -> bool:
    """Whether a process is at work that polls what is due."""
    from aggregator.service.presence import workers_health
    from aggregator.storage.backends import alone, open_storage

    if isinstance(config.storage, Path):
        try:
            with alone(config.storage):
                return False
        except InstanceRunning:
            return True
    with closing(open_storage(config.storage, patience=PATIENCE)) as storage:
        return workers_health(storage.workers(), now=storage.clock())[0]


def _wake(
    config: Config, names: Sequence[str], *, force: bool
) -> tuple[list[SourceStatus], list[SourceStatus]]:
    """(those that are due now, those that want to be left alone)."""
    from aggregator.storage.backends import open_storage

    with closing(open_storage(config.storage, patience=PATIENCE)) as storage:
        now = storage.clock()
        chosen = {status.source_id for status in _chosen(storage, names)}
        storage.wake(chosen if names else None, now=now, force=force)
        after = [one for one in storage.source_statuses() if one.source_id in chosen]
    due = [one for one in after if next_poll_at(one, now=now) == now]
    return due, [one for one in after if one not in due]


def _chosen(storage: Storage, names: Sequence[str]) -> list[SourceStatus]:
    from aggregator.service.update import select

    return select(storage.source_statuses(), names)
