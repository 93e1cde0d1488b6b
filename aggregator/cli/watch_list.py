"""watch list: the watches, and how they fare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, load_config, store_if_any
from aggregator.cli.output import Cell, Column, distance, emit_json, line, table
from aggregator.core.durations import format_duration
from aggregator.core.watch_rules import watch_key
from aggregator.types import NoticeState, Rate, Watch

if TYPE_CHECKING:
    from aggregator.storage.protocol import Storage

_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """What has become of a watch so far."""

    last_at: datetime | None
    """When it last caught something, or a message was last made of it; None: never."""
    waiting: int
    """Caught, and in no message yet."""
    unsent: int
    """Messages that wait to be sent."""
    dead: int
    """Messages that were given up."""


@click.command("list", epilog="Example: aggregator watch list --json")
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the watches, and how they fare.

    When each last caught something, what waits to be in a message, and messages that were not
    sent.
    """
    config = load_config(config_path)
    if not config.watches and not as_json:
        line("No watches yet; `aggregator watch add` makes one.")
        return
    with store_if_any(config.storage) as storage:
        fared = _fared(storage, config.watches) if storage else None
    rows = [(one, fared[watch_key(one.name)] if fared else None) for one in config.watches]
    if as_json:
        for watch, how in rows:
            emit_json(_fields(watch, how))
    else:
        _print(rows)


def _fared(storage: Storage, watches: tuple[Watch, ...]) -> dict[str, Fared]:
    keys = [watch_key(one.name) for one in watches]
    waiting: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for hit in storage.open_hits(keys):
        waiting[hit.watch] += 1
        last[hit.watch] = hit.at
    unsent, dead = (
        Counter(one.watch for one in storage.notices(state=state, limit=_MOST))
        for state in (NoticeState.WAITING, NoticeState.DEAD)
    )
    for key in keys:
        for notice in storage.notices(watch=key, limit=1):
            last[key] = max(last.get(key, notice.created_at), notice.created_at)
    return {
        key: Fared(last_at=last.get(key), waiting=waiting[key], unsent=unsent[key], dead=dead[key])
        for key in keys
    }


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
                ", ".join(watch.to),
                _manner(watch),
                distance(how.last_at) if how else "never",
                _waiting(how),
            )
            for watch, how in rows
        ],
    )


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


def rate(value: Rate) -> str:
    """As feeds.yaml has it: 1/h, 2/30m."""
    span = format_duration(value.span)
    return f"{value.most}/{span[1:] if span in {'1h', '1d', '1m'} else span}"


def hours(watch: Watch) -> str | None:
    """Its quiet ones, as feeds.yaml has them; None: it has none."""
    quiet = watch.quiet
    return None if quiet is None else f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}"


def _fields(watch: Watch, how: Fared | None) -> dict[str, object]:
    return {
        "name": watch.name,
        "query": watch.query,
        "to": watch.to,
        "per": None if watch.silent else watch.per,
        "at_most": rate(watch.at_most) if watch.at_most else None,
        "quiet": hours(watch),
        "timezone": watch.quiet.timezone if watch.quiet else None,
        "silent": format_duration(watch.silent) if watch.silent else None,
        "last_at": how.last_at if how else None,
        "waiting": how.waiting if how else 0,
        "unsent": how.unsent if how else 0,
        "dead": how.dead if how else 0,
    }
