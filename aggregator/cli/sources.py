"""sources: what is followed and how it fares."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, reading
from aggregator.cli.output import (
    Cell,
    Column,
    Style,
    blank,
    distance,
    emit_json,
    heading,
    line,
    moment,
    paragraphs,
    table,
)
from aggregator.cli.source_set import set_
from aggregator.core.standing import (
    Standing,
    interval_words,
    next_poll_at,
    reasons,
    standing,
    without_login,
)

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.types import Source, SourceStatus

_STYLES: dict[Standing, Style] = {
    Standing.NEW: "dim",
    Standing.OK: "good",
    Standing.HELD: "warn",
    Standing.FAILING: "bad",
    Standing.RETIRED: "bad",
    Standing.PAUSED: "dim",
}
_TROUBLED = frozenset({Standing.FAILING, Standing.RETIRED})


@click.group(
    invoke_without_command=True,
    epilog="Examples: aggregator sources --failing · aggregator sources show 'The Gulf Observer'",
)
@click.option("--failing", is_flag=True, help="Only those that fail, or that have retired.")
@config_option
@json_option
@click.pass_context
def sources(context: click.Context, failing: bool, config_path: Path, as_json: bool) -> None:
    """List the sources: state, articles, last and next poll, errors in a sentence.

    `show NAME` tells everything about one of them, and why it is polled when it is; `set NAME`
    changes its name and its tags.
    """
    if context.invoked_subcommand is not None:
        return
    with reading(config_path) as (config, storage):
        statuses = storage.source_statuses()
        now = storage.clock()
    paused = list(config.paused)
    if failing:
        statuses = [one for one in statuses if standing(one, now=now) in _TROUBLED]
        paused = []
    if as_json:
        from aggregator.service.shapes.sources import source_fields

        for status in statuses:
            emit_json(source_fields(status, now=now))
        for source in paused:
            emit_json(_paused_fields(source))
        return
    if not statuses and not paused:
        line("No source fails." if failing else "No sources yet; run `aggregator update`.")
        return
    _print_list(statuses, paused, now)


def _print_list(statuses: list[SourceStatus], paused: list[Source], now: datetime) -> None:
    table(
        [
            Column("source"),
            Column("state"),
            Column("articles", right=True),
            Column("newest"),
            Column("last poll"),
            Column("next poll"),
            Column("what is wrong", grow=True),
        ],
        [
            *(
                (
                    status.source.name,
                    _state(standing(status, now=now)),
                    str(status.articles),
                    distance(status.newest_at, now=now, none="–"),
                    distance(status.state.last_poll_at, now=now),
                    distance(next_poll_at(status, now=now), now=now),
                    Cell(status.state.last_error or "", "bad"),
                )
                for status in statuses
            ),
            *((source.name, _state(Standing.PAUSED), "", "", "", "never", "") for source in paused),
        ],
    )


def _state(word: Standing) -> Cell:
    return Cell(word.value, _STYLES[word])


@sources.command(epilog="Example: aggregator sources show 'The Gulf Observer'")
@click.argument("name")
@config_option
@json_option
def show(name: str, config_path: Path, as_json: bool) -> None:
    """Everything about one source: how it fares, and why it is polled when it is.

    NAME is a name, an address, or an unambiguous part of either.
    """
    from aggregator.service.update import select

    with reading(config_path) as (config, storage):
        paused = _paused(config, name)
        statuses = [] if paused else select(storage.source_statuses(), [name])
        now = storage.clock()
    if paused is not None:
        _show_paused(paused, as_json=as_json)
    elif as_json:
        from aggregator.service.shapes.sources import source_detail

        emit_json(source_detail(statuses[0], now=now))
    else:
        _show(statuses[0], now)


sources.add_command(set_)


def _paused(config: Config, name: str) -> Source | None:
    wanted = name.casefold()
    return next(
        (one for one in config.paused if wanted in {one.name.casefold(), one.url.casefold()}), None
    )


def _show_paused(source: Source, *, as_json: bool) -> None:
    if as_json:
        emit_json(_paused_fields(source))
        return
    heading(source.name)
    line(_label("state"), _state(Standing.PAUSED))
    line(_label("address"), source.url)
    line(_label("next poll"), "never, until `aggregator resume` lets it go on")


def _show(status: SourceStatus, now: datetime) -> None:
    source, state = status.source, status.state
    heading(source.name)
    line(_label("state"), _state(standing(status, now=now)))
    line(_label("address"), source.url)
    if state.address is not None:
        line(_label("polled at"), without_login(state.address))
    if state.title or state.site_url:
        line(_label("calls itself"), " · ".join(filter(None, (state.title, state.site_url))))
    newest = f", the newest {distance(status.newest_at, now=now)}" if status.newest_at else ""
    line(_label("articles"), f"{status.articles:,}{newest}")
    line(_label("last poll"), _last_poll(status, now))
    if state.last_error is not None:
        line(_label("error"), Cell(state.last_error, "bad"))
    coming = next_poll_at(status, now=now)
    when = "never" if coming is None else f"{distance(coming, now=now)} ({moment(coming)})"
    line(_label("next poll"), Cell(when, "bold"))
    line(_label("interval"), interval_words(source))
    validators = [f"ETag {state.etag}" if state.etag else ""]
    validators += [f"Last-Modified {state.last_modified}" if state.last_modified else ""]
    line(_label("asks with"), " · ".join(filter(None, validators)) or "no validators: none given")
    blank()
    paragraphs("\n\n".join(reasons(status, now=now)))


def _last_poll(status: SourceStatus, now: datetime) -> str:
    state = status.state
    if state.last_poll_at is None:
        return "never"
    answer = "no answer" if state.last_status is None else f"status {state.last_status}"
    if state.last_error is not None:
        well = distance(state.last_ok_at, now=now)
        answer += f"; it last went well {well}" if state.last_ok_at else "; it has never gone well"
    return f"{distance(state.last_poll_at, now=now)} ({moment(state.last_poll_at)}), {answer}"


def _label(word: str) -> Cell:
    return Cell(f"{word:<14}", "dim")


def _paused_fields(source: Source) -> dict[str, object]:
    return {
        "name": source.name,
        "url": source.url,
        "state": Standing.PAUSED.value,
        "tags": source.tags,
    }
