"""Jobs a second that the engines themselves sustain: the handler does nothing.

PYTHONPATH=tests/support python -m benchmarks.jobs [--jobs 10000] [--processes 1 2]

In process, and on PostgreSQL with several processes: deferring alone (nobody works), working alone
(all is deferred before), and both at once, as the service does it: the process that leads defers
as much as there is room for. PostgreSQL writes to disk as it does in earnest. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from postgres import Postgres

from aggregator.engine.distributed import PATIENCE, DistributedEngine
from aggregator.engine.entries import entry
from aggregator.engine.inprocess import InProcessEngine
from aggregator.engine.jobqueue import LOST, JobQueue
from aggregator.engine.protocol import Engine, Job, PollHost
from aggregator.engine.reports import Reports
from aggregator.storage.postgres import open_storage
from aggregator.types import PostgresUrl
from benchmarks.measure import machine, print_table, tree

CONCURRENCY = 20
BATCH = 100
"""Jobs deferred at once where there is no room to ask for."""
GRACE = timedelta(seconds=10)
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    label: str
    jobs: int
    wall: float
    """Seconds from the first job to the last."""
    ours: float
    """CPU seconds of our processes in that time."""
    server: float | None
    """CPU seconds of PostgreSQL; None: it has no part in it."""

    def row(self) -> tuple[str, ...]:
        def each(seconds: float | None) -> str:
            return "" if seconds is None else f"{seconds / self.jobs * 1e6:.0f}"

        return self.label, f"{self.jobs / self.wall:,.0f}", each(self.ours), each(self.server)


class Counter:
    """A handler that does nothing but count."""

    def __init__(self) -> None:
        self.done = 0
        self.first = self.last = 0.0

    async def __call__(self, _: Job) -> None:
        self.done += 1
        self.last = time.monotonic()
        self.first = self.first or self.last


def hosts(count: int) -> list[Job]:
    return [PollHost(f"{number}.example.com") for number in range(count)]


async def submit_as_there_is_room(engine: Engine, jobs: Sequence[Job]) -> None:
    """As the service's pump does."""
    submitted = 0
    while submitted < len(jobs):
        if room := await engine.room():
            await engine.submit(jobs[submitted : submitted + room])
            submitted += room
        await engine.changed()


def failed(name: str, error: BaseException) -> None:
    sys.exit(f"{name}: {error}")


# --- a process of several ------------------------------------------------------------------------


async def child(uri: str, count: int) -> None:
    """Work, and submit so many jobs if we lead, until a line comes in; then tell what was done."""
    storage = open_storage(PostgresUrl(uri))
    counter = Counter()
    began = time.process_time()
    engine = await DistributedEngine.open(
        counter,
        uri=uri,
        role=storage.role("leader"),
        schema_role=storage.role("engine"),
        concurrency=CONCURRENCY,
        on_error=failed,
        on_lead=lambda: None,
    )

    async def submit() -> None:
        await submit_as_there_is_room(engine, hosts(count))
        await asyncio.Event().wait()

    engine.every(timedelta(hours=1), "submit", submit)
    await asyncio.to_thread(sys.stdin.readline)
    result = {"done": counter.done, "first": counter.first, "last": counter.last}
    result["cpu"] = time.process_time() - began
    await engine.stop(grace=timedelta(0))
    storage.close()
    print(json.dumps(result))


class Children:
    """Processes that work on one queue."""

    def __init__(self, uri: str, processes: int, *, submit: int) -> None:
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.jobs", "--child", uri, "--jobs", str(submit)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(processes)
        ]

    def end(self) -> list[dict[str, float]]:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write("end\n")
            process.stdin.flush()
        outputs = [process.communicate()[0] for process in self._processes]
        return [json.loads(output) for output in outputs]


