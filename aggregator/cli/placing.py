"""story merge, split, move: stories put right by hand."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.cli.common import changing_store, config_option, json_option
from aggregator.cli.output import Cell, emit_json, line
from aggregator.core.enumerating import counted
from aggregator.types import Placed


@click.command(epilog="Example: aggregator story merge 17 21")
@click.argument("story_ids", type=int, nargs=-1, required=True, metavar="ID ID...")
@config_option
@json_option
def merge(story_ids: tuple[int, ...], config_path: Path, as_json: bool) -> None:
    """Put all articles of the later stories into the first one.

    It is remembered, and never undone by the program.
    """
    from aggregator.service import placing

    with changing_store(config_path) as storage:
        placed = placing.merge(storage, story_ids)
    print_placed(placed, as_json=as_json)


@click.command(epilog="Example: aggregator story split 17 203 204")
@click.argument("story_id", type=int, metavar="ID")
@click.argument("article_ids", type=int, nargs=-1, required=True, metavar="ARTICLE...")
@config_option
@json_option
def split(story_id: int, article_ids: tuple[int, ...], config_path: Path, as_json: bool) -> None:
    """Take articles out of a story, into a new one.

    `aggregator story ID` shows the numbers of its articles. It is remembered, and never undone by
    the program: each stays out of its old story.
    """
    from aggregator.service import placing

    with changing_store(config_path) as storage:
        placed = placing.split(storage, story_id, article_ids)
    print_placed(placed, as_json=as_json)


@click.command(epilog="Example: aggregator story move 203 204 --to 21")
@click.argument("article_ids", type=int, nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--to", type=int, required=True, metavar="STORY", help="The story they belong to.")
@config_option
@json_option
def move(article_ids: tuple[int, ...], to: int, config_path: Path, as_json: bool) -> None:
    """Put articles into another story, whichever they are in.

    It is remembered, and never undone by the program.
    """
    from aggregator.service import placing

    with changing_store(config_path) as storage:
        placed = placing.move(storage, article_ids, to=to)
    print_placed(placed, as_json=as_json)


def print_placed(placed: Placed, *, as_json: bool) -> None:
    """What has become of articles and stories."""
    if as_json:
        emit_json(
            {
                "story": placed.story,
                "moved": placed.moved,
                "renamed": [{"from": old, "to": new} for old, new in placed.renamed],
                "ended": placed.ended,
            }
        )
        return
    verb = "is" if len(placed.moved) == 1 else "are"
    line(
        Cell(f"{counted(len(placed.moved), 'article')} {verb} in story {placed.story} now", "bold"),
        f": {', '.join(map(str, placed.moved))}." if placed.moved else ".",
    )
    for old, new in placed.renamed:
        line(f"What is left of story {old} is story {new} now, by its first article.")
    for story_id in placed.ended:
        line(f"Story {story_id} has no article any more.")
    line(Cell("This is remembered: the program does not undo it.", "dim"))
