"""search: find articles."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.common import config_option, json_option, reading_store
from aggregator.cli.output import emit_json, line, note, on_terminal
from aggregator.cli.query_words import QueryCommand, typed
from aggregator.cli.search_counts import print_counts, print_head
from aggregator.cli.search_forms import Form, Writer, writer
from aggregator.cli.search_pages import open_hit, tell_next
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query
    from aggregator.storage.protocol import Storage

_LIMIT = 20
_PAUSE = 1.0
"""Seconds between two looks at what has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options say, by their names."""

    query: tuple[str, ...]
    by: str
    flat: bool
    limit: int | None
    after: str | None
    counts: bool
    opened: int | None
    follow: bool
    as_json: bool
    as_csv: bool
    as_md: bool
    template: str | None
    config_path: Path

    @property
    def words(self) -> tuple[str, ...]:
        return typed(self.query)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def read(self) -> Query:
        """Raises QueryError. Days are those of local time."""
        from aggregator.core.query import parse

        return parse(self.text, now=datetime.now().astimezone())

    def form(self) -> Form:
        """Raises UsageError for two at once."""
        given = [form for form, is_given in self._forms() if is_given]
        if len(given) > 1:
            raise UsageError(f"{given[0].option} and {given[1].option} are two forms; take one")
        return given[0] if given else Form.TEXT

    def check(self) -> None:
        """Raises UsageError for options that do not go together."""
        modes = [
            name
            for name, is_given in (
                ("--counts", self.counts),
                ("--open", self.opened is not None),
                ("--follow", self.follow),
            )
            if is_given
        ]
        if len(modes) > 1:
            raise UsageError(f"{modes[0]} and {modes[1]} do not go together; take one of them")
        if self.counts and self.form() not in (Form.TEXT, Form.JSON):
            raise UsageError(f"--counts has no form for {self.form().option}; take --json")
        of_pages = {
            "--after": self.after is not None,
            "--limit": self.limit is not None,
            "--flat": self.flat,
            "--by relevance": self.by == "relevance",
        }
        if self.follow:
            del of_pages["--limit"]
        for name, is_given in of_pages.items():
            if is_given and modes in (["--counts"], ["--follow"]):
                raise UsageError(f"{name} says nothing beside {modes[0]}; leave it out")

    def _forms(self) -> Iterator[tuple[Form, bool]]:
        yield Form.JSON, self.as_json
        yield Form.CSV, self.as_csv
        yield Form.MARKDOWN, self.as_md
        yield Form.LINES, self.template is not None


@click.command(
    cls=QueryCommand,
    epilog="Examples: aggregator search baku election · "
    "aggregator search 'title:\"state visit\" after:3d -football' · "
    "aggregator search 'source:gulf (oil OR gas)' --by relevance · "
    "aggregator search oil --format '{at:%d.%m.} {source}: {title}'",
)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--by",
    type=click.Choice(["newest", "relevance"]),
    default="newest",
    show_default=True,
    help="What comes first: what was stored last, or what fits best.",
)
@click.option("--flat", is_flag=True, help="Every article for itself, not one for its story.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1, 100_000),
    help=f"How many at the most.  [default: {_LIMIT}; with --follow, all]",
)
@click.option("--after", metavar="PLACE", help="The next page, as the one before names it.")
@click.option("--counts", is_flag=True, help="Only how many match, by day, source and language.")
@click.option(
    "--open",
    "opened",
    type=click.IntRange(1),
    is_flag=False,
    flag_value=1,
    metavar="[N]",
    help="Open the first one, or the one with this number, in a browser.",
)
@click.option("--follow", is_flag=True, help="Print what matches as it comes, until Ctrl-C.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for a spreadsheet.")
@click.option("--md", "as_md", is_flag=True, help="As a list in Markdown.")
@click.option("--format", "template", metavar="LINE", help="A line each, as in '{title} {url}'.")
@config_option
@click.pass_context
def search(ctx: click.Context, /, **given: Any) -> int:
    """Find stored articles. Exit code 1 when none match.

    \b
    two words       both must occur         "two words"    next to each other
    one OR other    either                  -word          must not occur
    pre*            words that begin so     NEAR(a b, 5)   not far from each other
    ( )             to group                after:3d       by time; before:2024-02-07
    title:WORD  author:NAME  source:NAME  tag:TAG  lang:en  site:example.org
    is:copy  is:first  is:unread  is:starred  has:image  sources:>=3  story:22

    docs/search.md explains them. Of a story, the first article that matches stands for all that
    do; --flat shows each.
    """
    asked = Asked(**given)
    asked.check()
    write = writer(asked.form(), asked.template)
    with reading_store(asked.config_path) as storage:
        if asked.follow:
            return _follow(storage, asked, write)
        query = asked.read()
        if asked.counts:
            return _count(storage, query, asked)
        return _page(ctx, storage, query, asked, write)


def _page(ctx: click.Context, storage: Storage, query: Query, asked: Asked, write: Writer) -> int:
    page = storage.search(
        query,
        limit=max(asked.limit or _LIMIT, asked.opened or 1),
        order="relevance" if asked.by == "relevance" else "newest",
        fold=not asked.flat,
        after=asked.after,
    )
    if not page.hits:
        if asked.form() is Form.TEXT:
            line("Nothing more matches." if asked.after else "Nothing matches.")
        return 1
    if asked.opened is not None:
        return open_hit(page.hits, asked.opened, write)
    if asked.form() is Form.TEXT and on_terminal() and not asked.after:
        print_head(storage.search_counts(query))
    write(page.hits)
    tell_next(ctx, page, asked.words, as_json=asked.as_json)
    return 0


def _count(storage: Storage, query: Query, asked: Asked) -> int:
    counts = storage.search_counts(query)
    if asked.as_json:
        from aggregator.service.shapes.hits import counts_fields

        emit_json(counts_fields(counts))
    else:
        print_counts(counts)
    return 0 if counts.articles else 1


def _follow(storage: Storage, asked: Asked, write: Writer) -> int:
    """Until `limit` of them have come, or Ctrl-C."""
    from aggregator.service.following import Follower

    follower = Follower(storage=storage, query=asked.text, clock=storage.clock)
    note("Waiting for what comes and matches; Ctrl-C ends it.")
    left = asked.limit
    try:
        while left is None or left > 0:
            if news := follower.news()[:left]:
                write(news)
                left = None if left is None else left - len(news)
            else:
                time.sleep(_PAUSE)
    except KeyboardInterrupt:
        pass
    return 0
