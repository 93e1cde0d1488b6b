"""Processes of the installed program that run side by side, are killed, and leave nothing behind.

    with Crew(tmp_path, configuration) as crew:
        one = crew.start("one")
        crew.until(lambda: missing_entries(), within=30, what="entries")
        one.kill()

Each process has a folder of its own, with its feeds.yaml and its log. It leads a process group, so
that its sandboxes end with it also when it is killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from program import PROGRAM, Cli

PAUSE = 0.1
"""Seconds between two looks at a condition."""
STOPS_WITHIN = 10.0
"""Seconds from SIGTERM to the end, as `aggregator run --help` says."""


def eventually(missing: Callable[[], object], *, within: float, what: str) -> None:
    """Until `missing` returns nothing (or None, or False). AssertionError after so many seconds."""
    deadline = time.monotonic() + within
    while left := missing():
        assert time.monotonic() < deadline, f"{what}: after {within:g} s still {shortened(left)}"
        time.sleep(PAUSE)


def shortened(value: object, *, at_most: int = 8) -> str:
    """What is missing, as a message shows it."""
    if isinstance(value, (str, int)) or not hasattr(value, "__len__"):
        return str(value)
    some = sorted(map(str, value))[:at_most]  # type: ignore[call-overload]  # it has a length: a collection
    return f"{len(value)}: {', '.join(some)}"


class Process:
    """One process of the program."""

    def __init__(self, name: str, folder: Path, arguments: Sequence[str]) -> None:
        self.name = name
        self._log = folder / "log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=Cli.environment(),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """What it has logged under that name, so far."""
        found = []
        for row in self.log().splitlines():
            with suppress(ValueError):  # a line that is not whole yet, or no event
                event = json.loads(row)
                if isinstance(event, dict) and event.get("event") == name:
                    found.append(event)
        return found

    def kill(self) -> float:
        """SIGKILL to it alone, as when memory runs out; the monotonic time at which it was dead."""
        self._process.kill()
        self._process.wait()
        return time.monotonic()

    @property
    def left(self) -> bool:
        """Whether it or any of its children is still there."""
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def pause(self) -> None:
        """It stands still, as on a machine that sleeps, until `resume`."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        self._process.terminate()

    def wait(self, within: float = STOPS_WITHIN) -> int:
        """Its exit code. AssertionError when it has not ended by then."""
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(
                f"{self.name} runs on after {within:g} s:\n{self.tail()}"
            ) from error

    def stop(self) -> None:
        """SIGTERM, and a clean end in time."""
        self.terminate()
        code = self.wait()
        assert code == 0, f"{self.name} ended with {code}:\n{self.tail()}"

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log().splitlines()[-lines:])

    def remove(self) -> None:
        """End it and all its children, whatever they do."""
        with suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


class Crew:
    """Processes on one configuration. A context manager: none is left at its end."""

    def __init__(self, folder: Path, configuration: Callable[[str], str]) -> None:
        """`configuration` makes the feeds.yaml of the process of that name."""
        self._folder = folder
        self._configuration = configuration
        self.all: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.all:
            process.remove()

    def write(self, name: str) -> Path:
        """The folder of a process, with its feeds.yaml."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        (folder / "feeds.yaml").write_text(self._configuration(name), encoding="utf-8")
        return folder

    def start(self, name: str, command: str = "worker") -> Process:
        process = Process(name, self.write(name), [command])
        self.all.append(process)
        return process

    @property
    def alive(self) -> list[Process]:
        return [process for process in self.all if process.alive]

    def until(self, missing: Callable[[], object], *, within: float, what: str) -> None:
        """As `eventually`; fails at once when a process dies, unless it was ended from here."""
        expected = self.alive

        def look() -> object:
            for process in expected:
                assert process.alive, f"{process.name} died:\n{process.tail()}"
            return missing()

        try:
            eventually(look, within=within, what=what)
        except AssertionError as error:
            logs = "\n".join(f"--- {process.name}\n{process.tail(5)}" for process in self.all)
            raise AssertionError(f"{error}\n{logs}") from error
