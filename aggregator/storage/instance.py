"""One process works on a database: a lock that the system frees however the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import InstanceRunning, StorageError


@contextmanager
def instance_lock(path: Path) -> Iterator[None]:
    """Hold `<path>.lock` while the block runs. Reading a database needs no lock.

    Raises InstanceRunning, which names the process that holds it, and StorageError when the lock
    file cannot be made. The file stays: removing it would let two processes hold one each.
    """
    file = path.with_name(path.name + ".lock")
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"the lock file {file} cannot be made: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _running(path, descriptor) from error
        with suppress(OSError):  # of a full disk, of which the database has more to say
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {_now()}\n".encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _now() -> str:
    return datetime.now(UTC).isoformat(sep=" ", timespec="seconds")


def _running(path: Path, descriptor: int) -> InstanceRunning:
    pid, _, since = os.pread(descriptor, 200, 0).decode(errors="replace").strip().partition(" ")
    if not pid.isdigit():  # it has just begun, or is just ending
        return InstanceRunning(f"another aggregator works on {path}; stop it first", pid=None)
    return InstanceRunning(
        f"another aggregator (process {pid}) has worked on {path} since {since}; stop it first",
        pid=int(pid),
    )
