"""One thread writes, in groups.

Verbs of many threads wait in one queue. The thread takes what is there into one transaction, and
callers return when the whole is committed, so a group pays the price of a commit once. When one of
several fails, the transaction is rolled back and the group is done again, each under a savepoint of
its own, so that it undoes only itself. Not so from the start: FTS5 writes out what it has gathered
at every savepoint, which more than doubles the cost of indexing (measured with SQLite 3.40). Work
may thus be done twice: it changes nothing but the database.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Generic, TypeVar

from aggregator.errors import StorageError
from aggregator.storage.faults import BUSY, LASTING, code
from aggregator.storage.sql import Session

T = TypeVar("T")

MAX_JOBS = 64
MAX_SECONDS = 0.2
"""Of one transaction: how long a caller may wait for others' work."""


@dataclass(slots=True, kw_only=True)
class _Job(Generic[T]):
    work: Callable[[Session], T]
    alone: bool
    give_up_at: float
    future: Future[T] = field(default_factory=Future)


class Writer:
    """Owns the writing connection, from the start of its thread to `close`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        session: Session,
        *,
        undone: Callable[[], None],
        busy_timeout: float,
        fault: Callable[[sqlite3.Error], StorageError],
        closed: Callable[[], StorageError],
    ) -> None:
        """`connection` is in autocommit mode and waits for a lock for a fraction of
        `busy_timeout` (seconds) only: this class tries again until that has passed. `undone` is
        told, in the thread, when something was rolled back."""
        self._connection = connection
        self._session = session
        self._undone = undone
        self._busy_timeout = busy_timeout
        self._fault = fault
        self._closed_error = closed
        self._waiting: deque[_Job[Any]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="storage-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Session], T], *, alone: bool = False) -> T:
        """Do `work` in a transaction, committed when this returns; `alone`: in none.

        Whatever it raises is raised here, SQLite's errors as StorageError; it may be done twice.
        """
        job = _Job(work=work, alone=alone, give_up_at=monotonic() + self._busy_timeout)
        with self._changed:
            if self._closed:
                raise self._closed_error()
            self._waiting.append(job)
            self._changed.notify()
        return job.future.result()

    def close(self) -> None:
        """Finish what is queued, then close the connection."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    # --- the thread

    def _serve(self) -> None:
        while (job := self._wait()) is not None:
            if job.alone:
                self._do_alone(job)
            else:
                self._do_group(job)
        self._connection.close()

    def _wait(self) -> _Job[Any] | None:
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None

    def _join(self) -> _Job[Any] | None:
        """The next job that may share the transaction, if it is there already."""
        with self._changed:
            if self._waiting and not self._waiting[0].alone:
                return self._waiting.popleft()
            return None

    def _do_group(self, first: _Job[Any]) -> None:
        taken = [first]
        try:
            done = self._do_together(taken)
            if done is None:
                done = self._do_apart(taken)
            self._connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - it is raised where the callers wait
            self._roll_back()
            self._fail(taken, error)
        else:
            for job, result in done:
                job.future.set_result(result)

    def _do_together(self, taken: list[_Job[Any]]) -> list[tuple[_Job[Any], Any]] | None:
        """Take more jobs as they wait, and return their results.

        None: one of several failed and all is rolled back. Raises what a job raises that is alone,
        and what is wrong with the database itself.
        """
        self._begin(taken)
        started = monotonic()
        done: list[tuple[_Job[Any], Any]] = []
        job: _Job[Any] | None = taken[0]
        while job is not None:
            try:
                done.append((job, job.work(self._session)))
            except BaseException as error:
                if len(taken) == 1 or _is_lasting(error):
                    raise
                self._roll_back()
                return None
            full = len(taken) >= MAX_JOBS or monotonic() - started >= MAX_SECONDS
            job = None if full else self._join()
            if job is not None:
                taken.append(job)
        return done

    def _do_apart(self, taken: Sequence[_Job[Any]]) -> list[tuple[_Job[Any], Any]]:
        """Results of the jobs that succeed; the others have their answer."""
        self._begin(taken)
        done: list[tuple[_Job[Any], Any]] = []
        for job in taken:
            self._connection.execute("SAVEPOINT job")
            try:
                result = job.work(self._session)
                self._connection.execute("RELEASE job")
            except BaseException as error:
                if _is_lasting(error):
                    raise
                self._connection.execute("ROLLBACK TO job")
                self._connection.execute("RELEASE job")
                self._undone()
                self._fail([job], error)
            else:
                done.append((job, result))
        return done

    def _do_alone(self, job: _Job[Any]) -> None:
        try:
            result = self._patiently(lambda: job.work(self._session), [job])
        except BaseException as error:  # noqa: BLE001 - it is raised where the caller waits
            self._fail([job], error)
        else:
            job.future.set_result(result)

    def _begin(self, jobs: Sequence[_Job[Any]]) -> None:
        self._patiently(lambda: self._connection.execute("BEGIN IMMEDIATE"), jobs)

    def _patiently(self, work: Callable[[], T], jobs: Sequence[_Job[Any]]) -> T:
        """Again while another process holds the lock and one of the jobs may still wait."""
        give_up_at = max(job.give_up_at for job in jobs)
        while True:
            try:
                return work()
            except sqlite3.Error as error:
                if code(error) not in BUSY or monotonic() >= give_up_at:
                    raise

    def _roll_back(self) -> None:
        # If even this fails, the next transaction cannot begin, and says so to its callers.
        self._undone()
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _fail(self, jobs: Iterable[_Job[Any]], error: BaseException) -> None:
        """Tell those who have not had their answer."""
        for job in jobs:
            if not job.future.done():
                own = self._fault(error) if isinstance(error, sqlite3.Error) else error
                job.future.set_exception(own)


def _is_lasting(error: BaseException) -> bool:
    return isinstance(error, sqlite3.Error) and code(error) in LASTING
