"""stories, story: what is being reported, and by whom."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.article import print_article
from aggregator.cli.common import Period, config_option, json_option, limit_option, reading_store
from aggregator.cli.group import Verbs
from aggregator.cli.output import blank, emit_json, line, note
from aggregator.cli.placing import merge, move, split
from aggregator.cli.story_view import print_stories, print_story
from aggregator.core.lead_report import lead_article
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.storage.protocol import Storage
    from aggregator.types import Story


@click.command(
    short_help="List stories, and who was first with each.",
    epilog="Example: aggregator stories --since 24h --min-outlets 3",
)
@click.option(
    "--since", type=Period(), help="Only with an article first seen since: 24h, 3d, date."
)
@click.option(
    "--min-outlets",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Only those that so many outlets ran.",
)
@limit_option(20)
@config_option
@json_option
def stories(
    since: datetime | None, min_outlets: int, limit: int, config_path: Path, as_json: bool
) -> None:
    """List stories, those with most outlets first, and who was first with each."""
    with reading_store(config_path) as storage:
        found = storage.stories(since=since, min_sources=min_outlets, limit=limit)
    if as_json:
        from aggregator.service.shapes.stories import story_fields

        for item in found:
            emit_json(story_fields(item))
        return
    if not found:
        line("No stories yet; run `aggregator update`.")
        return
    print_stories(found)


@click.group(
    cls=Verbs,
    short_help="Open a story: who was first, who copied, who rewrote.",
    epilog="Examples: aggregator story 17 --why · aggregator story merge 17 21 · "
    "aggregator story split 17 203 · aggregator story move 203 --to 21",
)
@click.argument("story_id", type=int, metavar="ID")
@click.option("--why", is_flag=True, help="Say for each article why it belongs here.")
@click.option("--text", is_flag=True, help="Print the lead report's full text too.")
@config_option
@json_option
def story(story_id: int, why: bool, text: bool, config_path: Path, as_json: bool) -> None:
    """Open a story: its articles in order of time, who was first, who copied, who rewrote.

    A story that was put together wrongly is put right by `merge`, `split` and `move`.
    """
    with reading_store(config_path) as storage:
        found = storage.story(story_id) or _story_of_article(storage, story_id)
        lead = storage.article(lead_article(found).article.article_id) if text else None
    if as_json:
        from aggregator.service.shapes.stories import story_fields

        emit_json(story_fields(found))
        return
    print_story(found, why=why)
    if lead is not None:
        blank()
        print_article(lead)


story.add_command(merge)
story.add_command(split)
story.add_command(move)


def _story_of_article(storage: Storage, number: int) -> Story:
    """That of the article with the number, where no story has it any more. Raises UsageError."""
    article = storage.article(number)
    home = None if article is None else article.summary.story_id
    found = None if home is None else storage.story(home)
    if found is None:
        raise UsageError(f"there is no story {number}; `aggregator stories` lists them")
    note(f"There is no story {number}; article {number} is in story {found.story_id}.")
    return found
