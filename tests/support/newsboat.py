"""newsboat, a feed reader for terminals, run as people run it: with files of its own, by commands
or at a screen."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import sqlite3
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

PROGRAM = shutil.which(os.environ.get("NEWSBOAT", "newsboat"))
"""None: it is not installed. The variable names another one, as of another version."""
_ROWS, _COLUMNS = 50, 160


def version() -> tuple[int, ...]:
    """As (2, 21, 0)."""
    assert PROGRAM is not None
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    return tuple(map(int, said.stdout.split()[1].split(".")))


@dataclass(frozen=True, slots=True)
class Newsboat:
    folder: Path

    @classmethod
    def reading(cls, folder: Path, *, config: dict[str, str], urls: str = "") -> Newsboat:
        """`config`: settings; `urls`: addresses of feeds."""
        lines = [f'{name} "{value}"' for name, value in config.items()]
        (folder / "config").write_text("\n".join([*lines, ""]))
        (folder / "urls").write_text(f"{urls}\n")
        return cls(folder)

    def _command(self, *more: str) -> list[str]:
        assert PROGRAM is not None
        files = {"-C": "config", "-c": "cache.db", "-u": "urls"}
        return [PROGRAM, *(x for key, name in files.items() for x in (key, name)), *more]

    def _environ(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH",) if key in os.environ}
        return {**kept, "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TERM": "xterm"}

    def run(self, *commands: str) -> str:
        """What `newsboat -x` says."""
        done = subprocess.run(
            self._command("-x", *commands),
            cwd=self.folder,
            env=self._environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Of what it has stored: the tables rss_feed and rss_item."""
        with closing(sqlite3.connect(self.folder / "cache.db")) as database:
            return list(database.execute(query))

    @contextmanager
    def at_screen(self) -> Iterator[Screen]:
        """Until it is left."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        # The terminal is its own, so that it ends with it whatever becomes of us.
        process = subprocess.Popen(
            ["setsid", "--ctty", *self._command()],
            cwd=self.folder,
            env=self._environ(),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        screen = Screen(ours)
        try:
            yield screen
        finally:
            process.terminate()
            process.wait()
            screen.close()


class Screen:
    """A terminal. What is typed waits until the program asks for it, so keys need no waiting."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        """Whoever writes to a terminal waits until it is read."""
        with suppress(OSError):  # the program has left it
            while os.read(self._terminal, 65_536):
                pass

    def press(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def close(self) -> None:
        """Once the program has left it."""
        self._reading.join()
        os.close(self._terminal)
