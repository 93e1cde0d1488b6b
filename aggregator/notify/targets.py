"""One digest to one recipient, of whichever kind it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aggregator.errors import AggregatorError, DeliveryError
from aggregator.notify import chat, program, smtp
from aggregator.notify.mailfile import Put, put_into_maildir, write_file
from aggregator.types import Delivery, DigestTarget, TargetKind

PATIENCE = timedelta(minutes=3)
"""For a mail server or a command, all in all."""


def hand_over(
    delivery: Delivery,
    target: DigestTarget,
    *,
    sender: str | None,
    settings: smtp.SmtpSettings | None,
    put: Put,
    patience: timedelta = PATIENCE,
) -> None:
    """Returning means that the other side has taken it. Blocking, for at most about `patience`.

    In the target's address nothing is left to be filled in. `sender` and `settings`: for mail;
    without them it is refused for good. `put` writes a file. Raises DeliveryError: permanent, or
    temporary when a later try may help.
    """
    match target.kind:
        case TargetKind.MAIL:
            if settings is None or sender is None:
                raise smtp.without_server(target.name, recipient=target.name)
            smtp.send(
                delivery.message,
                sender=sender,
                recipient=target.address,
                settings=replace(settings, patience=patience),
            )
        case TargetKind.FILE:
            _write(delivery, target, put)
        case TargetKind.MAILDIR:
            put_into_maildir(delivery, Path(target.address))
        case TargetKind.COMMAND:
            program.run(delivery, target.address, patience=patience)
        case TargetKind.APPRISE:
            chat.send_short(
                delivery.message.decode(),
                name=target.name,
                address=target.address,
                timeout=patience,
            )


def _write(delivery: Delivery, target: DigestTarget, put: Put) -> None:
    try:
        write_file(delivery, Path(target.address), put=put)
    except DeliveryError:
        raise
    except AggregatorError as error:
        raise DeliveryError(f"{error}.", recipient=target.name, permanent=False) from error
