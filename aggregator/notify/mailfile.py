"""A message as a file: one of its own (.eml), or one among others in a maildir."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, time
from pathlib import Path

from aggregator.errors import DeliveryError
from aggregator.types import Delivery

Put = Callable[[Path, bytes], None]
"""Writes a file at once, in place of one that is there, or raises an AggregatorError and leaves
nothing."""

_NOT_IN_NAME = re.compile(r"[\s/\\:*?\"<>|\x00-\x1f\x7f]+")
_FOLDERS = ("tmp", "new", "cur")


def filled(path: str, values: Mapping[str, str]) -> str:
    """The path with the values in place of `{name}`; none of them can lead to another folder."""
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", _NOT_IN_NAME.sub("-", value).strip("-.") or "-")
    return path


def write_file(delivery: Delivery, path: Path, *, put: Put) -> None:
    """Raises DeliveryError, temporary: somebody may see to the disk or the folder in time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _failed(delivery, f"The folder {path.parent} cannot be made", error) from error
    put(path, delivery.message)


def put_into_maildir(delivery: Delivery, folder: Path) -> None:
    """As https://cr.yp.to/proto/maildir.html has it: written in tmp, then moved to new. Its name
    depends on the Message-ID alone, so that a message that is there already, be it read by now,
    is not put there again. Raises DeliveryError, temporary.
    """
    name = _unique_name(delivery)
    draft = folder / "tmp" / name
    try:
        for part in _FOLDERS:
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_there(folder, name):
            return
        # The only one who may have left a draft of this name is a process that died over it.
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(unix_lines(delivery.message))
            file.flush()
            os.fsync(descriptor)
        draft.replace(folder / "new" / name)
        _sync(folder / "new")
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise _failed(delivery, f"The maildir {folder} cannot be written", error) from error


def unix_lines(message: bytes) -> bytes:
    """As programs and mail folders of Unix have lines; a message for SMTP ends them with CRLF."""
    return message.replace(b"\r\n", b"\n")


def _unique_name(delivery: Delivery) -> str:
    day = datetime.combine(delivery.edition.local_date, time(), tzinfo=UTC)
    known = hashlib.sha256(delivery.message_id.encode()).hexdigest()[:24]
    host = socket.gethostname().replace("/", r"\057").replace(":", r"\072")
    return f"{int(day.timestamp())}.D{known}.{host}"


def _is_there(folder: Path, name: str) -> bool:
    """Whatever marks (":2,S") a mail program has put behind it."""
    return any(
        file.name == name or file.name.startswith(f"{name}:")
        for part in ("new", "cur")
        for file in (folder / part).iterdir()
    )


def _sync(folder: Path) -> None:
    """Have the name of a new file survive a power failure; some file systems cannot promise it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _failed(delivery: Delivery, what: str, error: OSError) -> DeliveryError:
    return DeliveryError(
        f"{what}: {error.strerror or error}; see to its owner, its mode and the room on the disk.",
        recipient=delivery.recipient,
        permanent=False,
    )
