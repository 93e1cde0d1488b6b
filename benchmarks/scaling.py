"""Feeds a second: 1, 2 and 4 processes on PostgreSQL, beside one process on SQLite.

PYTHONPATH=tests/support python -m benchmarks.scaling [--feeds 1000] [--hosts 200] [--entries 10]

All poll the same press, first cold (everything is new), then unchanged (304 to everything), at the
given delays of the press's answers. Hosts are not rested between requests, so what is measured is
the program. PostgreSQL writes to disk as it does in earnest. Linux only.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
from manyhosts import Layout, ManyHosts
from postgres import Postgres
from workers import Crew, Process

from aggregator.storage.backends import open_storage
from aggregator.types import Database, PostgresUrl
from benchmarks.feed_server import BODY
from benchmarks.measure import machine, print_table, pss, tree

LIMIT = 300.0
"""Seconds for one pass."""
SETTINGS = {"interval": "1h", "host_delay": "0s", "pages": "never", "concurrency": "20"}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
UNPOLLED = "SELECT count(*) FROM sources WHERE next_poll_at <= {now}"
UNASSIGNED = """
    SELECT count(*) FROM articles WHERE story_id IS NULL AND text_state <> 'pending'
"""
SIZE = "SELECT pg_database_size(current_database())"
WORKERS = "SELECT count(*) FROM workers"
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
NOT_MADE_YET = -1
_TICKS = os.sysconf("SC_CLK_TCK")

Ask = Callable[[str], int]


class Usage(NamedTuple):
    """CPU seconds."""

    processes: float
    """Of the program, without its sandboxes."""
    sandboxes: float
    """Where feeds are parsed and fingerprints made."""
    postgres: float
    press: float
    others: float
    """Of whatever else ran on the machine: how quiet it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    wall: float
    """Seconds until every feed had been polled."""
    stories: float
    """Seconds until every article was in a story."""
    cpu: Usage
    """Seconds until then."""


class Watch(threading.Thread):
    """Notes the peaks of memory and connections while work goes on."""

    def __init__(self, processes: list[Process], connections: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self.memory = {process.name: 0 for process in processes}
        """Bytes, each with its sandboxes."""
        self.connections = 0
        self._processes = processes
        self._count = connections
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            for process in self._processes:
                used = sum(pss(pid) for pid in tree(process.pid))
                self.memory[process.name] = max(self.memory[process.name], used)
            self.connections = max(self.connections, self._count())

    def end(self) -> None:
        self._over.set()
        self.join()


def cpu_seconds(pid: int) -> tuple[float, float]:
    """(of a process, of those that descend from it, whether they have ended or not)."""
    own = others = 0
    for one in tree(pid):
        with suppress(OSError):  # it has ended meanwhile; its parent counts it
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2]
            # man 5 proc_pid_stat: utime, stime, cutime, cstime are fields 14 to 17.
            utime, stime, cutime, cstime = (int(value) for value in fields.split()[11:15])
            own += utime + stime if one == pid else 0
            others += cutime + cstime + (utime + stime if one != pid else 0)
    return own / _TICKS, others / _TICKS


