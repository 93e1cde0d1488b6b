"""watch: saved searches, what they would send, and what they have sent."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator.cli.common import config_option, json_option
from aggregator.cli.notices import notices, retry
from aggregator.cli.output import Cell, emit_json, line, note
from aggregator.cli.query_words import QueryCommand, typed
from aggregator.cli.watch_list import list_
from aggregator.cli.watch_test import test
from aggregator.errors import UsageError


@click.group(
    short_help="Saved searches: what is new and matches is sent.",
    epilog="Examples: aggregator watch add Baku 'baku -football' --to desk · "
    "aggregator watch list · aggregator watch test Baku · aggregator watch remove Baku · "
    "aggregator watch notices --dead · aggregator watch retry --all",
)
def watch() -> None:
    """Saved searches: what is new and matches is sent by mail, to a webhook, or into a chat.

    They stand in feeds.yaml, and `aggregator run` sends; docs/watches.md explains it.
    """


@click.command(
    cls=QueryCommand,
    epilog="Examples: aggregator watch add Baku '\"Zhang Ming\" OR baku -football' --to desk · "
    "aggregator watch add Big 'sources:>=5' --per story --to phone --at-most 1/h · "
    "aggregator watch add Silent --silent 24h --to desk@example.org",
)
@click.argument("name")
@click.argument("query", nargs=-1)
@click.option(
    "--to",
    multiple=True,
    metavar="CHANNEL",
    help="A channel of feeds.yaml, mail address or URL of Apprise; may be given several times. "
    "Without any it sends nothing: what it catches is seen on the page, in feeds and in digests.",
)
@click.option(
    "--per",
    type=click.Choice(["article", "story"]),
    help="Send every article, or each story once.  [default: article]",
)
@click.option("--at-most", metavar="RATE", help="Messages in a time: 1/h, 5/d, 2/30m.")
@click.option("--quiet", metavar="HOURS", help="Send nothing then: 22:00-07:00.")
@click.option("--timezone", metavar="ZONE", help="Of these hours, when not that of the digest.")
@click.option("--silent", metavar="TIME", help="Tell of sources with nothing new for so long.")
@config_option
@json_option
def add(
    *,
    name: str,
    query: tuple[str, ...],
    to: tuple[str, ...],
    config_path: Path,
    as_json: bool,
    **rest: str | None,
) -> None:
    """Put a watch into feeds.yaml, which else stays as it is.

    QUERY is as for `aggregator search`. It looks at what comes from now on; a running service
    follows at once.
    """
    from aggregator.config.editing import NewWatch, add_watch

    words = " ".join(typed(query))
    if words or rest["silent"] is None:
        _check(words)
    new = NewWatch(name=name, query=words, to=to, **rest)
    add_watch(config_path, new, environ=os.environ, called=_option)
    if as_json:
        emit_json({"name": name, "query": words, "to": to, **rest, "done": "added"})
        return
    line(Cell("Added: ", "good"), name)
    note("`aggregator watch test` shows what it would have sent, and --send tries its channels.")


@click.command(epilog="Example: aggregator watch remove Baku")
@click.argument("name")
@config_option
@json_option
def remove(name: str, config_path: Path, as_json: bool) -> None:
    """Take a watch out of feeds.yaml, which else stays as it is.

    What it has caught and not sent is dropped.
    """
    from aggregator.config.editing import remove_watch

    written = remove_watch(config_path, name, environ=os.environ)
    if as_json:
        emit_json({"name": written, "done": "removed"})
    else:
        line(Cell("Removed: ", "good"), written)


watch.add_command(list_)
watch.add_command(add)
watch.add_command(remove)
watch.add_command(test)
watch.add_command(notices)
watch.add_command(retry)


def _option(key: str) -> str:
    """How the command line calls what feeds.yaml calls so; to[1] is an item of to."""
    word = key.partition("[")[0]
    return word if word in {"name", "query"} else f"--{word.replace('_', '-')}"


def _check(query: str) -> None:
    """Raises QueryError, and UsageError for what is no search for a watch, and for nothing."""
    from datetime import UTC, datetime

    from aggregator.core.query import parse
    from aggregator.core.watch import why_unfit

    if not query.strip():
        raise UsageError("say what to look for: aggregator watch add NAME QUERY --to CHANNEL")
    unfit = why_unfit(parse(query, now=datetime.now(UTC)).root)
    if unfit is not None:
        raise UsageError(unfit)
