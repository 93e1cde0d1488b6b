"""watch list: the watches, and how they fare."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.common import config_option, json_option, load_config, store_if_any
from aggregator.cli.output import Cell, Column, distance, emit_json, line, table
from aggregator.core.durations import format_duration
from aggregator.core.watch_rules import watch_key
from aggregator.service.shapes.watches import Fared, fared, hours, rate, watch_fields
from aggregator.types import Watch


@click.command("list", epilog="Example: aggregator watch list --json")
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the watches, and how they fare.

    When each last caught something, what waits to be in a message, and messages that were not
    sent.
    """
    config = load_config(config_path, secrets=False)
    if not config.watches and not as_json:
        line("No watches yet; `aggregator watch add` makes one.")
        return
    with store_if_any(config.storage) as storage:
        by_key = fared(storage, config.watches) if storage else None
    rows = [(one, by_key[watch_key(one.name)] if by_key else None) for one in config.watches]
    if as_json:
        for watch, how in rows:
            emit_json(watch_fields(watch, how))
    else:
        _print(rows)


def _print(rows: list[tuple[Watch, Fared | None]]) -> None:
    table(
        [
            Column("watch", grow=True),
            Column("query", grow=True),
            Column("to", grow=True),
            Column("sends", grow=True),
            Column("last caught"),
            Column("waiting", grow=True),
        ],
        [
            (
                Cell(watch.name, "bold"),
                watch.query,
                ", ".join(watch.to) or "nobody",
                _manner(watch),
                _last(watch, how),
                _waiting(how),
            )
            for watch, how in rows
        ],
    )


def _last(watch: Watch, how: Fared | None) -> str:
    """Empty where it is not known: what no message tells is not waiting for one."""
    if not watch.to:
        return ""
    return distance(how.last_at) if how else "never"


def _waiting(how: Fared | None) -> Cell:
    if how is None:
        return Cell("")
    parts = [str(how.waiting)] if how.waiting else []
    parts += [f"{how.unsent} unsent"] if how.unsent else []
    parts += [f"{how.dead} dead"] if how.dead else []
    return Cell(", ".join(parts) or "0", "bad" if how.dead else "")


def _manner(watch: Watch) -> str:
    """What is sent, and when."""
    if watch.silent is not None:
        parts = [f"sources silent for {format_duration(watch.silent)}"]
    else:
        parts = [f"each {watch.per.value}"]
    if watch.at_most is not None:
        parts.append(f"at most {rate(watch.at_most)}")
    if watch.quiet is not None:
        parts.append(f"not {hours(watch)}")
    return ", ".join(parts)
