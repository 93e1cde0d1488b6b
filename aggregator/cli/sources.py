"""sources: what is followed and how it fares."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, reading
from aggregator.cli.output import Cell, Column, Style, distance, emit_json, line, table

if TYPE_CHECKING:
    from aggregator.types import SourceStatus


@click.command(epilog="Example: aggregator sources --failing")
@click.option("--failing", is_flag=True, help="Only those whose last poll failed.")
@config_option
@json_option
def sources(failing: bool, config_path: Path, as_json: bool) -> None:
    """List the sources: state, articles, last and next poll, errors in a sentence."""
    with reading(config_path) as (_, storage):
        statuses = storage.source_statuses()
    if failing:
        statuses = [status for status in statuses if status.state.last_error is not None]
    if as_json:
        for status in statuses:
            emit_json(_fields(status))
        return
    if not statuses:
        line("No source fails." if failing else "No sources yet; run `aggregator update`.")
        return
    now = datetime.now(UTC)
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
            (
                status.source.name,
                _state(status, now),
                str(status.articles),
                distance(status.newest_at, now=now, none="–"),
                distance(status.state.last_poll_at, now=now),
                distance(max(status.state.next_poll_at, now), now=now),
                Cell(status.state.last_error or "", "bad"),
            )
            for status in statuses
        ],
    )


def state_word(status: SourceStatus, now: datetime) -> str:
    """new, ok, held (asked to be left alone), failing."""
    state = status.state
    if state.last_poll_at is None:
        return "new"
    if state.hold_until is not None and state.hold_until > now:
        return "held"
    return "ok" if state.last_error is None else "failing"


def _state(status: SourceStatus, now: datetime) -> Cell:
    word = state_word(status, now)
    styles: dict[str, Style] = {"new": "dim", "ok": "good", "held": "warn", "failing": "bad"}
    return Cell(word, styles[word])


def _fields(status: SourceStatus) -> dict[str, object]:
    source, state = status.source, status.state
    return {
        "id": status.source_id,
        "name": source.name,
        "url": source.url,
        "state": state_word(status, datetime.now(UTC)),
        "title": state.title,
        "site_url": state.site_url,
        "tags": source.tags,
        "articles": status.articles,
        "newest_at": status.newest_at,
        "last_poll_at": state.last_poll_at,
        "last_ok_at": state.last_ok_at,
        "last_status": state.last_status,
        "last_error": state.last_error,
        "failures": state.failures,
        "hold_until": state.hold_until,
        "next_poll_at": state.next_poll_at,
    }
