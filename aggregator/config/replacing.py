"""A file read, changed and put back at once, also when several programs do so."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

from aggregator.config import decode
from aggregator.errors import UsageError

_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Draft:
    """What a file says and, when it is changed here, shall say."""

    text: str
    """Without a byte-order mark; empty for a file that is not there yet."""


@contextmanager
def replaced(path: Path) -> Iterator[Draft]:
    """The file's text, which is written when it has been changed within.

    A link is followed, the mode and a byte-order mark are kept, and a file that is not there is
    made. Programs that write by this wait for each other. Raises UsageError when the file cannot
    be read or written, or was changed by another program meanwhile, and ConfigError when it is no
    text in UTF-8.
    """
    target = Path(os.path.realpath(path))
    with _alone(target.parent):
        raw = _read(target, path)
        text = decode(raw or b"", file=str(path))
        draft = Draft(text)
        yield draft
        if draft.text == text:
            return
        if _read(target, path) != raw:
            raise UsageError(
                f"{path} was changed by another program at this moment, and stays as that left it;"
                " try again"
            )
        mark = _BOM if raw and raw.startswith(_BOM) else b""
        put(path, mark + draft.text.encode())


def put(path: Path, data: bytes) -> None:
    """Write a file at once, in place of one that is there. A link is followed, the mode is kept.

    Raises UsageError, and then leaves nothing behind.
    """
    try:
        with beside(Path(os.path.realpath(path))) as file:
            file.write(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {_why(error)}") from None


def _read(target: Path, path: Path) -> bytes | None:
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


@contextmanager
def beside(target: Path) -> Iterator[BinaryIO]:
    """A file that takes the target's place when all has been written; what fails leaves nothing
    behind. Raises OSError."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "w+b") as file:
            _look_like(target, descriptor)
            yield file
            file.flush()
            os.fsync(descriptor)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _look_like(target: Path, descriptor: int) -> None:
    """The mode and, where that is allowed, the owner of the file that is replaced."""
    with suppress(FileNotFoundError):
        stat = target.stat()
        with suppress(PermissionError):
            os.fchown(descriptor, stat.st_uid, stat.st_gid)
        os.fchmod(descriptor, S_IMODE(stat.st_mode))


def _why(error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return "it is mounted by itself; mount the folder that it lies in instead"
    return str(error.strerror)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Others wait; where the file system knows no locks, what they write is still noticed."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be used: {error.strerror}") from None
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
