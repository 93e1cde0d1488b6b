"""sources: what is followed and how it fares."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, load_config, store_if_any
from aggregator.cli.output import (
    Cell,
    Column,
    Style,
    blank,
    distance,
    emit_json,
    heading,
    is_narrow,
    line,
    moment,
    paragraphs,
    table,
)
from aggregator.cli.source_set import set_
from aggregator.core.choosing import choose
from aggregator.core.standing import (
    Standing,
    interval_words,
    next_poll_at,
    reasons,
    standing,
    without_login,
)

if TYPE_CHECKING:
    from aggregator.service.listed import Listed
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
    short_help="List the sources and how they fare.",
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
    every, now = _listed(config_path)
    if failing:
        every = [one for one in every if _standing(one, now) in _TROUBLED]
    if as_json:
        for one in every:
            _emit(one, now)
        return
    if not every:
        line("No source fails.")
        return
    _print_list(every, now)


def _listed(config_path: Path) -> tuple[list[Listed], datetime]:
    """As feeds.yaml has them now, and the time by the store's clock."""
    from aggregator.service.listed import listed

    config = load_config(config_path, secrets=False)
    with store_if_any(config.storage) as storage:
        if storage is None:
            return listed(config, ()), datetime.now(UTC)
        return listed(config, storage.source_statuses()), storage.clock()


def _standing(one: Listed, now: datetime) -> Standing:
    if one.is_paused:
        return Standing.PAUSED
    return Standing.NEW if one.status is None else standing(one.status, now=now)


def _print_list(every: list[Listed], now: datetime) -> None:
    """What is wrong stands below the table where there is no room for it beside the rest."""
    columns = [
        Column("source"),
        Column("state"),
        Column("articles", right=True),
        Column("newest"),
        Column("last poll"),
        Column("next poll"),
    ]
    rows = [_row(one, now) for one in every]
    wrong = [(one.source.name, error) for one in every if (error := _error(one)) is not None]
    beside = bool(wrong) and not is_narrow()
    if beside:
        columns.append(Column("what is wrong", grow=True))
        rows = [
            (*row, Cell(_error(one) or "", "bad")) for row, one in zip(rows, every, strict=True)
        ]
    table(columns, rows)
    if wrong and not beside:
        blank()
        for name, error in wrong:
            line(Cell(f"{name}: ", "bold"), Cell(error, "bad"))
    if any(one.status is None and not one.is_paused for one in every):
        blank()
        line("New ones are polled by a running service at once, else by `aggregator update`.")


def _row(one: Listed, now: datetime) -> tuple[Cell | str, ...]:
    status, state = one.status, _state(_standing(one, now))
    never = "never" if one.is_paused else "not yet"
    if status is None:
        return one.source.name, state, "0", "–", "never", never
    return (
        one.source.name,
        state,
        str(status.articles),
        distance(status.newest_at, now=now, none="–"),
        distance(status.state.last_poll_at, now=now),
        never if one.is_paused else distance(next_poll_at(status, now=now), now=now),
    )


def _error(one: Listed) -> str | None:
    return None if one.is_paused or one.status is None else one.status.state.last_error


def _emit(one: Listed, now: datetime, *, detail: bool = False) -> None:
    from aggregator.service.shapes.sources import source_detail, source_fields

    if one.is_paused or one.status is None:
        emit_json(_few_fields(one.source, _standing(one, now)))
    elif detail:
        emit_json(source_detail(one.status, now=now))
    else:
        emit_json(source_fields(one.status, now=now))


def _state(word: Standing) -> Cell:
    return Cell(word.value, _STYLES[word])


@sources.command(
    short_help="Tell everything about one source.",
    epilog="Example: aggregator sources show 'The Gulf Observer'",
)
@click.argument("name")
@config_option
@json_option
def show(name: str, config_path: Path, as_json: bool) -> None:
    """Everything about one source: how it fares, and why it is polled when it is.

    NAME is a name, an address, or an unambiguous part of either.
    """
    every, now = _listed(config_path)
    unknown = f"no source is called “{name}”; `aggregator sources` lists them"
    one = choose(every, name, source=lambda listed: listed.source, unknown=unknown)
    if as_json:
        _emit(one, now, detail=True)
    elif one.is_paused or one.status is None:
        _show_unpolled(one, now)
    else:
        _show(one.status, now)


sources.add_command(set_)


def _show_unpolled(one: Listed, now: datetime) -> None:
    heading(one.source.name)
    line(_label("state"), _state(_standing(one, now)))
    line(_label("address"), one.source.url)
    if one.status is not None:
        line(_label("articles"), f"{one.status.articles:,}")
    line(
        _label("next poll"),
        "never, until `aggregator resume` lets it go on"
        if one.is_paused
        else "at once where a service runs, else with the next `aggregator update`",
    )


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


def _few_fields(source: Source, state: Standing) -> dict[str, object]:
    """Of one that is paused, or not stored yet."""
    return {
        "name": source.name,
        "url": source.url,
        "state": state.value,
        "tags": source.tags,
    }
