"""add: from an address to a source in feeds.yaml."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.begun import config_so_far
from aggregator.cli.common import PATIENCE, config_option, json_option
from aggregator.cli.finds import entries_table, feeds_table, misses_table
from aggregator.cli.output import Cell, complain, emit_json, line, meter, on_terminal
from aggregator.core.text import clean_line
from aggregator.errors import StorageError, UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.service.findings import Findings, FoundFeed
    from aggregator.service.seeking import Seeker
    from aggregator.types import PageSelectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the options say."""

    path: Path
    name: str | None
    tags: tuple[str, ...]
    pick: int | None
    yes: bool
    dry_run: bool
    select: PageSelectors | None
    as_json: bool

    @property
    def asks(self) -> bool:
        """Whether there is somebody to be asked."""
        decided = self.yes or self.dry_run or self.as_json or self.pick is not None
        return not decided and sys.stdin.isatty() and on_terminal()


@click.command(
    short_help="Find the feeds of a site, and follow one.",
    epilog="Examples: aggregator add example.org · "
    "aggregator add example.org/press --item li.news --title h3",
)
@click.argument("url")
@click.option("--name", help="What the source is called, when not as the feed calls itself.")
@click.option("--tag", "tags", multiple=True, help="A tag for it; may be given several times.")
@click.option("--pick", type=click.IntRange(1), help="The candidate with this number.")
@click.option("--yes", is_flag=True, help="The first candidate, without a question.")
@click.option("--dry-run", is_flag=True, help="Only show what would be added.")
@click.option("--item", metavar="CSS", help="Watch the page itself: what its items are.")
@click.option("--title", metavar="CSS", help="Within an item: its title.")
@click.option("--link", metavar="CSS", help="Within an item: its link, as in a.more::attr(href).")
@click.option("--date", metavar="CSS", help="Within an item: its date.")
@click.option("--summary", metavar="CSS", help="Within an item: its summary.")
@config_option
@json_option
def add(
    *,
    url: str,
    name: str | None,
    tags: tuple[str, ...],
    pick: int | None,
    yes: bool,
    dry_run: bool,
    config_path: Path,
    as_json: bool,
    **css: str | None,
) -> int:
    """Find the feeds of a site, and add one to feeds.yaml, which else stays as it is.

    URL is that of a site, of a page of it, or of a feed; https:// may be left out. On a terminal
    you are asked which feed you mean. For a page without a feed, --item says where its items are.
    """
    if pick is not None and css["item"] is not None:
        raise UsageError("--pick is for feeds; with --item the page itself is watched")
    wishes = Wishes(
        path=config_path,
        name=name,
        tags=tags,
        pick=pick,
        yes=yes,
        dry_run=dry_run,
        select=_selectors(css),
        as_json=as_json,
    )
    return asyncio.run(_run(url, wishes, config_so_far(config_path)))


def _selectors(css: dict[str, str | None]) -> PageSelectors | None:
    from aggregator.types import PageSelectors

    item = css.pop("item")
    if item is not None:
        return PageSelectors(item=item, **css)
    given = next((key for key, value in css.items() if value is not None), None)
    if given:
        raise UsageError(f"--{given} is looked for within each item; say by --item what those are")
    return None


async def _run(url: str, wishes: Wishes, config: Config) -> int:
    from aggregator.service.seeking import seeking

    async with seeking(config) as seeker:
        if wishes.select is not None:
            return await _add_page(url, wishes.select, wishes, seeker)
        return await _add_feed(url, wishes, seeker)


async def _add_feed(url: str, wishes: Wishes, seeker: Seeker) -> int:
    from aggregator.service.finding import MAX_REQUESTS

    with meter("Looking for feeds", MAX_REQUESTS) as bar:
        findings = await seeker.find(url, tell=bar.step)
    if not findings.feeds:
        return _say_nothing_found(findings, wishes)
    if not wishes.as_json:
        feeds_table(findings.feeds)
    chosen = _chosen(findings, wishes)
    known = await seeker.followed_as(chosen) or _moved_there(chosen, seeker) if chosen else None
    return _finish(chosen, known, wishes, fields=_found_fields(findings))


def _moved_there(feed: FoundFeed, seeker: Seeker) -> str | None:
    """The name of a source that has moved to where the feed is; None: none is known to have."""
    from aggregator.core.feed_addresses import feed_key
    from aggregator.storage.backends import open_storage

    database = seeker.config.storage
    if isinstance(database, Path) and not database.exists():
        return None
    try:
        with closing(open_storage(database, read_only=True, patience=PATIENCE)) as storage:
            statuses = storage.source_statuses()
    except StorageError:
        return None  # it is not needed to add a source; what is double then is merged in time
    key = feed_key(feed.url)
    moved = (one for one in statuses if feed_key(one.state.address or "") == key)
    return next((one.source.name for one in moved), None)


