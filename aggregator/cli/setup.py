"""init, check, completion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, load_config
from aggregator.cli.output import Cell, blank, complain, counted, emit_json, line
from aggregator.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from aggregator.config import Config


@click.command(epilog="Example: aggregator init")
@config_option
def init(config_path: Path) -> None:
    """Write a feeds.yaml with two sources and an example of every option."""
    from aggregator.config import write_template

    write_template(config_path)
    line(Cell("Written: ", "good"), str(config_path))
    line("Put your sources in it, then run `aggregator check` and `aggregator update`.")


@click.command(epilog="Example: aggregator check -c /etc/aggregator/feeds.yaml")
@click.option("--database", is_flag=True, help="Check the database's integrity as well.")
@config_option
@json_option
def check(database: bool, config_path: Path, as_json: bool) -> int:
    """Validate feeds.yaml: every problem at once, with its line. Exit code 2 if there is one."""
    try:
        config = load_config(config_path)
    except ConfigError as error:
        if as_json:
            for problem in error.problems:
                emit_json(problem)
        else:
            for problem in error.problems:
                complain(str(problem))
        return error.exit_code
    damage = _damage(config) if database else []
    for sentence in damage:
        if as_json:
            emit_json({"database": str(config.storage), "message": sentence})
        else:
            complain(f"{config.storage}: {sentence}")
    if not as_json:
        _print_overview(config, config_path, checked=database and not damage)
    return StorageError.exit_code if damage else 0


def _damage(config: Config) -> list[str]:
    from aggregator.storage.backends import open_storage

    storage = open_storage(config.storage)
    try:
        return storage.check()
    finally:
        storage.close()


def _print_overview(config: Config, config_path: Path, *, checked: bool) -> None:
    what = counted(len(config.sources), "source")
    if config.watches:
        count = len(config.watches)
        what += f" and {count} {'watch' if count == 1 else 'watches'}"
    line(Cell("In order: ", "good"), f"{config_path} has {what}")
    if config.paused:
        line(f"          {len(config.paused)} more are paused")
    line("Database:  ", str(config.storage), Cell(", which is whole", "good") if checked else "")
    if config.digest.to:
        at = f"{config.digest.at:%H:%M} {config.digest.timezone.key}"
        line("Digest:    ", f"daily at {at} to {', '.join(config.digest.to)}")
    else:
        line("Digest:    ", "not mailed; `aggregator digest` prints it")


_WHERE = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/aggregator.fish",
}


@click.command(epilog='Example: eval "$(aggregator completion bash)"')
@click.argument("shell", type=click.Choice(sorted(_WHERE)))
def completion(shell: str) -> None:
    """Print the completion script of a shell; put its output where the shell reads it."""
    from click.shell_completion import get_completion_class

    from aggregator.cli import cli

    kind = get_completion_class(shell)
    if kind is None:  # a click without this shell
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(cli, {}, "aggregator", "_AGGREGATOR_COMPLETE").source())
    click.echo(f"# Put this into {_WHERE[shell]}.")
    blank()
