"""digest show: editions as they were made, byte for byte."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, load_config, store_if_any
from aggregator.cli.output import emit_json
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.storage.protocol import Storage
    from aggregator.types import Delivery, KeptDigest

_MOST = 1_000
"""More than a day has."""


@click.command(
    epilog="Examples: aggregator digest show · aggregator digest show Caucasus --date 2024-02-10 · "
    "aggregator digest show --eml ann@example.org > digest.eml"
)
@click.argument("name", required=False)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Of this day, by the digest's own time zone.",
)
@click.option("--slot", type=click.IntRange(1), help="Which of that day's, from 1.")
@click.option("--html", is_flag=True, help="The page instead of the text.")
@click.option("--eml", metavar="RECIPIENT", help="The whole message that this one was sent.")
@config_option
@json_option
def show(
    *,
    name: str | None,
    day: datetime | None,
    slot: int | None,
    html: bool,
    eml: str | None,
    config_path: Path,
    as_json: bool,
) -> None:
    """Print an edition as it was made, by default the latest, as text.

    NAME is that of a digest, also of one that is no longer in feeds.yaml.
    """
    if html + (eml is not None) + as_json > 1:
        raise UsageError("choose one of --html, --eml and --json")
    config = load_config(config_path, secrets=False)
    with store_if_any(config.storage) as storage:
        kept = _edition(storage, config, name, day and day.date(), slot)
        deliveries = storage.deliveries(kept.edition) if storage else []
    if as_json:
        from aggregator.service.shapes.digests import edition_fields

        emit_json(edition_fields(kept, deliveries))
    elif eml is not None:
        _write(_message(eml, deliveries))
    else:
        _write((kept.rendered.html if html else kept.rendered.text).encode())


def _edition(
    storage: Storage | None, config: Config, name: str | None, day: date | None, slot: int | None
) -> KeptDigest:
    """Raises UsageError."""
    from aggregator.service.editions import digest_key, digest_named

    key = digest_key(config.digests[0].name if name is None else name)
    found = storage.digests(key, local_date=day, limit=_MOST if day else 1) if storage else []
    if slot is not None and not day and found and storage:
        found = storage.digests(key, local_date=found[0].edition.local_date, limit=_MOST)
    for kept in found:
        if slot is None or kept.edition.slot == slot:
            return kept
    known = digest_named(config, name).name
    if found:
        slots = ", ".join(str(kept.edition.slot) for kept in reversed(found))
        raise UsageError(
            f"the digest “{known}” has no edition {slot} of {found[0].edition.local_date}; "
            f"it has {slots}"
        )
    of_day = f" of {day}" if day else " yet"
    raise UsageError(
        f"there is no edition of the digest “{known}”{of_day}; `aggregator digest preview` shows "
        "what the next one would hold"
    )


def _message(recipient: str, deliveries: list[Delivery]) -> bytes:
    """Raises UsageError."""
    for one in deliveries:
        if one.recipient.casefold() == recipient.casefold():
            return one.message
    had = ", ".join(one.recipient for one in deliveries) or "nobody"
    raise UsageError(f"this edition was not made for “{recipient}”; it was for {had}")


def _write(data: bytes) -> None:
    """As it is: an edition is shown again byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