def stat(pid: int) -> list[str]:
    """From the process's state on: man 5 proc_pid_stat."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    """Of a process and of all that descend from it, ended or not."""
    ticks = 0
    for one in tree(pid):
        with suppress(OSError):  # it has ended meanwhile; its parent counts it
            ticks += sum(int(value) for value in stat(one)[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


# --- the figures ---------------------------------------------------------------------------------


async def in_process(count: int) -> Figures:
    counter = Counter()
    engine = InProcessEngine(counter, concurrency=CONCURRENCY, on_error=failed)
    began = time.process_time()
    await submit_as_there_is_room(engine, hosts(count))
    await engine.idle()
    cpu = time.process_time() - began
    await engine.stop(grace=GRACE)
    assert counter.done == count
    return Figures(
        label="in process, both",
        jobs=count,
        wall=counter.last - counter.first,
        ours=cpu,
        server=None,
    )


class Queue:
    """A queue of its own for each measurement."""

    def __init__(self, server: Postgres, count: int) -> None:
        self._uri = server.create()
        self._count = count
        open_storage(PostgresUrl(self._uri)).close()
        self._connection = psycopg.connect(self._uri, autocommit=True)
        self._postmaster = int(stat(self._connection.info.backend_pid)[1])
        asyncio.run(self._deferred(0))

    def deferring(self) -> Figures:
        server = cpu_seconds(self._postmaster)
        began, ours = time.monotonic(), time.process_time()
        asyncio.run(self._deferred(self._count))
        return Figures(
            label=f"deferring {BATCH} at once",
            jobs=self._count,
            wall=time.monotonic() - began,
            ours=time.process_time() - ours,
            server=cpu_seconds(self._postmaster) - server,
        )

    def working(self, processes: int, *, submit: bool) -> Figures:
        """With what has been deferred before, unless `submit`."""
        server = cpu_seconds(self._postmaster)
        children = Children(self._uri, processes, submit=self._count if submit else 0)
        while not self._all_done():
            time.sleep(0.05)
        server = cpu_seconds(self._postmaster) - server
        results = children.end()
        self._connection.close()
        assert sum(result["done"] for result in results) == self._count
        busy = [result for result in results if result["done"]]
        return Figures(
            label=f"{processes} {'process' if processes == 1 else 'processes'}, "
            + ("both" if submit else "working alone"),
            jobs=self._count,
            wall=max(result["last"] for result in busy) - min(result["first"] for result in busy),
            ours=sum(result["cpu"] for result in results),
            server=server,
        )

    async def _deferred(self, count: int) -> None:
        """The tables made, and so many jobs waiting."""
        storage = open_storage(PostgresUrl(self._uri))
        queue = JobQueue(self._uri, Reports(failed, losses=LOST, patience=PATIENCE))
        await queue.open()
        await queue.prepare(storage.role("engine"))
        entries = [entry(job) for job in hosts(count)]
        for start in range(0, count, BATCH):
            await queue.defer(entries[start : start + BATCH])
        await queue.close()
        storage.close()

    def _all_done(self) -> bool:
        row = self._connection.execute(
            "SELECT last_value >= %s AND NOT EXISTS (SELECT FROM procrastinate_jobs) "
            "FROM procrastinate_jobs_id_seq",
            (self._count,),
        ).fetchone()
        return row is not None and bool(row[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--child", metavar="URI", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        asyncio.run(child(options.child, options.jobs))
        return 0
    print(f"{options.jobs:,} jobs that do nothing, {CONCURRENCY} at a time in each process")
    print(machine())
    figures = [asyncio.run(in_process(options.jobs))]
    with Postgres(**DURABLE) as server:
        for processes in options.processes:
            queue = Queue(server, options.jobs)
            deferring = queue.deferring()
            if processes == options.processes[0]:
                figures.append(deferring)
            figures.append(queue.working(processes, submit=False))
            figures.append(Queue(server, options.jobs).working(processes, submit=True))
    print()
    print_table(("", "jobs/s", "CPU µs a job: ours", "PostgreSQL"), [one.row() for one in figures])
    return 0


if __name__ == "__main__":
    sys.exit(main())
