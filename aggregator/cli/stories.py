"""stories, story: what is being reported, and by whom."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from aggregator.cli.article import print_article
from aggregator.cli.common import Period, config_option, json_option, limit_option, reading
from aggregator.cli.output import (
    Cell,
    Column,
    Style,
    blank,
    emit_json,
    heading,
    line,
    moment,
    short_moment,
    table,
)
from aggregator.core.digest import lead_article
from aggregator.core.kind_names import kind_mark
from aggregator.core.timeline import copying_outlets, describe, independent_outlets
from aggregator.errors import UsageError
from aggregator.types import ArticleSummary, Relation, Story, StoryArticle

_STYLES: dict[Relation, Style] = {
    Relation.NEW: "good",
    Relation.SAME: "dim",
    Relation.COPY: "warn",
    Relation.REWRITE: "warn",
    Relation.REPORT: "good",
    Relation.TRANSLATION: "accent",
}


@click.command(epilog="Example: aggregator stories --since 24h --min-outlets 3")
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
    with reading(config_path) as (_, storage):
        found = storage.stories(since=since, min_sources=min_outlets, limit=limit)
    if as_json:
        for item in found:
            emit_json(story_fields(item))
        return
    if not found:
        line("No stories yet; run `aggregator update`.")
        return
    print_stories(found)


def print_stories(found: list[Story]) -> None:
    """A table, one story a row."""
    table(
        [
            Column("story", right=True),
            Column("outlets", right=True),
            Column("since"),
            Column("headline", grow=True),
            Column("run by, the first one first", grow=True),
        ],
        [
            (
                str(item.story_id),
                Cell(str(len(item.outlets)), "bold"),
                short_moment(item.first_at),
                Cell(headline(lead_article(item).article), "bold"),
                ", ".join(item.outlets),
            )
            for item in found
        ],
    )


@click.command(epilog="Example: aggregator story 17 --why")
@click.argument("story_id", type=int, metavar="ID")
@click.option("--why", is_flag=True, help="Say for each article why it belongs here.")
@click.option("--text", is_flag=True, help="Print the lead report's full text too.")
@config_option
@json_option
def story(story_id: int, why: bool, text: bool, config_path: Path, as_json: bool) -> None:
    """Open a story: its articles in order of time, who was first, who copied, who rewrote."""
    with reading(config_path) as (_, storage):
        found = storage.story(story_id)
        if found is None:
            raise UsageError(f"there is no story {story_id}; `aggregator stories` lists them")
        lead = storage.article(lead_article(found).article.article_id) if text else None
    if as_json:
        emit_json(story_fields(found))
        return
    print_story(found, why=why)
    if lead is not None:
        blank()
        print_article(lead)


def print_story(found: Story, *, why: bool) -> None:
    """Headline, who was first, the timeline."""
    heading(lead_article(found).article.title or "(no title)")
    independent, copying = independent_outlets(found), copying_outlets(found)
    line(
        Cell(f"Story {found.story_id}", "dim"),
        f" · first: {found.first.article.source}, {moment(found.first_at)}"
        f" · own reports: {len(independent)} · only copies: {len(copying)}",
    )
    blank()
    table(
        [
            Column("published"),
            Column("outlet"),
            Column("relation"),
            Column("headline", grow=True),
            Column("article", right=True),
        ],
        [
            (
                short_moment(item.article.at),
                item.article.source,
                Cell(_relation(item, found), _STYLES[item.relation]),
                Cell(headline(item.article), "bold"),
                Cell(str(item.article.article_id), "dim"),
            )
            for item in found.articles
        ],
    )
    if why:
        blank()
        for item in found.articles:
            if item.why:
                line(Cell(f"{item.article.source}: ", "accent"), item.why)


def headline(article: ArticleSummary) -> str:
    """As lists show it, with what its page is where that is no plain article."""
    mark = kind_mark(article.kind)
    return f"{article.title or '(no title)'}{f' [{mark}]' if mark else ''}"


def _relation(item: StoryArticle, found: Story) -> str:
    """In words; of whom only where it is not the first."""
    return describe(item, found).removesuffix(f" of {found.first.article.source}")


def story_fields(found: Story) -> dict[str, object]:
    """A story as one JSON object."""
    lead = lead_article(found)
    return {
        "id": found.story_id,
        "title": lead.article.title,
        "lead": lead.article.article_id,
        "first": found.first.article.source,
        "first_at": found.first_at,
        "last_at": found.last_at,
        "outlets": found.outlets,
        "independent": independent_outlets(found),
        "copying": copying_outlets(found),
        "articles": [_line_fields(item, found) for item in found.articles],
    }


def _line_fields(item: StoryArticle, found: Story) -> dict[str, object]:
    return {
        "id": item.article.article_id,
        "source": item.article.source,
        "title": item.article.title,
        "url": item.article.url,
        "at": item.article.at,
        "published_at": item.article.published_at,
        "first_seen_at": item.article.first_seen_at,
        "language": item.article.language,
        "kind": item.article.kind,
        "relation": "first" if item is found.first else item.relation.value,
        "of": item.of,
        "score": round(item.score, 3),
        "why": item.why,
    }
