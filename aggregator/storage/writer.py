"""One thread writes, in groups.

Verbs of many threads wait in one queue. The thread takes what is there into one transaction, and
callers return when the whole is committed, so a group pays the price of a commit once. When one
fails, the transaction is rolled back and the group is done again, each under a savepoint of its
own, so that it undoes only itself. Not so from the start: FTS5 writes out what it has gathered at
every savepoint, which more than doubles the cost of indexing (measured with SQLite 3.40).
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
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


class _GroupLostError(Exception):
    """The whole transaction is gone."""

    def __init__(self, cause: sqlite3.Error) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Writer:
    """Owns the writing connection, from the start of its thread to `close`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        session: Session,
        *,
        busy_timeout: float,
        fault: Callable[[sqlite3.Error], StorageError],
        closed: Callable[[], StorageError],
    ) -> None:
        """`connection` is in autocommit mode and waits for a lock for a fraction of
        `busy_timeout` (seconds) only: this class tries again until that has passed."""
        self._connection = connection
        self._session = session
        self._busy_timeout = busy_timeout
        self._fault = fault
        self._closed_error = closed
        self._waiting: deque[_Job[Any]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="storage-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Session], T], *, alone: bool = False) -> T:
        """Do `work` in a transaction, committed when this returns; `alone`: in none."""
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
            elif self._begin(job):
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

    def _begin(self, first: _Job[Any]) -> bool:
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if code(error) in BUSY and monotonic() < first.give_up_at:
                    continue
                first.future.set_exception(self._fault(error))
                return False
            return True

    def _do_group(self, first: _Job[Any]) -> None:
        taken: list[_Job[Any]] = []
        try:
            done = self._do_all(first, taken)
            if done is None and self._begin(first):
                done = []
                for job in taken:
                    self._do_one(job, done)
            if done is not None:
                self._commit()
        except _GroupLostError as lost:
            self._fail(taken, self._fault(lost.cause))
            return
        for job, result in done or ():
            job.future.set_result(result)
        self._fail(taken, self._fault(sqlite3.OperationalError("the transaction was lost")))

    @staticmethod
    def _fail(jobs: Iterable[_Job[Any]], error: StorageError) -> None:
        """Tell those who have not had their answer."""
        for job in jobs:
            if not job.future.done():
                job.future.set_exception(error)

    def _do_all(
        self, first: _Job[Any], taken: list[_Job[Any]]
    ) -> list[tuple[_Job[Any], Any]] | None:
        """Results of the jobs that are taken; None: one failed and all is rolled back."""
        started = monotonic()
        done: list[tuple[_Job[Any], Any]] = []
        job: _Job[Any] | None = first
        while job is not None:
            taken.append(job)
            try:
                done.append((job, job.work(self._session)))
            except BaseException as error:
                self._roll_back()
                if isinstance(error, sqlite3.Error) and code(error) in LASTING:
                    raise _GroupLostError(error) from error
                return None
            full = len(taken) >= MAX_JOBS or monotonic() - started >= MAX_SECONDS
            job = None if full else self._join()
        return done

    def _do_one(self, job: _Job[Any], done: list[tuple[_Job[Any], Any]]) -> None:
        connection = self._connection
        try:
            connection.execute("SAVEPOINT job")
            result = job.work(self._session)
            connection.execute("RELEASE job")
        except sqlite3.Error as error:
            if code(error) in LASTING or not connection.in_transaction:
                self._roll_back()
                raise _GroupLostError(error) from error
            self._undo(job, self._fault(error))
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, and is raised there
            self._undo(job, error)
        else:
            done.append((job, result))

    def _undo(self, job: _Job[Any], error: BaseException) -> None:
        try:
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
        except sqlite3.Error as lost:
            self._roll_back()
            raise _GroupLostError(lost) from lost
        job.future.set_exception(error)

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise _GroupLostError(error) from error

    def _roll_back(self) -> None:
        # If even this fails, the next transaction cannot begin, and says so to its callers.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _do_alone(self, job: _Job[Any]) -> None:
        try:
            result = job.work(self._session)
        except sqlite3.Error as error:
            job.future.set_exception(self._fault(error))
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, and is raised there
            job.future.set_exception(error)
        else:
            job.future.set_result(result)
