"""watch notices, watch retry: the messages of watches, and what became of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from aggregator.cli.common import (
    changing_store,
    config_option,
    json_option,
    limit_option,
    reading_store,
)
from aggregator.cli.output import Cell, Column, Style, distance, emit_json, line, table
from aggregator.core.enumerating import counted
from aggregator.core.watch_rules import watch_key
from aggregator.errors import UsageError
from aggregator.types import Notice, NoticeState

_STYLES: dict[NoticeState, Style] = {
    NoticeState.WAITING: "warn",
    NoticeState.SENT: "good",
    NoticeState.DEAD: "bad",
}


@click.command(epilog="Example: aggregator watch notices --dead")
@click.option("--waiting", "state", flag_value="waiting", help="Only those yet to be sent.")
@click.option("--sent", "state", flag_value="sent", help="Only those that were sent.")
@click.option("--dead", "state", flag_value="dead", help="Only those that were given up.")
@click.option("--watch", "watch", metavar="NAME", help="Only those of this watch.")
@limit_option(20)
@config_option
@json_option
def notices(
    state: str | None, watch: str | None, limit: int, config_path: Path, as_json: bool
) -> None:
    """List the messages of watches.

    The latest first: where each went, how often that was tried, and what was wrong.
    """
    with reading_store(config_path) as storage:
        found = storage.notices(
            state=NoticeState(state) if state else None,
            watch=watch_key(watch) if watch else None,
            limit=limit,
        )
        now = storage.clock()
    if as_json:
        from aggregator.service.shapes.watches import notice_fields

        for notice in found:
            emit_json(notice_fields(notice))
    elif not found:
        line(f"No messages{f' that are {state}' if state else ''}.")
    else:
        _print(found, now)


@click.command(epilog="Examples: aggregator watch retry 17 · aggregator watch retry --all")
@click.argument("ids", type=int, nargs=-1, metavar="[ID]...")
@click.option("--all", "every", is_flag=True, help="All that were given up.")
@config_option
@json_option
def retry(ids: tuple[int, ...], every: bool, config_path: Path, as_json: bool) -> int:
    """Have dead messages tried again.

    `aggregator watch notices --dead` lists them. A running service sends them within seconds. Exit
    code 1 when there were none.
    """
    if bool(ids) == every:
        raise UsageError("name the messages by their numbers, or all by --all")
    with changing_store(config_path) as storage:
        number = storage.retry_notices(None if every else ids, now=storage.clock())
    left = 0 if every else len({*ids}) - number
    if as_json:
        emit_json({"retried": number, "not_dead": left})
        return 0 if number else 1
    if number:
        line(Cell("To be tried again: ", "good"), counted(number, "message"))
    if left:
        line(f"{counted(left, 'message')} of these {'is' if left == 1 else 'are'} not dead.")
    elif not number:
        line("No message is dead.")
    return 0 if number else 1


def _print(found: list[Notice], now: datetime) -> None:
    table(
        [
            Column("id", right=True),
            Column("made"),
            Column("watch", grow=True),
            Column("to"),
            Column("state"),
            Column("tries", right=True),
            Column("what, or what is wrong", grow=True),
        ],
        [row for notice in found for row in _rows(notice, now)],
    )


def _rows(notice: Notice, now: datetime) -> list[tuple[Cell | str, ...]]:
    """One, and one more for what is wrong."""
    rows: list[tuple[Cell | str, ...]] = [
        (
            str(notice.notice_id),
            distance(notice.created_at, now=now),
            notice.content.watch,
            notice.channel,
            Cell(_state(notice, now), _STYLES[notice.state]),
            str(notice.attempts),
            _what(notice),
        )
    ]
    if notice.error:
        rows.append(("", "", "", "", "", "", Cell(notice.error, "bad")))
    return rows


def _state(notice: Notice, now: datetime) -> str:
    if notice.state is NoticeState.WAITING and notice.due_at is not None and notice.due_at > now:
        return f"waiting, next {distance(notice.due_at, now=now)}"
    return notice.state.value


def _what(notice: Notice) -> str:
    content = notice.content
    others = len(content.items) + content.more - 1
    headline = content.items[0].headline if content.items else "(nothing)"
    return f"{headline} and {others} more" if others > 0 else headline
