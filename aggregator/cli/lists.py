"""remove, pause, resume; import: the list of sources, and lists of other programs."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from aggregator.cli.common import PATIENCE, config_option, json_option, load_config
from aggregator.cli.output import Cell, complain, emit_json, line
from aggregator.core.choosing import choose

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.config.entries import NewSource
    from aggregator.core.opml import OpmlImport
    from aggregator.types import Source

_NAMES = click.argument("names", nargs=-1, required=True, metavar="SOURCE...")
_MOST_PROBLEMS = 20
"""More are only counted, except in JSON."""


@click.command(epilog="Example: aggregator remove 'The Gulf Observer'")
@_NAMES
@config_option
@json_option
def remove(names: tuple[str, ...], config_path: Path, as_json: bool) -> None:
    """Take sources out of feeds.yaml, which else stays as it is.

    They are polled no longer; their articles stay. SOURCE is a name, an address, or an unambiguous
    part of either.
    """
    from aggregator.config.editing import remove_sources

    before = load_config(config_path)
    chosen = meant(before, names)
    remove_sources(config_path, [one.url for one in chosen], environ=os.environ)
    for one in chosen:
        _tell(one, "Removed", as_json=as_json)
    _tell_renamed(before, load_config(config_path), as_json=as_json)


@click.command(epilog="Example: aggregator pause 'The Gulf Observer'")
@_NAMES
@config_option
@json_option
def pause(names: tuple[str, ...], config_path: Path, as_json: bool) -> None:
    """Do not poll sources for the time being; their articles stay.

    SOURCE is a name, an address, or an unambiguous part of either. It gets `paused: true` in
    feeds.yaml, which else stays as it is; `aggregator resume` ends that.
    """
    from aggregator.config.editing import set_paused

    config = load_config(config_path)
    chosen = meant(config, names)
    set_paused(config_path, [one.url for one in chosen], paused=True, environ=os.environ)
    for one in chosen:
        _tell(one, "Paused" if one in config.sources else "Paused already", as_json=as_json)


@click.command(
    short_help="Poll sources again that were paused or given up.",
    epilog="Example: aggregator resume 'The Gulf Observer'",
)
@_NAMES
@config_option
@json_option
def resume(names: tuple[str, ...], config_path: Path, as_json: bool) -> None:
    """Poll sources again that were paused, or that were given up since their feed is gone.

    SOURCE is a name, an address, or an unambiguous part of either.
    """
    from aggregator.config.editing import set_paused

    config = load_config(config_path)
    chosen = meant(config, names)
    back = [one for one in chosen if one in config.paused]
    set_paused(config_path, [one.url for one in back], paused=False, environ=os.environ)
    revived = _revive(config, {one.url for one in chosen if one not in back})
    for one in chosen:
        is_back = one in back or one.url in revived
        _tell(one, "Resumed" if is_back else "Not paused", as_json=as_json)


@click.command(
    "import",
    short_help="Follow the feeds of an OPML list.",
    epilog="Examples: aggregator import feeds.opml · aggregator import - --dry-run",
)
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only report; feeds.yaml stays as it is.")
@config_option
@json_option
def import_(file: BinaryIO, dry_run: bool, config_path: Path, as_json: bool) -> int:
    """Add the feeds of an OPML list to feeds.yaml, which else stays as it is.

    FILE is a list as other feed readers write it, or "-" for standard input. Folders and
    categories become tags. What is followed already is left alone.
    """
    from aggregator.config.editing import add_sources
    from aggregator.config.opml import unfollowed
    from aggregator.core.opml import parse_opml

    read = parse_opml(file.read())
    new = unfollowed(read.entries, config_path, environ=os.environ)
    if dry_run:
        names: Sequence[str] = [one.name or one.url for one in new]
    else:
        names = add_sources(config_path, new, environ=os.environ)
    if as_json:
        _emit_import(read, new, names, dry_run=dry_run)
    else:
        _print_import(read, new, dry_run=dry_run)
    return 0 if read.entries else 1


# --- which sources -------------------------------------------------------------------------------


def meant(config: Config, names: Sequence[str]) -> list[Source]:
    """Those that the user means, also paused ones; each once. Raises UsageError."""
    every = (*config.sources, *config.paused)
    return list(dict.fromkeys(_one(every, name) for name in names))


def _one(sources: Sequence[Source], name: str) -> Source:
    unknown = f"no source in the configuration is called “{name}”"
    return choose(sources, name, source=lambda one: one, unknown=unknown)


def _revive(config: Config, urls: Collection[str]) -> set[str]:
    """The addresses of those that had retired, and are polled again from now on."""
    from aggregator.storage.backends import open_storage

    if not urls or (isinstance(config.storage, Path) and not config.storage.exists()):
        return set()
    with closing(open_storage(config.storage, patience=PATIENCE)) as storage:
        retired = {
            one.source_id: one.source.url
            for one in storage.source_statuses()
            if one.source.url in urls and one.state.retired_at is not None
        }
        if retired:
            storage.wake(retired.keys(), now=storage.clock(), force=True)
    return {*retired.values()}


# --- what is told --------------------------------------------------------------------------------


def _tell(source: Source, what: str, *, as_json: bool) -> None:
    if as_json:
        emit_json({"name": source.name, "url": source.url, "done": what.lower()})
    else:
        line(Cell(f"{what}: ", "good"), f"{source.name} ({source.url})")


def _tell_renamed(before: Config, after: Config, *, as_json: bool) -> None:
    """Those without a name of their own, whose names depend on the others of their host."""
    names = {one.url: one.name for one in (*before.sources, *before.paused)}
    for one in (*after.sources, *after.paused):
        former = names.get(one.url, one.name)
        if former == one.name:
            continue
        if as_json:
            emit_json({"name": one.name, "url": one.url, "done": "renamed", "former_name": former})
        else:
            line(f"{former} is called {one.name} now, for it has no name of its own.")


def _emit_import(
    read: OpmlImport, new: Sequence[NewSource], names: Sequence[str], *, dry_run: bool
) -> None:
    added = {one.url: (one, name) for one, name in zip(new, names, strict=True)}
    for entry in read.entries:
        source, name = added.get(entry.url, (None, entry.title))
        emit_json(
            {
                "name": name,
                "url": entry.url,
                "tags": entry.tags,
                "line": entry.line,
                "known": source is None,
                "added": source is not None and not dry_run,
            }
        )
    for problem in read.problems:
        emit_json({"problem": problem.message, "line": problem.line})


def _print_import(read: OpmlImport, new: Sequence[NewSource], *, dry_run: bool) -> None:
    known = len(read.entries) - len(new)
    line(
        Cell(f"{_feeds(len(read.entries))} read", "bold"),
        f": {len(new)} {'would be ' if dry_run else ''}added, {known} followed already",
    )
    for problem in read.problems[:_MOST_PROBLEMS]:
        place = f"line {problem.line}: " if problem.line else ""
        line(Cell(place, "warn"), problem.message)
    if len(read.problems) > _MOST_PROBLEMS:
        line(f"… and {len(read.problems) - _MOST_PROBLEMS} more remarks; --json has them all")
    if not read.entries:
        complain("nothing was added; see above")


def _feeds(number: int) -> str:
    return f"{number} feed" if number == 1 else f"{number} feeds"
