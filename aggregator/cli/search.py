"""search: find articles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator.cli.common import config_option, json_option, limit_option, reading
from aggregator.cli.output import Cell, blank, emit_json, line, moment, snippet
from aggregator.core.kind_names import kind_mark
from aggregator.types import SearchHit

_EXCLUDED = "\0"


class QueryCommand(click.Command):
    """Takes `-word` as part of the query, not as a bundle of short options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        marked = [
            _EXCLUDED + arg if len(arg) > 2 and arg[0] == "-" and arg[1] != "-" else arg
            for arg in args
        ]
        return super().parse_args(ctx, marked)


@click.command(
    cls=QueryCommand,
    epilog="Examples: aggregator search baku election · "
    "aggregator search 'title:\"state visit\" after:3d -football' · "
    "aggregator search 'source:gulf (oil OR gas)' --by relevance",
)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--by",
    type=click.Choice(["newest", "relevance"]),
    default="newest",
    show_default=True,
    help="What comes first.",
)
@limit_option(20)
@config_option
@json_option
def search(query: tuple[str, ...], by: str, limit: int, config_path: Path, as_json: bool) -> int:
    """Find stored articles. Exit code 1 when none match.

    \b
    two words        both must occur          "two words"    next to each other
    one OR other     either                   -word          must not occur
    pre*             words that begin so      ( )            to group
    title:WORD  source:NAME  lang:en  tag:TAG  after:3d  before:2024-02-07
    """
    from aggregator.core.query import parse

    parsed = parse(" ".join(query).replace(_EXCLUDED, ""), now=datetime.now(UTC))
    with reading(config_path) as (_, storage):
        hits = storage.search(
            parsed, limit=limit, order="relevance" if by == "relevance" else "newest"
        )
    if as_json:
        for hit in hits:
            emit_json(hit_fields(hit))
    elif not hits:
        line("Nothing matches.")
    else:
        print_hits(hits)
    return 0 if hits else 1


def hit_fields(hit: SearchHit) -> dict[str, object]:
    """A hit as one JSON object; matches in the snippet stand between ** and **."""
    article = hit.article
    return {
        "id": article.article_id,
        "story": article.story_id,
        "source": article.source,
        "title": article.title,
        "url": article.url,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "language": article.language,
        "kind": article.kind,
        "snippet": hit.snippet.replace("\x02", "**").replace("\x03", "**"),
    }


def print_hits(hits: list[SearchHit]) -> None:
    """Three lines a hit."""
    for number, hit in enumerate(hits):
        if number:
            blank()
        article = hit.article
        story = "" if article.story_id is None else f" · story {article.story_id}"
        mark = kind_mark(article.kind)
        line(Cell(article.title or "(no title)", "bold"))
        line(
            Cell(f"  {moment(article.at)} · {article.source}", "accent"),
            Cell(f" · article {article.article_id}{story}", "dim"),
            Cell(f" · {mark}" if mark else "", "warn"),
        )
        snippet(hit.snippet, indent=2)
        if article.url:
            line(Cell(f"  {article.url}", "dim"))
