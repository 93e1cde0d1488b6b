"""The installed program, for tests that run it as a user does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import forking

PROGRAM = Path(sys.executable).with_name("aggregator")


class Cli:
    """The installed program, run in a folder with a feeds.yaml.

    A call runs it in a fork of a process that has imported it; `command` starts it as a user does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        check: int | None = 0,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end.

        check: the exit code that is expected, None: any.
        env: what there is in the environment besides.
        """
        done = forking.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env={**self.environment(), **(env or {})},
            stdin=stdin,
        )
        result = subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )
        if check is not None:
            assert result.returncode == check, (result.stdout, result.stderr)
        assert "Traceback" not in result.stderr
        return result

    def on_terminal(self, *arguments: str, typed: str = "", columns: int = 100) -> str:
        """What it writes to a terminal at which somebody types a line; it must succeed."""
        main, worker = pty.openpty()
        environment = {**self.environment(), "TERM": "xterm-256color", "COLUMNS": str(columns)}
        environment.pop("NO_COLOR", None)
        os.write(main, typed.encode() + b"\n")
        begun = forking.Run(
            [*self.command, *arguments], [worker] * 3, cwd=self.folder, env=environment
        )
        chunks = []
        try:
            while chunk := os.read(main, 65_536):
                chunks.append(chunk)
        except OSError:  # Linux: the other side is gone
            pass
        finally:
            os.close(main)
        assert begun.wait() == 0
        return b"".join(chunks).decode()

    @property
    def command(self) -> list[str]:
        return [str(PROGRAM)]

    @staticmethod
    def environment() -> dict[str, str]:
        return {
            key: value for key, value in os.environ.items() if not key.startswith("AGGREGATOR_")
        } | {"TZ": "UTC", "LC_ALL": "C.UTF-8", "AGGREGATOR_LISTEN": "off"}

    def write(self, text: str, name: str = "feeds.yaml") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path