async def _add_page(url: str, select: PageSelectors, wishes: Wishes, seeker: Seeker) -> int:
    page = await seeker.watch(url, select)
    if not wishes.as_json:
        entries_table(page)
    known = await seeker.followed_as(page)
    chosen: FoundFeed | None = page
    if known is None and wishes.asks and not click.confirm("Watch this page?", default=True):
        chosen = None
    return _finish(chosen, known, wishes, fields={"url": page.url, "items": page.parsed.entries})


# --- which one -----------------------------------------------------------------------------------


def _chosen(findings: Findings, wishes: Wishes) -> FoundFeed | None:
    """None: nobody has said which, or none is wanted."""
    feeds = findings.feeds
    if wishes.pick is not None:
        if wishes.pick > len(feeds):
            raise UsageError(f"there is no candidate {wishes.pick}; the last is {len(feeds)}")
        return feeds[wishes.pick - 1]
    if wishes.asks:
        return _asked(feeds)
    now = datetime.now(UTC)
    alive = [feed for feed in feeds if feed.is_alive(now)]
    if wishes.yes:
        return feeds[0]
    return alive[0] if len(alive) == 1 else None


def _asked(feeds: tuple[FoundFeed, ...]) -> FoundFeed | None:
    if len(feeds) == 1:
        return feeds[0] if click.confirm("Follow it?", default=True) else None
    which = click.IntRange(0, len(feeds))
    number = click.prompt("Follow which one? (0: none)", type=which, default=1)
    return feeds[number - 1] if number else None


# --- what comes of it ----------------------------------------------------------------------------


def _finish(
    chosen: FoundFeed | None,
    known: str | None,
    wishes: Wishes,
    *,
    fields: dict[str, object],
) -> int:
    name = None
    if chosen is not None and known is None and not wishes.dry_run:
        name = _written(chosen, wishes)
    if wishes.as_json:
        added = {"name": name, "url": chosen.url} if chosen and name else None
        emit_json({**fields, "added": added, "followed_as": known})
    elif known is not None:
        line(f"It is followed already, as “{known}”; nothing was changed.")
    elif chosen is not None:
        _say_added(chosen, name, wishes)
    if chosen is None and not (wishes.dry_run or wishes.asks):
        complain("several feeds may be meant, and none was added; say which with --pick NUMBER")
        return 1
    return 0


def _written(chosen: FoundFeed, wishes: Wishes) -> str:
    """The name under which it stands in the file now."""
    from aggregator.config.editing import NewSource, add_sources

    new = NewSource(
        url=chosen.url,
        name=_name(chosen, wishes),
        tags=wishes.tags,
        select=wishes.select,
    )
    return add_sources(wishes.path, [new], environ=os.environ)[0]


def _name(chosen: FoundFeed, wishes: Wishes) -> str | None:
    """None: it gets one from its address."""
    from aggregator.service.findings import own_name

    if wishes.name is not None:
        return clean_line(wishes.name) or None
    return own_name(chosen) or None


def _say_added(chosen: FoundFeed, name: str | None, wishes: Wishes) -> None:
    if name is None:
        called = _name(chosen, wishes)
        line(f"Would be added{f' as “{called}”' if called else ''}: {chosen.url}")
        return
    line(Cell("Added ", "good"), f"“{name}” to {wishes.path}: {chosen.url}")
    line("A running service takes it up by itself; else run `aggregator update`.")


def _found_fields(findings: Findings) -> dict[str, object]:
    from aggregator.service.shapes.found import found_fields

    told = found_fields(findings)
    return {one.name: getattr(told, one.name) for one in fields(told)}


def _say_nothing_found(findings: Findings, wishes: Wishes) -> int:
    if wishes.as_json:
        emit_json({**_found_fields(findings), "added": None, "followed_as": None})
    elif findings.misses:
        misses_table(findings.misses)
    if findings.trouble and not findings.misses:
        complain(f"{findings.url} could not be had: {findings.trouble}. Nothing was added.")
        return 1
    trouble = f" ({findings.trouble})" if findings.trouble else ""
    complain(
        f"no feed was found at {findings.url}{trouble}: {findings.requests} addresses were asked, "
        "those that the page names and those where many sites keep a feed. If the page itself "
        "lists the news, it can be watched: `aggregator add URL --item CSS`, where the CSS "
        "selector is that of one item."
    )
    return 1
