"""The queue of the engine of many processes: procrastinate 3 on PostgreSQL (its only importer).

procrastinate's worker takes jobs, runs them and listens for more. Around it, this module sees to
what the worker leaves open: it outlives the database's absence, and leaves no job behind that
nobody has.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AppNotOpen, ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager, NotificationCallback
from procrastinate.schema import SchemaManager

from aggregator.engine import queries
from aggregator.engine.entries import TASKS, Entry
from aggregator.engine.places import PATIENCE as SLOW
from aggregator.engine.places import Places
from aggregator.engine.reports import Reports
from aggregator.engine.schema import Scripts, prepare
from aggregator.errors import StorageError
from aggregator.storage.protocol import Role

Work = Callable[[str, Mapping[str, str]], Awaitable[None]]
"""Does what a task and its arguments say."""

POOL = 4
LOST = (ConnectorException, AppNotOpen)
"""What is raised when the database fails, or after `close`."""
PATIENCE = timedelta(seconds=5)
"""How long we wait for a connection before the database counts as lost."""
_OPENING = timedelta(seconds=30)
_AGAIN = timedelta(seconds=1)

# The network may fail without a word. What the URI says goes first.
_CONNECTION: Mapping[str, str | int] = {
    "fallback_application_name": "aggregator queue",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often things are looked at."""

    poll: timedelta = timedelta(seconds=1)
    """For waiting jobs; a notification is quicker as a rule."""
    lead: timedelta = timedelta(seconds=1)
    """For the role of the leader."""
    heartbeat: timedelta = timedelta(seconds=5)
    stale: timedelta = timedelta(seconds=20)
    """A worker without a heartbeat for so long is taken for dead."""
    patience: timedelta = SLOW
    """A job that takes longer does not count against the concurrency (`Places`)."""

    @classmethod
    def within(cls, lease: timedelta) -> Self:
        """So that a dead worker's jobs are swept before its hosts fall free."""
        stale = min(cls().stale, lease / 2)
        return cls(stale=stale, heartbeat=stale // 4)


class JobQueue:
    """What waits and what is under way, in a database that others use too.

    Nothing here but `prepare` raises when the database cannot be reached: `reports` is told.
    """

    def __init__(self, uri: str, reports: Reports) -> None:
        given = parse_qs(urlsplit(uri).query)
        self._reports = reports
        self._connector = PsycopgConnector(
            conninfo=uri,
            kwargs={key: value for key, value in _CONNECTION.items() if key not in given},
            configure=_configure,
            min_size=1,
            max_size=POOL,
            timeout=PATIENCE.total_seconds(),
            # Then it starts again with the next question, without a growing pause.
            reconnect_timeout=PATIENCE.total_seconds(),
        )

    async def open(self) -> None:
        """Raises StorageError when the database cannot be reached."""
        for name in ("procrastinate", "psycopg.pool"):
            # What they say below that is each job, and each try to connect.
            logging.getLogger(name).setLevel(logging.ERROR)
        try:
            await self._connector.open_async()
        except Exception as error:
            raise StorageError(
                "the job queue cannot be opened: PostgreSQL gave no connection within "
                f"{_OPENING.total_seconds():g} seconds"
            ) from error

    async def prepare(self, role: Role) -> None:
        """Make or update the tables; `role`: of whoever does. Raises StorageError."""
        try:
            await prepare(_Scripted(self._connector), _scripts(), role)
        except LOST as error:
            raise StorageError(
                f"the job queue's tables cannot be prepared: {error.__cause__}"
            ) from error

    async def close(self) -> None:
        """End every connection; whoever waits for an answer waits no more."""
        self._reports.end()
        await self._connector.close_async()

    async def defer(self, entries: Sequence[Entry]) -> None:
        """Let jobs wait; not those that wait or are under way already."""
        await self._reports.ask(
            self._connector.execute_query_async(
                queries.DEFER,
                queues=[entry.queue for entry in entries],
                tasks=[entry.task for entry in entries],
                locks=[entry.lock for entry in entries],
                keys=[entry.key for entry in entries],
                args=[json.dumps(entry.args) for entry in entries],
            )
        )

    async def depth(self, queue: str) -> tuple[int, int] | None:
        """(jobs that wait, jobs under way anywhere); None: the database does not say."""
        row = await self._reports.ask(
            self._connector.execute_query_one_async(queries.DEPTH, queue=queue)
        )
        return None if row is None else (int(row["waiting"]), int(row["running"]))

    async def sweep(self, stale: timedelta) -> None:
        """Delete the jobs of workers that have been silent for so long."""
        await self._reports.ask(
            self._connector.execute_query_async(queries.SWEEP, seconds=stale.total_seconds())
        )

    def worker(
        self, queue: str, work: Work, *, places: Places, pace: Pace, listens: bool = True
    ) -> QueueWorker:
        """`work` raises nothing but CancelledError. `listens`: takes a connection for being told
        of new jobs; without it, polling finds them."""
        app = App(connector=self._connector)
        app.job_manager = _Jobs(self._connector, self._reports, places)
        for name in TASKS:
            app.task(name=name, queue=queue)(_task(work, name))

        def run() -> Coroutine[Any, Any, None]:
            return app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=places.most,
                fetch_job_polling_interval=pace.poll.total_seconds(),
                listen_notify=listens,
                install_signal_handlers=False,
                update_heartbeat_interval=pace.heartbeat.total_seconds(),
            )

        return QueueWorker(run, self._reports, places)


