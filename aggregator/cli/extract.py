"""extract: the article in a page, or all texts again from the pages that are kept."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import click

from aggregator.cli.again import run_again
from aggregator.cli.common import (
    Period,
    config_option,
    file_argument,
    json_option,
    load_config,
    read_bytes,
    type_option,
)
from aggregator.cli.facts import ORIGINS, fact_fields, facts_of_extraction, print_facts
from aggregator.cli.forms import Form, check_form, form_option, markdown, print_form
from aggregator.cli.output import (
    Cell,
    blank,
    complain,
    emit_json,
    heading,
    line,
    note,
    paragraphs,
    zoned,
)
from aggregator.errors import UsageError
from aggregator.types import Extraction, ExtractRequest, FeedText, PageCopy, PageRole, PageRules


@click.command(
    epilog="Examples: aggregator extract page.html --url https://example.org/a --format markdown · "
    "aggregator extract --again --source 'The Gulf Observer' --since 3d"
)
@file_argument(required=False)
@click.option("--url", help="Where the page came from, to complete its links.")
@type_option
@click.option("--title", help="The feed's title of the article, as a check on the page's.")
@click.option("--summary", help="The feed's summary of it, as plain text.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME",
    help="Read FILE by the rules of this source; with --again: only this one's articles.",
)
@click.option("--again", is_flag=True, help="Make the texts anew from all pages that are kept.")
@click.option("--since", type=Period(), help="With --again: first seen since: 24h, 3d, date.")
@form_option
@config_option
@json_option
def extract(
    *,
    file: Path | None,
    sources: tuple[str, ...],
    again: bool,
    since: datetime | None,
    form: Form | None,
    config_path: Path,
    as_json: bool,
    **told: str | None,
) -> int:
    """Show the article that we find in a page, and why. FILE may be - for standard input.

    With --again and no FILE, the texts of stored articles are made anew from the pages that are
    kept (`keep_pages`), for example after a change of a source's rules. A name, an address, or an
    unambiguous part of either stands for a source.
    """
    if again:
        _refuse_of_a_file({"": file, "format": form, **told})
        return run_again(load_config(config_path), names=sources, since=since, as_json=as_json)
    if file is None:
        raise UsageError("name a page's FILE, or - for standard input; --again needs none")
    if since is not None:
        raise UsageError("--since goes with --again; a FILE is read whenever it is from")
    if len(sources) > 1:
        raise UsageError("a FILE is read by the rules of one --source")
    check_form(form, as_json=as_json)
    rules = _rules_of(sources[0], config_path) if sources else None
    found = asyncio.run(_extract(_request(read_bytes(file), told, rules)))
    if as_json:
        emit_json(_fields(found))
    elif form is not None:
        print_form(form, text=found.article.text, html=found.article.html)
    else:
        _print(found, told)
    if found.kind.has_article:
        return 0
    complain(f"there is no article in it. {found.kind_why}")
    return 1


def _refuse_of_a_file(given: dict[str, object]) -> None:
    for name, value in given.items():
        if value is not None:
            what = f"--{name.replace('_', '-')} goes with a FILE" if name else "leave out FILE"
            raise UsageError(f"--again reads the pages that are kept; {what}")


def _request(body: bytes, told: dict[str, str | None], rules: PageRules | None) -> ExtractRequest:
    page = PageCopy(
        role=PageRole.PAGE, url=told["url"], content_type=told["content_type"], body=body
    )
    feed = _feed_text(told["title"] or "", told["summary"] or "")
    return ExtractRequest(pages=(page,), feed=feed, rules=rules)


def _feed_text(title: str, summary: str) -> FeedText:
    from aggregator.core.markup import from_text
    from aggregator.core.text import clean_line, clean_text

    text = clean_text(summary)
    return FeedText(title=clean_line(title), text=text, html=from_text(text))


def _rules_of(name: str, config_path: Path) -> PageRules | None:
    """Those in feeds.yaml. Raises UsageError where the name is unknown."""
    from aggregator.core.choosing import choose

    config = load_config(config_path)
    unknown = f"no source in {config_path} is called “{name}”"
    chosen = choose(
        [*config.sources, *config.paused], name, source=lambda one: one, unknown=unknown
    )
    if chosen.rules is None or not chosen.rules.reads:
        note(f"{chosen.name} has no rules for reading pages in {config_path}.")
    return chosen.rules


async def _extract(request: ExtractRequest) -> Extraction:
    from aggregator.sandbox import Sandbox

    async with Sandbox(workers=1) as sandbox:
        return await sandbox.extract(request)


def _print(found: Extraction, told: dict[str, str | None]) -> None:
    article = found.article
    heading(article.title or told["title"] or "(no title)")
    published = article.published_at
    about = [
        article.site_name or "",
        "" if published is None else zoned(published, article.utc_offset),
        *article.authors,
        article.language or "",
    ]
    line(Cell(" · ".join(filter(None, about)), "accent"))
    line(Cell(f"text from the {ORIGINS[found.origin]}", "dim"))
    print_facts(facts_of_extraction(found), url=told["url"])
    for wanted in found.wanted:
        line(Cell("wanted too: ", "warn"), f"{wanted.url} ({wanted.role.value})")
    blank()
    paragraphs(article.text)


def _fields(found: Extraction) -> dict[str, object]:
    article = found.article
    return {
        "title": article.title,
        "author": ", ".join(article.authors) or None,
        "authors": article.authors,
        "date": article.published_at,
        "updated": article.updated_at,
        "language": article.language,
        "image": article.image_url,
        **fact_fields(facts_of_extraction(found)),
        "origin": found.origin,
        "why": found.why,
        "wanted": found.wanted,
        "text": article.text,
        "html": article.html,
        "markdown": markdown(text=article.text, html=article.html),
    }