def busy_seconds() -> float:
    """Of all CPUs since the machine was started."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").split(maxsplit=9)
    # man 5 proc_stat: user, nice, system, idle, iowait, irq, softirq, steal.
    user, nice, system, _, _, irq, softirq, _ = (int(value) for value in fields[1:9])
    return (user + nice + system + irq + softirq) / _TICKS


@dataclass(slots=True, kw_only=True)
class Bench:
    """One set of processes on one database."""

    label: str
    press: ManyHosts
    database: Database
    crew: Crew
    ask: Ask
    disk: Callable[[], int]
    """Bytes that the database takes."""
    postmaster: int | None
    """None: there is none that can be looked at."""

    def usage(self) -> Usage:
        ours = [cpu_seconds(process.pid) for process in self.crew.all]
        known = (
            sum(own for own, _ in ours),
            sum(others for _, others in ours),
            sum(cpu_seconds(self.postmaster)) if self.postmaster else 0.0,
            sum(cpu_seconds(self.press.pid)),
        )
        return Usage(*known, others=busy_seconds() - sum(known))

    def measure(self, began: float, before: Usage, now: int) -> Pass:
        """Until everything due at `now` (microseconds since 1970) is polled and assigned."""

        def left(what: str) -> Callable[[], int]:
            return lambda: self.ask(what)

        self._until(left(UNPOLLED.format(now=now)), "feeds due")
        polled = time.monotonic()
        self._until(left(UNASSIGNED), "articles without a story")
        after = self.usage()
        return Pass(
            wall=polled - began,
            stories=time.monotonic() - began,
            cpu=Usage(*(late - early for early, late in zip(before, after, strict=True))),
        )

    def cold(self) -> Pass:
        """From the first request on; `aggregator` has been starting before."""
        asked = len(self.press.requests())
        self._until(
            lambda: len(self.press.requests()) == asked and not self.press.under_way(),
            "no request",
        )
        return self.measure(time.monotonic(), self.usage(), _micros())

    def _until(self, missing: Callable[[], object], what: str) -> None:
        self.crew.until(missing, within=LIMIT, what=f"{self.label}: {what}")

    def unchanged(self) -> Pass:
        with closing(open_storage(self.database)) as storage:
            now = storage.clock()
            before, began = self.usage(), time.monotonic()
            storage.wake(None, now=now, force=True)
        return self.measure(began, before, int(now.timestamp() * 1_000_000))


def _micros() -> int:
    return time.time_ns() // 1000


# --- the two backends ----------------------------------------------------------------------------


@contextmanager
def on_sqlite(press: ManyHosts, folder: Path) -> Iterator[Bench]:
    database = folder / "aggregator.db"

    def ask(query: str) -> int:
        try:
            with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
                return int(connection.execute(query).fetchone()[0])
        except sqlite3.OperationalError:
            return NOT_MADE_YET

    with Crew(
        folder, lambda name: press.feeds_yaml(str(database), worker=name, **SETTINGS)
    ) as crew:
        crew.start("run", "run")
        yield Bench(
            label="SQLite, 1 process",
            press=press,
            database=database,
            crew=crew,
            ask=ask,
            disk=lambda: sum(file.stat().st_size for file in folder.glob("aggregator.db*")),
            postmaster=None,
        )


@contextmanager
def on_postgres(press: ManyHosts, folder: Path, server: Postgres, count: int) -> Iterator[Bench]:
    url = server.create()
    with (
        psycopg.connect(url, autocommit=True) as connection,
        Crew(folder, lambda name: press.feeds_yaml(url, worker=name, **SETTINGS)) as crew,
    ):
        lock, empty = threading.Lock(), _first(connection, SIZE)

        def ask(query: str) -> int:
            with lock:
                try:
                    return _first(connection, query)
                except psycopg.errors.UndefinedTable:
                    return NOT_MADE_YET

        for number in range(1, count):
            crew.start(f"worker-{number}")
        # They are idle until the last process brings the sources, so that all begin at once.
        crew.until(lambda: max(ask(WORKERS), 0) < count - 1, within=LIMIT, what="workers")
        crew.start("run", "run")
        yield Bench(
            label=f"PostgreSQL, {count} process{'es' if count > 1 else ''}",
            press=press,
            database=PostgresUrl(url),
            crew=crew,
            ask=ask,
            disk=lambda: ask(SIZE) - empty,
            postmaster=_parent(connection.info.backend_pid) if server.is_ours else None,
        )


def _first(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return int(stat.rpartition(")")[2].split()[1])


# --- the figures ---------------------------------------------------------------------------------


def measured(bench: Bench) -> tuple[list[str], list[str]]:
    """A row of the table for the cold pass, and one for the unchanged pass."""
    print(f"… {bench.label}", flush=True)
    feeds = bench.press.layout.feeds

    def connections() -> int:
        return bench.ask(OPEN) - 1 if bench.postmaster else 0  # without ours

    watch = Watch(bench.crew.all, connections)
    watch.start()
    try:
        cold = bench.cold()
        disk = bench.disk() / feeds / bench.press.layout.entries
        unchanged = bench.unchanged()
    finally:
        watch.end()
    leader, *others = sorted(watch.memory.values(), reverse=True)
    return (
        [
            bench.label,
            f"{cold.wall:.1f}",
            f"{feeds / cold.wall:.0f}",
            f"{cold.stories:.1f}",
            *(f"{seconds:.1f}" for seconds in cold.cpu),
            f"{leader / 1e6:.0f}",
            f"{others[0] / 1e6:.0f}" if others else "",
            f"{watch.connections or ''}",
            f"{disk / 1e3:.1f}",
        ],
        [
            bench.label,
            f"{unchanged.wall:.1f}",
            f"{feeds / unchanged.wall:.0f}",
            *(f"{seconds:.1f}" for seconds in unchanged.cpu),
        ],
    )


def compare(layout: Layout, delay: timedelta, server: Postgres) -> None:
    """Print both tables for one delay of the press's answers."""
    with tempfile.TemporaryDirectory() as name, ManyHosts(layout, Path(name), delay=delay) as press:
        folders = (Path(name) / str(number) for number in range(99))

        def fresh() -> Path:
            folder = next(folders)
            folder.mkdir()
            return folder

        rows = []
        with on_sqlite(press, fresh()) as bench:
            rows.append(measured(bench))
        for count in (1, 2, 4):
            with on_postgres(press, fresh(), server, count) as bench:
                rows.append(measured(bench))
    milliseconds = delay / timedelta(milliseconds=1)
    print(f"\nAnswers after {milliseconds:.0f} ms. Cold:\n")
    cpu = ("CPU s: processes", "sandboxes", "PostgreSQL", "press", "others")
    print_table(
        (
            "",
            "polled s",
            "feeds/s",
            "stories s",
            *cpu,
            "MB: most",
            "next",
            "connections",
            "kB an article",
        ),
        [cold for cold, _ in rows],
    )
    print("\nUnchanged:\n")
    print_table(("", "polled s", "feeds/s", *cpu), [unchanged for _, unchanged in rows])
    print(flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--entries", type=int, default=10)
    parser.add_argument("--delays", type=int, nargs="+", default=[0, 100], help="milliseconds")
    options = parser.parse_args()
    layout = Layout(
        feeds=options.feeds,
        hosts=options.hosts,
        entries=options.entries,
        outlets=1,
        paged=0,
        size=BODY,
    )
    print(f"{layout.feeds} feeds of {layout.entries} entries on {layout.hosts} loopback hosts")
    print(f"{machine()}; load {os.getloadavg()[0]:.1f} before")
    with Postgres(**DURABLE) as server:
        for delay in options.delays:
            compare(layout, timedelta(milliseconds=delay), server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