class QueueWorker:
    """Takes jobs and runs them, from `start` to `stop`, whatever happens to the database."""

    def __init__(
        self, run: Callable[[], Coroutine[Any, Any, None]], reports: Reports, places: Places
    ) -> None:
        """Made by `JobQueue.worker`."""
        self._run = run
        self._reports = reports
        self._places = places
        self._task: asyncio.Task[None] | None = None
        self._halted = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running())

    def halt(self) -> None:
        """Take no further job; those under way go on."""
        if self._task is not None and not self._halted:
            self._halted = True
            self._places.close()
            self._task.cancel()

    async def ended(self, within: timedelta | None = None) -> bool:
        """After `halt`: whether the last job has ended and is written down."""
        if self._task is None:
            return True
        done, _ = await asyncio.wait(
            {self._task}, timeout=None if within is None else within.total_seconds()
        )
        return bool(done)

    async def _keep_running(self) -> None:
        while not self._halted:
            try:
                await self._reports.ask(self._run(), in_time=False)
            except Exception as error:  # noqa: BLE001 - a worker that ended would not be missed
                self._reports.failed("worker", error)
            await asyncio.sleep(_AGAIN.total_seconds())


class _Jobs(JobManager):
    """The questions of one worker.

    procrastinate's own end the worker when the database fails (or a part of it, unnoticed: the
    heartbeat), and leave a job "doing" for as long as its worker lives when the answer to taking
    or finishing it was lost.
    """

    def __init__(self, connector: PsycopgConnector, reports: Reports, places: Places) -> None:
        super().__init__(connector)
        self._reports = reports
        self._places = places
        self._held: set[int] = set()
        # A job just taken is in nobody's hands until the answer has come.
        self._taking = asyncio.Lock()
        self._doubtful = False

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> QueuedJob | None:
        if not await self._places.wait():
            return None  # we are stopping
        async with self._taking:
            return await self._reports.ask(self._fetch(queues, worker_id))

    async def _fetch(self, queues: Iterable[str] | None, worker_id: int) -> QueuedJob | None:
        if self._doubtful:  # we may have been taken for dead meanwhile
            await self._beat(worker_id)
        self._doubtful = True
        job = await super().fetch_job(queues, worker_id)
        self._doubtful = False
        if job is not None and job.id is not None:
            self._held.add(job.id)
            self._places.begin(job.id)
        return job

    async def finish_job(
        self,
        job: QueuedJob,
        status: Status,  # noqa: ARG002 - every job is deleted, however it ended
        delete_job: bool,  # noqa: ARG002 - the same; procrastinate's signature
    ) -> None:
        self._places.end(job.id)
        await self._reports.ask(self.connector.execute_query_async(queries.FINISH, job=job.id))
        # If that failed, the next heartbeat sees to it.
        self._held.discard(cast("int", job.id))

    async def update_heartbeat(self, worker_id: int) -> None:
        async with self._taking:
            await self._reports.ask(self._beat(worker_id))

    async def _beat(self, worker_id: int) -> None:
        await self.connector.execute_query_async(
            queries.HEARTBEAT, worker=worker_id, held=sorted(self._held)
        )

    async def prune_stalled_workers(
        self,
        seconds_since_heartbeat: float,  # noqa: ARG002 - procrastinate's signature
    ) -> list[int]:
        return []  # the leader sweeps

    async def register_worker(self) -> int:
        # Shielded: libraries lose cancellations, and who is not stopped here works for ever.
        registering = asyncio.ensure_future(super().register_worker())
        try:
            return await asyncio.shield(registering)
        except asyncio.CancelledError:  # nobody else knows the number
            await self._reports.ask(self._undo(registering))
            raise

    async def _undo(self, registering: asyncio.Future[int]) -> None:
        await self.unregister_worker(await registering)

    async def unregister_worker(self, worker_id: int) -> None:
        await self._reports.ask(
            self.connector.execute_query_async(queries.FAREWELL, worker=worker_id)
        )

    async def listen_for_jobs(
        self,
        *,
        on_notification: NotificationCallback,
        queues: Iterable[str] | None = None,
    ) -> None:
        while True:
            listening = super().listen_for_jobs(on_notification=on_notification, queues=queues)
            await self._reports.ask(listening, in_time=False)
            await asyncio.sleep(_AGAIN.total_seconds())

    async def list_jobs_to_abort_async(
        self,
        queue: str | None = None,  # noqa: ARG002 - procrastinate's signature
    ) -> Iterable[int]:
        return ()  # nobody asks for that


class _Scripted:
    """The connection as `schema` wants it."""

    def __init__(self, connector: PsycopgConnector) -> None:
        self._connector = connector

    async def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        rows: list[dict[str, Any]] = await self._connector.execute_query_all_async(cast("Any", sql))
        return rows

    async def run(self, script: str) -> None:
        # In autocommit mode the server runs a script of many statements in one transaction.
        await self._connector.execute_query_async(cast("Any", script.replace("%", "%%")))


def _scripts() -> Scripts:
    folder = Path(SchemaManager.get_migrations_path())
    return Scripts(
        schema=SchemaManager.get_schema(),
        migrations={
            file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.sql"))
        },
    )


def _task(work: Work, name: str) -> Callable[..., Awaitable[None]]:
    async def task(**args: Any) -> None:
        await work(name, args)

    return task


async def _configure(connection: Any) -> None:
    """Each statement is a transaction by itself."""
    await connection.set_autocommit(True)
    await connection.execute(queries.SETTINGS)
