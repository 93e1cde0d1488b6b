"""Searches as arguments of a command: `-word` is one of their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

_EXCLUDED = "\0"


class QueryCommand(click.Command):
    """Takes `-word` as part of the query, not as a bundle of short options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [*self._arguments(ctx, args)])

    def _arguments(self, ctx: click.Context, args: list[str]) -> Iterator[str]:
        options = {
            name: one
            for one in self.get_params(ctx)
            if isinstance(one, click.Option)
            for name in one.opts
        }
        is_value = False
        for at, arg in enumerate(args):
            option = options.get(arg)
            if is_value:
                is_value = False
                yield arg
            elif arg == "--":
                yield from args[at:]
                return
            elif option is None or option.is_flag:
                yield arg if option is not None else _marked(arg)
            elif isinstance(option.flag_value, int) and not _is_number(args[at + 1 : at + 2]):
                # Its value may be left out: it would take a word of the query for it.
                yield f"{arg}={option.flag_value}"
            else:
                is_value = True
                yield arg


def typed(query: Sequence[str]) -> tuple[str, ...]:
    """The words of a query as they were typed."""
    return tuple(word.removeprefix(_EXCLUDED) for word in query)


def _marked(arg: str) -> str:
    return _EXCLUDED + arg if len(arg) > 1 and arg[0] == "-" and arg[1] != "-" else arg


def _is_number(following: Sequence[str]) -> bool:
    return len(following) == 1 and following[0].isdecimal()
