"""article: one article with its text, and what it comes with and refers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from aggregator.cli.common import config_option, json_option, reading_store
from aggregator.cli.facts import ORIGINS, facts_of_article, print_facts
from aggregator.cli.forms import Form, check_form, form_option, print_form
from aggregator.cli.output import Cell, blank, emit_json, heading, line, moment, paragraphs
from aggregator.errors import UsageError
from aggregator.types import Article, Link, LinkKind, Media

_RELATIONS = {
    LinkKind.REPLY_TO: "answers",
    LinkKind.COMMENTS: "comments:",
    LinkKind.COMMENTS_FEED: "comments as a feed:",
    LinkKind.CORRECTS: "corrects",
    LinkKind.CORRECTED_BY: "corrected by",
    LinkKind.RELATED: "related:",
    LinkKind.VIA: "via",
    LinkKind.ALTERNATE: "also as",
}


@click.command(
    short_help="Print an article, and how its text was found.",
    epilog="Example: aggregator article 42 --revisions",
)
@click.argument("article_id", type=int, metavar="ID")
@click.option("--revisions", is_flag=True, help="Print the former versions too.")
@form_option
@config_option
@json_option
def article(
    article_id: int, *, revisions: bool, form: Form | None, config_path: Path, as_json: bool
) -> None:
    """Print an article: who, when, where from and why, and its full text."""
    check_form(form, as_json=as_json)
    if form is not None and revisions:
        raise UsageError("--format prints the present version; leave out --revisions")
    with reading_store(config_path) as storage:
        found = storage.article(article_id)
    if found is None:
        raise UsageError(f"there is no article {article_id}; `aggregator search` finds them")
    if as_json:
        from aggregator.service.shapes.articles import article_fields

        emit_json(article_fields(found))
        return
    if form is not None:
        print_form(form, text=found.text, html=found.html)
        return
    print_article(found)
    if revisions:
        for past in found.revisions:
            blank()
            heading(f"Version {past.number}, first seen {moment(past.seen_at)}: {past.title}")
            paragraphs(past.text)


def print_article(found: Article) -> None:
    """Title, what is known about it, text."""
    summary = found.summary
    heading(summary.title or "(no title)")
    about = [summary.source, moment(summary.published_at, none="undated"), *found.authors]
    line(Cell(" · ".join(about), "accent"))
    details = [f"article {summary.article_id}"]
    if summary.story_id is not None:
        details.append(f"story {summary.story_id}")
    if summary.language:
        details.append(summary.language)
    details.append(f"text from the {ORIGINS[found.text_origin]}")
    if found.revision > 1:
        details.append(f"version {found.revision}")
    line(Cell(" · ".join(details), "dim"))
    if summary.url:
        line(Cell(summary.url, "dim"))
    if found.withdrawn_at is not None:
        line(Cell(f"withdrawn by the publisher on {moment(found.withdrawn_at)}", "warn"))
    print_facts(facts_of_article(found), url=summary.url)
    print_mentions(found.links, found.media)
    if found.text_error and found.text_error != found.kind_why:
        said = "The page could not be had" if found.text_origin.is_feed else "At the last try"
        line(Cell(f"{said}: {found.text_error}", "warn"))
    blank()
    paragraphs(found.text)


def print_mentions(links: Sequence[Link], media: Sequence[Media], *, indent: int = 0) -> None:
    """A line for each thing that an entry refers to, and for each file that comes with it."""
    for text in (*map(describe_link, links), *map(describe_media, media)):
        line(Cell(" " * indent + text, "dim"))


def describe_link(link: Link) -> str:
    """How the entry stands to what it links to, in words: answers https://example.com/1."""
    where = link.url or link.ref
    return f"{_RELATIONS[link.kind]} {f'{link.title} ({where})' if link.title else where}"


def describe_media(media: Media) -> str:
    """What the file is, where it is, and what is known about it."""
    known = [f"{media.kind}: {media.url}", media.title]
    if media.credit:
        known.append(f"by {media.credit}")
    if media.width and media.height:
        known.append(f"{media.width} x {media.height}")
    if media.duration:
        known.append(str(timedelta(seconds=round(media.duration.total_seconds()))))
    if media.size:
        known.append(_in_bytes(media.size))
    return " · ".join(filter(None, known))


def _in_bytes(size: int) -> str:
    for unit, length in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= length:
            return f"{size / length:.1f} {unit}"
    return f"{size} B"
