"""digest send: today's edition, now."""

from __future__ import annotations

import asyncio
import shlex
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import PATIENCE, config_option, load_config
from aggregator.cli.digest_list import edition
from aggregator.cli.output import Cell, complain, distance, line, moment
from aggregator.errors import UsageError
from aggregator.types import DeliveryState, TargetKind

if TYPE_CHECKING:
    from aggregator.config import Config, DigestConfig
    from aggregator.service.digest_sending import DigestTry
    from aggregator.storage.protocol import Storage
    from aggregator.types import Delivery, DigestTarget, KeptDigest


@click.command(
    epilog="Examples: aggregator digest send · aggregator digest send Caucasus --to ann@example.org"
)
@click.argument("name", required=False)
@click.option(
    "--to",
    "recipient",
    metavar="RECIPIENT",
    help="Only to this one of its recipients; once more also where it was refused.",
)
@config_option
def send(name: str | None, recipient: str | None, config_path: Path) -> int:
    """Make today's next edition now, and send it.

    It stands for the one that the service would make at its hour. When today has had all of its
    editions, the last one goes to those who have not had it. Nobody gets one twice. Exit code 6
    when somebody could not be sent it.
    """
    from aggregator.service.digest_now import edition_now, recipient_of
    from aggregator.service.editions import digest_named, last_edition
    from aggregator.service.placing import open_present

    config = load_config(config_path)
    one = digest_named(config, name)
    if not one.to:
        raise UsageError(f"nobody is to get the digest “{one.name}”; give it a “to” in feeds.yaml")
    only = None if recipient is None else recipient_of(one, recipient)
    with closing(open_present(config.storage, patience=PATIENCE)) as storage:
        kept = edition_now(storage, config, one)
        if kept is None:
            last = last_edition(storage, one)
            since = f" since {moment(last.until_at)}" if last else ""
            line(f"Nothing new{since}, and send_empty is off: nothing sent.")
            return 0
        return _send(storage, config, one, kept, only)


def _send(
    storage: Storage,
    config: Config,
    one: DigestConfig,
    kept: KeptDigest,
    only: DigestTarget | None,
) -> int:
    from aggregator.service.digest_now import send_now

    tried: set[str] = set()
    places = _places(one, kept)

    def told(done: DigestTry) -> None:
        tried.add(_tell(done, places))

    after = asyncio.run(send_now(storage, config, one, kept, only, report=told))
    for delivery in after:
        if delivery.recipient not in tried:
            _tell_former(delivery, kept)
    if not after:
        line(f"The edition of {edition(kept)} has nothing in it, and send_empty is off.")
    return 6 if any(item.state is not DeliveryState.SENT for item in after) else 0


def _places(one: DigestConfig, kept: KeptDigest) -> dict[str, str]:
    """Of the recipients that are files or maildirs: where those are."""
    from aggregator.service.messages import addressed

    return {
        target.name: addressed(target, one, kept.edition).address
        for target in one.to
        if target.kind in (TargetKind.FILE, TargetKind.MAILDIR)
    }


def _tell(done: DigestTry, places: dict[str, str]) -> str:
    """Say what came of a try; to whom it was."""
    if done.error is None:
        recipient = done.delivery.recipient
        line(Cell("sent to ", "good"), places.get(recipient, recipient), whole=True)
    else:
        complain(f"not sent to {done.delivery.recipient}: {done.error}{_again(done.delivery)}")
    return done.delivery.recipient


def _tell_former(delivery: Delivery, kept: KeptDigest) -> None:
    """Of one that was not tried now."""
    if delivery.state is DeliveryState.SENT:
        line(f"{delivery.recipient} has had the digest of {edition(kept)} already")
        return
    why = delivery.error or "it is being sent."
    complain(f"not sent to {delivery.recipient}: {why}{_again(delivery)}")


def _again(delivery: Delivery) -> str:
    if delivery.retry_at is None:
        words = shlex.join((delivery.edition.digest, "--to", delivery.recipient))
        return f" `aggregator digest send {words}` tries it again."
    return f" The service tries again {distance(delivery.retry_at)}."
