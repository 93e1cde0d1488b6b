"""What several commands share: their options, the configuration, the store."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator.core.durations import parse_duration

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.storage.protocol import Storage
    from aggregator.types import Database

PATIENCE = timedelta(seconds=5)
"""For a database that does not answer, when somebody waits at a terminal."""

F = TypeVar("F", bound=Callable[..., Any])


def config_option(command: F) -> F:
    """`-c` after the command too; the group's value otherwise."""

    def value(ctx: click.Context, _param: click.Parameter, given: str | None) -> Path:
        return Path(given or ctx.find_root().obj or "feeds.yaml")

    return click.option(
        "-c",
        "--config",
        "config_path",
        type=click.Path(dir_okay=False),
        callback=value,
        help="The configuration file, when it is not ./feeds.yaml.",
    )(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def type_option(command: F) -> F:
    return click.option(
        "--content-type", help="The Content-Type header that came with it, for the character set."
    )(command)


def file_argument(*, required: bool = True) -> Callable[[F], F]:
    """A file that is there, or "-" for standard input."""
    return click.argument(
        "file",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
        required=required,
    )


def read_bytes(file: Path) -> bytes:
    """What the file holds, or what comes by standard input."""
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def limit_option(default: int) -> Callable[[F], F]:
    return click.option(
        "-n",
        "--limit",
        type=click.IntRange(1, 100_000),
        default=default,
        show_default=True,
        help="How many at the most.",
    )


class Period(click.ParamType[datetime]):
    """A duration before now (`3d`, `12h`) or a date (`2024-02-07`), as an aware datetime."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                return datetime.fromisoformat(value).astimezone()
            return datetime.now(UTC) - parse_duration(value)
        except (ValueError, OverflowError):
            self.fail(
                f"“{value}” is neither a duration such as 12h or 3d nor a date such as 2024-02-07",
                param,
                ctx,
            )


def load_config(path: Path, *, secrets: bool = True) -> Config:
    """The configuration; raises ConfigError. `secrets`: whether those that it names must be at
    hand, as for whatever sends or fetches something."""
    from aggregator.config import load

    return load(path, environ=os.environ, secrets=secrets)


def database_at(path: Path) -> Database:
    """The database that feeds.yaml names, whatever else it says: secrets of channels and sources
    need not be at hand. Raises ConfigError."""
    from aggregator.config import database_of

    return database_of(path, environ=os.environ)


@contextmanager
def reading_store(path: Path) -> Iterator[Storage]:
    """The store opened for reading, whatever else feeds.yaml says; works while a service writes.

    The quicker one: nothing but the name of the database is looked for in the file.
    """
    from aggregator.storage.backends import open_storage

    with closing(open_storage(database_at(path), read_only=True, patience=PATIENCE)) as storage:
        yield storage


@contextmanager
def changing_store(path: Path) -> Iterator[Storage]:
    """The same opened for a change; works beside a running service."""
    from aggregator.service.placing import open_present

    with closing(open_present(database_at(path), patience=PATIENCE)) as storage:
        yield storage


@contextmanager
def store_if_any(database: Database) -> Iterator[Storage | None]:
    """The store opened for reading; None where nothing has been stored yet."""
    from aggregator.storage.backends import open_storage

    if isinstance(database, Path) and not database.exists():
        yield None
        return
    with closing(open_storage(database, read_only=True, patience=PATIENCE)) as storage:
        yield storage


@contextmanager
def reading(path: Path) -> Iterator[tuple[Config, Storage]]:
    """(configuration, store opened for reading); works while a service writes, and without the
    secrets that feeds.yaml names."""
    from aggregator.storage.backends import open_storage

    config = load_config(path, secrets=False)
    storage = open_storage(config.storage, read_only=True, patience=PATIENCE)
    try:
        yield config, storage
    finally:
        storage.close()
