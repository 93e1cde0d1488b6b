"""The list of commands; each is imported only when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

COMMANDS: Mapping[str, str] = {
    "init": "setup:init",
    "add": "add:add",
    "test": "probe:test",
    "remove": "lists:remove",
    "pause": "lists:pause",
    "resume": "lists:resume",
    "import": "lists:import_",
    "check": "setup:check",
    "update": "update:update",
    "refresh": "refresh:refresh",
    "run": "run:run",
    "worker": "run:worker",
    "workers": "workers:workers",
    "health": "run:health",
    "web": "web:web",
    "stories": "stories:stories",
    "story": "stories:story",
    "article": "article:article",
    "search": "search:search",
    "watch": "watch:watch",
    "star": "star:star",
    "unstar": "star:unstar",
    "export": "export:export",
    "sources": "sources:sources",
    "digest": "digest:digest",
    "parse": "stages:parse",
    "extract": "extract:extract",
    "group": "stages:group",
    "backup": "backup:backup",
    "migrate": "migrate:migrate",
    "demo": "demo:demo",
    "completion": "setup:completion",
}
"""Name → module under aggregator.cli and the command in it, in the order of --help."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def __init__(self, *, commands_at: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [*self._at]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        cmd_name: str,
    ) -> click.Command | None:
        place = self._at.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command = getattr(import_module(f"aggregator.cli.{module}"), name)
        assert isinstance(command, click.Command)  # noqa: S101 - narrows the type; a test walks all
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        is_command = not name.startswith("-")  # an option that is none says so by itself
        if is_command and name not in self._at and not ctx.resilient_parsing:
            near = get_close_matches(name, self._at, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)


class Verbs(click.Group):
    """A command that has others below it: `story 17 --why`, `story merge 17 21`.

    Its own arguments are those of a plain command; a first one that is the name of a command below
    it leads there.
    """

    def __init__(self, **kwargs: Any) -> None:
        settings = {"allow_interspersed_args": True, "allow_extra_args": False}
        super().__init__(
            invoke_without_command=True,
            context_settings=settings,
            subcommand_metavar="",
            **kwargs,
        )

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        verb = self.commands.get(args[0]) if args else None
        if verb is None:
            return super().make_context(info_name, args, parent, **extra)
        return verb.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
