"""A message given to a program, as sendmail takes it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from contextlib import suppress
from datetime import timedelta
from typing import BinaryIO

from aggregator.core.durations import format_duration
from aggregator.core.text import shorten
from aggregator.errors import DeliveryError
from aggregator.notify.mailfile import unix_lines
from aggregator.types import Delivery

_LONGEST = 300
"""Characters of what it says."""
_LONGEST_READ = 10_000
"""Bytes of it."""


def run(delivery: Delivery, command: str, *, patience: timedelta) -> None:
    """Run the command with the message on its standard input; 0 means that it has taken it.

    It runs without a shell, in the folder we run in. Its input is a file: a program that reads a
    pipe takes half a message for a whole one when we die over it. Raises DeliveryError: temporary
    for exit code 75 (EX_TEMPFAIL of sysexits.h), a signal, and when it takes longer than
    `patience`, at which it is killed with all it has started; permanent for what else it ends
    with, or when there is no such program.
    """
    words = shlex.split(command)
    with tempfile.TemporaryFile() as message, tempfile.TemporaryFile() as said:
        message.write(unix_lines(delivery.message))
        message.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - it stands in feeds.yaml, which is trusted
                words, stdin=message, stdout=said, stderr=said, start_new_session=True
            )
        except (OSError, ValueError, IndexError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise DeliveryError(
                f"The command {_shown(words)} cannot be run: {why}; check the digest's “to”.",
                recipient=delivery.recipient,
                permanent=True,
            ) from error
        code = _wait(process, patience)
        if code == 0:
            return
        words_said = _read(said)
    if code is None:
        ended = f"did not end within {format_duration(patience)} and was killed"
    elif code < 0:
        ended = f"was ended by signal {-code}"
    else:
        ended = f"ended with exit code {code}"
    raise DeliveryError(
        f"The command {_shown(words)} {ended}{f': {words_said}' if words_said else ''}.",
        recipient=delivery.recipient,
        permanent=code is not None and code > 0 and code != os.EX_TEMPFAIL,
    )


def _wait(process: subprocess.Popen[bytes], patience: timedelta) -> int | None:
    """Its exit code, less than zero: by a signal; None: it was killed."""
    try:
        return process.wait(timeout=patience.total_seconds())
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.returncode is None:
            # It leads a group of its own, so that what it has started goes with it.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _read(said: BinaryIO) -> str:
    said.seek(0)
    text = said.read(_LONGEST_READ).decode("utf-8", "replace")
    return shorten(text, _LONGEST).rstrip(".")


def _shown(words: list[str]) -> str:
    """The program alone: its arguments may be long, or secret."""
    return words[0] if words else "of no words"
