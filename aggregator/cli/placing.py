"""story merge, split, move: stories put right by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import PATIENCE, config_option, database_at, json_option
from aggregator.cli.output import Cell, counted, emit_json, line
from aggregator.types import Placed

if TYPE_CHECKING:
    from aggregator.storage.protocol import Storage


@click.command(epilog="Example: aggregator story merge 17 21")
@click.argument("story_ids", type=int, nargs=-1, required=True, metavar="ID ID...")
@config_option
@json_option
def merge(story_ids: tuple[int, ...], config_path: Path, as_json: bool) -> None:
    """Put all articles of the later stories into the first one.

    It is remembered, and never undone by the program.
    """
    from aggregator.service import placing

    with _changing(config_path) as storage:
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

    with _changing(config_path) as storage:
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

    with _changing(config_path) as storage:
        placed = placing.move(storage, article_ids, to=to)
    print_placed(placed, as_json=as_json)


@contextmanager
def _changing(path: Path) -> Iterator[Storage]:
    """The store opened for a change; works beside a running service."""
    from aggregator.service.placing import open_present

    storage = open_present(database_at(path), patience=PATIENCE)
    try:
        yield storage
    finally:
        storage.close()


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
