"""web: serve the page alone, its password, and tokens for programs and apps."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import (
    PATIENCE,
    config_option,
    database_at,
    json_option,
    store_if_any,
)
from aggregator.cli.output import Cell, Column, distance, emit_json, line, moment, table
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.storage.protocol import Storage
    from aggregator.types import AccessToken


@click.group(epilog="Example: aggregator web password")
def web() -> None:
    """Serve the page, and say who may see it.

    `aggregator run` serves it, too; where, and by which names, stands in feeds.yaml under web:.
    """


@web.command(epilog="Example: aggregator web serve -c /etc/aggregator/feeds.yaml")
@config_option
def serve(config_path: Path) -> None:
    """Serve the page alone, until stopped; others poll.

    For a database that `aggregator run` or workers work on, on this or another machine. An edited
    feeds.yaml is taken at once. SIGTERM and SIGINT: finish what is under way and stop.
    """
    from aggregator.web.alone import serve_alone

    asyncio.run(serve_alone(config_path, environ=os.environ))


@web.command(short_help="Set the password of the page.", epilog="Example: aggregator web password")
@click.option("--stdin", is_flag=True, help="Read it from the first line of standard input.")
@click.option("--remove", is_flag=True, help="Have none: only this machine is let in.")
@config_option
def password(stdin: bool, remove: bool, config_path: Path) -> None:
    """Set the password of the page, or another one; all who are logged in are logged out.

    Only its hash is stored (argon2). Works while the service runs.
    """
    from aggregator.web.access.passwords import hashed

    if stdin and remove:
        raise UsageError("--stdin gives a password and --remove takes it away; name one of the two")
    value = None if remove else hashed(_password(stdin=stdin))
    with _store(config_path) as storage:
        storage.set_password_hash(value)
    line(Cell("Removed." if remove else "Set.", "good"), " Whoever was logged in no longer is.")


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask at; give the password by --stdin")
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return given


@web.group(
    short_help="Tokens, for programs and readers' apps.",
    epilog="Example: aggregator web token add phone --scope mark",
)
def token() -> None:
    """Tokens, which programs and readers' apps show instead of the password."""


@token.command(epilog="Example: aggregator web token add phone --scope mark")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(["read", "mark", "admin"]),
    default="mark",
    show_default=True,
    help="Look at everything; the same, mark as read and star; the same and change everything.",
)
@config_option
@json_option
def add(name: str, scope: str, config_path: Path, as_json: bool) -> None:
    """Make a token and print it, this once; only its hash is stored."""
    from aggregator.types import Scope
    from aggregator.web.access.secrets import new_token

    with _store(config_path) as storage:
        secret, stored = new_token(name, Scope(scope), now=storage.clock())
        storage.add_token(stored)
    if as_json:
        emit_json({"name": stored.name, "scope": scope, "token": secret})
        return
    line(secret, whole=True)
    if sys.stdout.isatty():
        line(Cell("It is shown only now. ", "dim"), "Apps log in by its name and, as password, it.")


@token.command("list", epilog="Example: aggregator web token list --json")
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the tokens: what each may do, and when it was last used."""
    with store_if_any(database_at(config_path)) as storage:
        found = [] if storage is None else storage.tokens()
    if as_json:
        for one in found:
            emit_json(_fields(one))
    elif not found:
        line("There are no tokens; `aggregator web token add NAME` makes one.")
    else:
        table(
            [Column("name", grow=True), Column("may"), Column("made"), Column("last used")],
            [
                [one.name, one.scope.value, moment(one.created_at), distance(one.used_at)]
                for one in found
            ],
        )


@token.command(epilog="Example: aggregator web token revoke phone")
@click.argument("name")
@config_option
def revoke(name: str, config_path: Path) -> None:
    """Have a token count no longer, from now on."""
    with _store(config_path) as storage:
        if not storage.revoke_token(name):
            raise UsageError(f"there is no token “{name}”; `aggregator web token list` lists them")
    line(Cell("Revoked: ", "good"), name)


def _fields(one: AccessToken) -> dict[str, object]:
    return {
        "name": one.name,
        "scope": one.scope.value,
        "created_at": one.created_at,
        "used_at": one.used_at,
    }


@contextmanager
def _store(config_path: Path) -> Iterator[Storage]:
    """The store opened for a change, beside whoever works on it; made where there is none yet, for
    a password comes before the first start."""
    from aggregator.service.placing import open_present
    from aggregator.storage.backends import open_storage

    database = database_at(config_path)
    absent = isinstance(database, Path) and not database.exists()
    opened = open_storage if absent else open_present
    with closing(opened(database, patience=PATIENCE)) as storage:
        yield storage
