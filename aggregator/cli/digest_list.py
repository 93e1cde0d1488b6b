"""digest list: the digests, their last editions, and who has had them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, load_config, store_if_any
from aggregator.cli.output import Cell, Column, Style, distance, emit_json, moment, table
from aggregator.core.enumerating import counted
from aggregator.types import Delivery, DeliveryState, KeptDigest

if TYPE_CHECKING:
    from aggregator.service.shapes.digests import DigestFared


@click.command(
    "list",
    short_help="List the digests, and how they fare.",
    epilog="Example: aggregator digest list --json",
)
@config_option
@json_option
def list_(config_path: Path, as_json: bool) -> None:
    """List the digests: when each is next due and to whom, and how the last one fared."""
    from aggregator.service.shapes.digests import digest_fared, digest_fields

    config = load_config(config_path, secrets=False)
    with store_if_any(config.storage) as storage:
        now = storage.clock() if storage else datetime.now(UTC)
        found = [digest_fared(one, storage, now=now) for one in config.digests]
    if as_json:
        for item in found:
            emit_json(digest_fields(item))
    else:
        _print(found)


def _print(found: list[DigestFared]) -> None:
    table(
        [
            Column("digest", grow=True),
            Column("when", grow=True),
            Column("next"),
            Column("to", grow=True),
            Column("last edition"),
            Column("what became of it", grow=True),
        ],
        [row for item in found for row in _rows(item)],
    )


def _rows(item: DigestFared) -> list[tuple[Cell | str, ...]]:
    """One, and one more for each recipient with whom something went wrong."""
    from aggregator.service.shapes.digests import when

    rows: list[tuple[Cell | str, ...]] = [
        (
            Cell(item.one.name, "bold"),
            when(item.one),
            moment(item.next_at),
            ", ".join(target.name for target in item.one.to) or "nobody",
            "none yet" if item.last is None else edition(item.last),
            _became(item),
        )
    ]
    rows += [
        ("", "", "", "", "", Cell(f"{one.recipient}: {one.error}{_again(one)}", "bad"))
        for one in item.deliveries
        if one.error and one.state is not DeliveryState.SENT
    ]
    return rows


def edition(kept: KeptDigest) -> str:
    """Its date, with its place in the day where it is not the first."""
    one = kept.edition
    return f"{one.local_date}" + (f" ({one.slot})" if one.slot > 1 else "")


def _became(item: DigestFared) -> Cell:
    if item.last is None:
        return Cell("")
    if not item.deliveries:
        held = counted(item.last.singles, "item")
        stories = item.last.stories
        held = f"{stories} {'story' if stories == 1 else 'stories'}, {held}"
        return Cell(f"{held}; sent to nobody", "dim")
    states = Counter(one.state for one in item.deliveries)
    parts = [
        f"{states[state]} {word}"
        for state, word in (
            (DeliveryState.SENT, "sent"),
            (DeliveryState.SENDING, "to be sent"),
            (DeliveryState.FAILED, "failed"),
        )
        if states[state]
    ]
    style: Style = "bad" if states[DeliveryState.FAILED] else ""
    return Cell(", ".join(parts), style)


def _again(one: Delivery) -> str:
    return "" if one.retry_at is None else f" Next try {distance(one.retry_at)}."
