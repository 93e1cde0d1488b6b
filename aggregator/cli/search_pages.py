"""From a page of hits onwards: to the next page, or into a browser."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence

import click
from click.core import ParameterSource

from aggregator.cli.output import Cell, blank, complain, line, moment, note, on_terminal
from aggregator.cli.search_forms import Writer
from aggregator.codec import to_json
from aggregator.core.text import clean_line
from aggregator.errors import UsageError
from aggregator.types import SearchHit, SearchPage


def tell_next(ctx: click.Context, page: SearchPage, words: Sequence[str], *, as_json: bool) -> None:
    """The command for the next page, and from when on hits are ranked, where there is such. It
    ends the answer on a terminal, and goes to stderr elsewhere, for it is no hit."""
    if as_json:
        if page.after is not None or page.ranked_from is not None:
            told = {"after": page.after, "ranked_from": page.ranked_from}
            print(to_json(told), file=sys.stderr)  # noqa: T201 - for scripts, not for people
        return
    if page.ranked_from is not None:
        note(
            f"Ranked is what was first seen since {moment(page.ranked_from)}; older articles "
            "follow, the newest first."
        )
    if page.after is None:
        return
    command = shlex.join([*_command(ctx, words), "--after", page.after])
    if on_terminal():
        blank()
        line(Cell(f"Next page: {command}", "dim"), whole=True)
    else:
        note(f"Next page: {command}")


def open_hit(hits: Sequence[SearchHit], number: int, write: Writer) -> int:
    """Show the hit with this number, and open its page in a browser: $BROWSER, or the usual one.

    Raises UsageError when there is no such hit, or nothing that can be opened.
    """
    import webbrowser

    if number > len(hits):
        raise UsageError(f"there is no hit {number}; the search has {len(hits)}")
    hit = hits[number - 1]
    url = clean_line(hit.article.url or "")
    if not url.lower().startswith(("http://", "https://")):
        raise UsageError(
            f"hit {number} has no web address; `aggregator article {hit.article.article_id}` "
            "shows its text"
        )
    write([hit])
    sys.stdout.flush()
    if not webbrowser.open(url):
        complain("no browser could be started; set BROWSER to one, or open the address yourself")
        return 1
    return 0


def _command(ctx: click.Context, words: Sequence[str]) -> Iterator[str]:
    """As it was typed, but for the place."""
    root = ctx.find_root()
    yield os.path.basename(root.info_name or "aggregator")  # noqa: PTH119 - it may be no path
    if root.get_parameter_source("config") is ParameterSource.COMMANDLINE:
        yield from ("-c", str(root.params["config"]))
    yield ctx.info_name or "search"
    for option in ctx.command.params:
        source = ctx.get_parameter_source(option.name or "")
        if not isinstance(option, click.Option) or source is not ParameterSource.COMMANDLINE:
            continue
        if option.name != "after":
            value = ctx.params[option.name or ""]
            yield from (option.opts[-1],) if option.is_flag else (option.opts[-1], str(value))
    if any(word.startswith("--") for word in words):
        yield "--"
    yield from words
