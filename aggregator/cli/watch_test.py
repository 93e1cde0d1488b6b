"""watch test: what a watch would have sent, or whether its channels can be reached."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import Period, config_option, json_option, load_config, reading
from aggregator.cli.output import (
    Cell,
    blank,
    complain,
    emit_json,
    line,
    moment,
    short_moment,
    snippet,
)
from aggregator.cli.watch_names import watch_named
from aggregator.core.enumerating import counted
from aggregator.core.kind_names import RELATION_NAMES
from aggregator.core.notices import latest
from aggregator.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.service.rehearsing import Rehearsal
    from aggregator.types import NoticeItem, Watch


@click.command(
    epilog="Examples: aggregator watch test Baku --since 3d · aggregator watch test Baku --send"
)
@click.argument("name")
@click.option(
    "--since",
    type=Period(),
    default="7d",
    show_default=True,
    help="How far to look back: 24h, 3d, date.",
)
@click.option("--send", is_flag=True, help="Send one message that says it is a test, now.")
@config_option
@json_option
def test(name: str, since: datetime, send: bool, config_path: Path, as_json: bool) -> int:
    """Show what a watch would have sent.

    In how many messages it would have been, too; nothing is sent. Exit code 1 when that is nothing.
    With --send its channels are tried instead.
    """
    if send:
        config = load_config(config_path)
        watch = watch_named(config, name)
        if not watch.to:
            raise UsageError(
                f"the watch “{watch.name}” has no channels to try: what it catches is a section of"
                " a digest; to have it sent as well, name channels under its `to`"
            )
        return _send(config, watch, as_json=as_json)
    from aggregator.service.rehearsing import rehearse

    with reading(config_path) as (config, storage):
        watch = watch_named(config, name)
        done = rehearse(
            storage,
            watch,
            since=since.astimezone(UTC),
            now=storage.clock(),
            timezone=config.digest.timezone,
        )
    if as_json:
        from aggregator.service.shapes.watches import message_fields

        for message in done.messages:
            emit_json(message_fields(message, done))
    else:
        _print(done)
    return 0 if done.messages else 1


def _send(config: Config, watch: Watch, *, as_json: bool) -> int:
    from aggregator.service.trial_notices import send_trial

    trials = asyncio.run(send_trial(config, watch))
    for one in trials:
        if as_json:
            error = None if one.error is None else str(one.error)
            emit_json({"channel": one.channel, "sent": one.error is None, "error": error})
        elif one.error is None:
            line(Cell("sent to ", "good"), one.channel)
        else:
            complain(f"not sent to {one.channel}: {one.error}")
    return DeliveryError.exit_code if any(one.error for one in trials) else 0


def _print(done: Rehearsal) -> None:
    watch = done.watch
    line(Cell(watch.name, "title"), Cell(f"  {watch.query}", "dim"))
    line(f"{_sentence(done)}, {_whereto(watch)}.")
    for message in done.messages:
        blank()
        waits = " · waits until then" if message.at > done.until else ""
        line(
            Cell(moment(message.at), "accent"),
            Cell(f" · {counted(len(message.items), 'item')}{waits}", "dim"),
        )
        shown = latest(message.items)
        for item in shown:
            _print_item(item)
        if len(message.items) > len(shown):
            line(Cell(f"and {len(message.items) - len(shown)} more", "dim"), indent=2)


def _whereto(watch: Watch) -> str:
    if watch.to:
        return f"to {', '.join(watch.to)}"
    return (
        "if it had a channel; it has none, and what it catches is seen on the page and in digests"
    )


def _sentence(done: Rehearsal) -> str:
    what = counted(done.items, "item")
    if done.watch.silent is not None:
        return (
            f"It would tell now of {counted(done.items, 'source') if done.items else 'no source'}"
        )
    span = f"since {moment(done.since)}"
    if not done.messages:
        return f"It would have sent nothing {span}"
    return f"It would have sent {what} in {counted(len(done.messages), 'message')} {span}"


def _print_item(item: NoticeItem) -> None:
    relation = RELATION_NAMES[item.relation] if item.relation is not None else ""
    facts = [short_moment(item.at), item.source]
    facts += [relation] if relation else []
    facts += [f"{item.outlets} outlets"] if item.outlets > 1 else []
    facts += [f"article {item.article_id}"] if item.article_id is not None else []
    line(Cell(item.headline or "(no title)", "bold"), indent=2)
    line(Cell(" · ".join(facts), "dim"), indent=4)
    if item.snippet:
        snippet(item.snippet, indent=4)
