"""Where an export goes: a file that gets its name when it is whole, or a stream."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import IO, BinaryIO

from aggregator.config.replacing import beside
from aggregator.errors import UsageError

Target = Path | BinaryIO

_REASONS = {
    errno.ENOSPC: "there is no room for it on the disk",
    errno.EDQUOT: "it would take more room than you are allowed",
    errno.EFBIG: "the file system does not allow a file of that size",
}


@contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """What is written within goes there.

    A file is replaced at once when all has been written; what fails leaves the old one and nothing
    else. A link is followed, mode and owner are kept; a pipe or a device is written to as it is.
    Raises UsageError when it cannot be written; BrokenPipeError passes.
    """
    name = str(target) if isinstance(target, Path) else "the output"
    try:
        if not isinstance(target, Path):
            yield target
            target.flush()
        elif _is_stream(target):
            with target.open("wb") as file:
                yield file
        else:
            with _replacing(Path(os.path.realpath(target))) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        why = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        raise UsageError(f"{name} cannot be written: {why}; nothing of it is kept") from None


@contextmanager
def seekable(target: BinaryIO) -> Iterator[IO[bytes]]:
    """The target, or, if one cannot go back in it, a file that is copied to it in the end."""
    if target.seekable():
        yield target
        return
    with tempfile.TemporaryFile() as file:
        yield file
        file.seek(0)
        shutil.copyfileobj(file, target)


def _is_stream(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not S_ISREG(mode) and not S_ISDIR(mode)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    with beside(path) as file:
        yield file
