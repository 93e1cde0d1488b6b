"""The child process: reads tasks from standard input and answers them until that is closed.

Started as `python -m aggregator.sandbox.worker LIMITS`, LIMITS being a `Limits` in JSON. It has
no business with files or the network, and a parent that dies takes it along: the end of standard
input ends it between tasks, an alarm during one.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from aggregator.codec import decode, encode
from aggregator.errors import ExtractError, ParseError
from aggregator.sandbox.frames import DONE, FAILED, HEAD, LOADED, describe, frame
from aggregator.sandbox.tasks import KINDS
from aggregator.sandbox.thrift import Trimmer, collect_seldom

_STATM = Path("/proc/self/statm")
_PIPE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may use."""

    address_space: int
    """Bytes."""
    resident: int
    """Bytes beyond which the child asks to be replaced after a task."""
    tasks: int
    """After so many the child asks to be replaced."""
    seconds: int
    """After which a task ends the child, should the parent be gone and not do so."""

    def dump(self) -> str:
        return json.dumps(asdict(self))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    limits = Limits(**json.loads(sys.argv[1]))
    tasks, answers = _take_channels()
    _restrict(limits)
    collect_seldom()
    _serve(tasks, answers, limits)


def _take_channels() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, moved to where no library that reads or prints finds them."""
    tasks, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    _widen(answers)
    return os.fdopen(tasks, "rb"), os.fdopen(answers, "wb", buffering=0)


def _widen(pipe: int) -> None:
    """Fewer turns between the processes for a large answer, where the system offers it."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - with F_SETPIPE_SZ on Linux only

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _restrict(limits: Limits) -> None:
    for what, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits.address_space),
    ):
        with suppress(ValueError, OSError):  # some systems (macOS) do not have every limit
            resource.setrlimit(what, (limit, limit))


def _serve(tasks: BinaryIO, answers: BinaryIO, limits: Limits) -> None:
    loaded: dict[bytes, Callable[[Any], object]] = {}
    served = 0
    trimmer = Trimmer()
    while len(head := tasks.read(HEAD.size)) == HEAD.size:
        length, code = HEAD.unpack(head)
        document = tasks.read(length)
        if len(document) < length:
            return
        signal.alarm(limits.seconds)
        reply, answer, last = _answer(loaded, code, document)
        del document
        signal.alarm(0)
        if reply != LOADED:
            served += 1
            trimmer.count_task()
            last = last or served >= limits.tasks or _resident() > limits.resident
        _write(answers, frame(reply.upper() if last else reply, answer))
        if last:
            return


def _answer(
    loaded: dict[bytes, Callable[[Any], object]], code: bytes, document: bytes
) -> tuple[bytes, bytes, bool]:
    """Code and document of the reply, and whether this child is no longer fit for work."""
    kind = KINDS[code]
    try:
        if code not in loaded:
            loaded[code] = kind.load()
        if not document:
            return LOADED, b"", False
        return DONE, encode(loaded[code](decode(document, kind))), False
    except (ParseError, ExtractError) as error:
        return FAILED, encode(describe(error)), False
    except Exception as error:  # noqa: BLE001 - whatever a library raises, the parent must hear of it
        return FAILED, encode(describe(error, loading=code not in loaded)), True


def _write(answers: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[answers.write(view) or 0 :]


def _resident() -> int:
    """Bytes of memory in use now; where the system does not say, the most there ever were."""
    try:
        return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


if __name__ == "__main__":
    main()
