"""init, check, completion."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.check_notes import notes
from aggregator.cli.common import config_option, json_option, load_config
from aggregator.cli.output import Cell, blank, complain, emit_json, line
from aggregator.core.enumerating import counted
from aggregator.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from aggregator.config import Config, DigestConfig


@click.command(
    short_help="Write a feeds.yaml with an example of everything.",
    epilog="Example: aggregator init",
)
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
    line("Page:      ", _page(config))
    for digest in config.digests:
        _print_digest(digest)
    for note in notes(config):
        line(Cell("Note:      ", "warn"), note)


def _page(config: Config) -> str:
    """Where it is served, and who may come."""
    from aggregator.cli.common import store_if_any
    from aggregator.web.access.open_to import who_may_come

    listen = config.web.listen
    if listen is None:
        return "not served"
    at = config.web.url or f"http://{listen}"
    try:
        with store_if_any(config.storage) as storage:
            return f"{at}, for {who_may_come(config.web, storage)}"
    except StorageError:
        return f"{at}; who may come stands in the database, which cannot be read"


def _print_digest(digest: DigestConfig) -> None:
    """Its name, when it is made, to whom it goes, and when next."""
    from aggregator.config.digests import written_days
    from aggregator.core.clockwork import next_strike

    schedule = digest.schedule
    hours = ", ".join(f"{hour:%H:%M}" for hour in schedule.hours)
    names = ", ".join(target.name for target in digest.to) or "nobody"
    when = f"{written_days(schedule.days)} at {hours} {schedule.timezone}"
    line("Digest:    ", Cell(digest.name, "bold"), f": {when}, to {names}")
    strike = next_strike(datetime.now(UTC), schedule)
    if strike is not None:
        line(f"           next at {strike.astimezone(digest.timezone):%H:%M on %A, %Y-%m-%d}")


_WHERE = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/aggregator.fish",
}


@click.command(
    short_help="Print the completion script of a shell.",
    epilog='Example: eval "$(aggregator completion bash)"',
)
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
