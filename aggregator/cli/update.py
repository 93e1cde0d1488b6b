"""update: one pass."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator.cli.common import config_option, json_option, load_config
from aggregator.cli.output import (
    Cell,
    Column,
    distance,
    emit_json,
    line,
    meter,
    moment,
    note,
    table,
)
from aggregator.core.durations import parse_duration
from aggregator.core.enumerating import counted

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.pipeline import Event
    from aggregator.service.update import UpdateSummary
    from aggregator.types import SyncReport


class Span(click.ParamType[timedelta]):
    """A duration above zero, such as 45s or 1h30m."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            span = parse_duration(value)
        except (ValueError, OverflowError) as error:
            self.fail(f"“{value}” is no duration: {error}", param, ctx)
        if not span:
            self.fail("it must be longer than nothing, such as 45s or 10m", param, ctx)
        return span


within_option = click.option(
    "--within",
    type=Span(),
    help="Ask for nothing more after this time, such as 45s or 10m, and say what is left.",
)


@click.command(epilog="Examples: aggregator update · aggregator update 'The Gulf Observer' --force")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--force", is_flag=True, help="Also what is not due, or asked to be left alone.")
@click.option("--polls-only", is_flag=True, help="Leave pages and stories to a later pass.")
@within_option
@config_option
@json_option
def update(
    sources: tuple[str, ...],
    *,
    force: bool,
    polls_only: bool,
    within: timedelta | None,
    config_path: Path,
    as_json: bool,
) -> int:
    """Fetch what is due once: feeds, article pages, stories.

    SOURCE is a name, an address, or an unambiguous part of either; named sources are fetched
    even when they are not due yet.
    """
    config = load_config(config_path)
    summary = asyncio.run(
        run_update(config, names=sources, force=force, polls_only=polls_only, within=within)
    )
    if as_json:
        emit_json(summary_fields(summary))
    else:
        print_summary(summary)
    return 1 if summary.crashed or (summary.polled and len(summary.failed) == summary.polled) else 0


async def run_update(
    config: Config,
    *,
    names: Sequence[str] = (),
    force: bool = False,
    polls_only: bool = False,
    within: timedelta | None = None,
) -> UpdateSummary:
    """One pass with a progress bar."""
    from aggregator.pipeline import FeedPolled, TextFetched
    from aggregator.service.runtime import open_runtime
    from aggregator.service.update import update as run

    feeds = pages = 0
    with meter("Fetching", 0) as bar:

        def started(due: int, synced: SyncReport) -> None:
            nonlocal feeds
            feeds = due
            bar.grow(feeds)
            for name in synced.added if len(synced.added) <= 5 else ():
                note(f"new source: {name}")

        def progress(event: Event) -> None:
            nonlocal pages
            match event:
                case FeedPolled():
                    bar.step(event.source)
                case TextFetched():
                    pages += 1
                    bar.grow(feeds + pages)
                    bar.step(event.title)

        def indexed(done: int, total: int) -> None:
            bar.show("Making the search index anew", done, total)
            if done == total:
                bar.show("Fetching", 0, 0)

        async with open_runtime(config, report=progress, on_index=indexed) as runtime:
            return await run(
                runtime,
                names=names,
                force=force,
                polls_only=polls_only,
                within=within,
                started=started,
                progress=progress,
            )


def summary_fields(summary: UpdateSummary) -> dict[str, object]:
    """The summary as one JSON object."""
    return {
        "sources": summary.selected,
        "polled": summary.polled,
        "unchanged": summary.unchanged,
        "failed": [{"source": item.source, "error": item.error} for item in summary.failed],
        "not_due": summary.not_due,
        "next_due_at": summary.next_due_at,
        "held_up": summary.held_up,
        "sources_left": summary.sources_left,
        "pages_left": summary.pages_left,
        "new": summary.new,
        "revised": summary.revised,
        "texts": summary.texts,
        "texts_failed": len(summary.texts_failed),
        "assigned": summary.assigned,
        "new_stories": summary.new_stories,
        "joined": summary.joined,
        "caught": summary.caught,
        "sent": summary.sent,
        "unsent": [{"channel": one.notice.channel, "error": one.error} for one in summary.unsent],
        "left_to_leader": summary.left_to_leader,
        "errors": summary.crashed,
        "seconds": round(summary.elapsed.total_seconds(), 3),
    }


def print_summary(summary: UpdateSummary) -> None:
    """The summary in sentences."""
    if summary.held_up:
        line(
            Cell("The clock seems to have been set back: ", "warn"),
            f"{counted(summary.held_up, 'source')} had been polled in what is the future now, and "
            "may be polled again.",
        )
    seconds = f"{summary.elapsed.total_seconds():.1f} s"
    line(
        Cell(f"{counted(summary.polled, 'source')} polled", "bold"),
        f" in {seconds}: {counted(summary.new, 'new article')}, {summary.revised} revised, "
        f"{counted(summary.unchanged, 'source')} unchanged",
    )
    if summary.texts or summary.texts_failed:
        line(
            f"{counted(summary.texts, 'full text')} fetched",
            f"; {counted(len(summary.texts_failed), 'page')} failed, the feed's text stands in"
            if summary.texts_failed
            else "",
        )
    if summary.assigned:
        line(
            f"{counted(summary.assigned, 'article')} grouped: "
            f"{summary.joined} joined a story, {summary.new_stories} began one"
        )
    if summary.left_to_leader:
        line("Stories are left to the worker that leads; `aggregator workers` says which.")
    _print_watches(summary)
    _print_later(summary)
    if summary.failed:
        line(Cell(f"{counted(len(summary.failed), 'source')} failed:", "bad"))
        table(
            [Column("source"), Column("why", grow=True), Column("next try")],
            [
                (item.source, Cell(item.error or "", "bad"), distance(item.next_poll_at))
                for item in summary.failed
            ],
        )
    for item in summary.warned:
        line(Cell(f"{item.source}: ", "warn"), item.warning or "")
    for page in summary.texts_failed[:10]:
        line(Cell("page: ", "warn"), f"{page.title} — {page.error}")
    if len(summary.texts_failed) > 10:
        line(f"… and {len(summary.texts_failed) - 10} more")
    for error in summary.crashed:
        line(Cell("an error of ours: ", "bad"), error)


def _print_watches(summary: UpdateSummary) -> None:
    """What they caught, and what could not be sent."""
    if summary.caught or summary.sent:
        line(
            f"Watches caught {counted(summary.caught, 'article')}; "
            f"{counted(summary.sent, 'message')} sent"
        )
    for one in summary.unsent:
        line(Cell(f"not sent to {one.notice.channel}: ", "bad"), one.error or "")


def _print_later(summary: UpdateSummary) -> None:
    """What the pass did not come to, or was not about."""
    if summary.sources_left or summary.pages_left:
        line(
            Cell("The time is over: ", "warn"),
            f"{counted(summary.sources_left, 'source')} and {counted(summary.pages_left, 'page')} "
            "are left, and come first in the next pass.",
        )
    if summary.not_due:
        line(
            f"{counted(summary.not_due, 'source')} not due yet; the next is due "
            f"{distance(summary.next_due_at)} ({moment(summary.next_due_at)}). "
            "--force does not wait."
        )
