"""digest: print today's, or mail it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, load_config, reading
from aggregator.cli.output import Cell, complain, line
from aggregator.errors import UsageError
from aggregator.types import DeliveryState

if TYPE_CHECKING:
    from aggregator.config import Config


@click.command(epilog="Examples: aggregator digest · aggregator digest --html > today.html")
@click.option("--send", "mail", is_flag=True, help="Mail it to the digest's recipients.")
@click.option("--html", is_flag=True, help="Print the HTML part instead of the text.")
@config_option
def digest(mail: bool, html: bool, config_path: Path) -> int:
    """Print the digest of the last 24 hours, or mail it with --send.

    Each recipient gets one digest a day: if today's has been sent already, by hand or by the
    service, --send says so and sends nothing.
    """
    if mail:
        return _send(load_config(config_path))
    from aggregator.notify.render import render
    from aggregator.service.digests import digest_until_now

    with reading(config_path) as (config, storage):
        rendered = render(digest_until_now(storage, config, now=datetime.now(UTC)))
    sys.stdout.write(rendered.html if html else rendered.text)
    return 0


def _send(config: Config) -> int:
    from aggregator.service.digests import digest_until_now, prepare, send_open
    from aggregator.storage.backends import open_storage

    if not config.digest.to:
        raise UsageError("nobody is to get the digest; set digest.to and smtp in feeds.yaml")
    storage = open_storage(config.storage)
    try:
        now = storage.clock()
        today = digest_until_now(storage, config, now=now)
        before = {item.recipient: item for item in storage.deliveries(today.local_date)}
        if today.is_empty and not config.digest.send_empty:
            line("Nothing new in the last 24 hours, and digest.send_empty is off: nothing sent.")
            return 0
        prepare(storage, config, today, now=now)
        tries = send_open(storage, config, clock=storage.clock)
    finally:
        storage.close()
    for recipient, delivery in before.items():
        if delivery.state is DeliveryState.SENT:
            line(f"{recipient} has had the digest of {today.local_date} already")
    for done in tries:
        if done.error is None:
            line(Cell("sent to ", "good"), done.delivery.recipient)
        else:
            complain(f"not sent to {done.delivery.recipient}: {done.error}")
    return 6 if any(done.error for done in tries) else 0
