"""Transactions that outlast what passes: deadlocks, lost connections, a server that restarts.

Work is a function of a session and changes nothing but the database, so it is begun again as a
whole, for as long as our patience lasts. That goes for a COMMIT too whose answer was lost, although
it may have been done: then the work finds it done. (Asking the server what became of a transaction
is no way out: after a crash it may have given the number to another.) Nothing is doubled then, and
the answer is that of one who comes too late:

- `claim_feeds`, `claim_texts`: the host is held, and falls free when the lease ends.
- `record_poll`, `record_text`: ClaimLost, as the claim has ended; the caller drops its work.
- `release_host`: changes nothing, as the lease is held no longer.
- `assign`: those that have been stored are left out; the caller begins from the window again.
- `regroup`: a chunk that has been stored is left as it is, and so are assignments that have been
  replaced.
- `sync_sources`, `prepare_deliveries`, `release_claims`, `record_again`, `clean_up`, `place`,
  `star`, `unstar`, `mark_read`, `mark_unread`, `mark_all_read`: tell of nothing new; so do
  `revoke_token`, `close_sessions`.
- `add_token`: it finds what it has stored.
- `keep_digest`: what it has stored is what it finds.
- `wake`, `record_delivery`, `report_worker`, `forget_worker`, `set_password_hash`, `open_session`,
  `close_session`: the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import TypeVar

from aggregator.storage.postgres_clock import ServerClock
from aggregator.storage.postgres_faults import is_lost, is_passing, storage_error
from aggregator.storage.postgres_pool import Connection, Error, Pool, Target
from aggregator.storage.postgres_session import PostgresSession
from aggregator.storage.sql import Session
from aggregator.storage.word_forms import KnownForms

T = TypeVar("T")

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8 AS now"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0
"""Seconds between tries; each is twice as long as the one before."""


class Transactions:
    """Runs work on connections of the pool. Raises StorageError, and whatever work raises."""

    def __init__(
        self, pool: Pool, target: Target, clock: ServerClock, *, patience: timedelta
    ) -> None:
        self._pool = pool
        self._target = target
        self._clock = clock
        self._patience = patience
        self._forms = KnownForms()

    def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, once it has been committed."""
        return self._patiently(work, _BEGIN)

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns; it sees one state."""
        return self._patiently(work, _BEGIN_READING)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state, as long as the block runs; what goes wrong in the middle is not repaired."""
        try:
            with self._transaction(_BEGIN_READING, self._deadline()) as session:
                yield session
        except Error as error:
            self._forget_if_lost(error)
            raise storage_error(error, self._target) from error

    def _deadline(self) -> float:
        return monotonic() + self._patience.total_seconds()

    def _patiently(self, work: Callable[[Session], T], begin: str) -> T:
        give_up_at = self._deadline()
        pause = _FIRST_PAUSE
        while True:
            try:
                with self._transaction(begin, give_up_at) as session:
                    result = work(session)
            except Error as error:
                self._forget_if_lost(error)
                if not is_passing(error) or monotonic() + pause > give_up_at:
                    raise storage_error(error, self._target, patience=self._patience) from error
            else:
                return result
            self._pool.pause(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _forget_if_lost(self, error: Error) -> None:
        if is_lost(error):
            self._pool.forget_idle()

    @contextmanager
    def _transaction(self, begin: str, give_up_at: float) -> Iterator[Session]:
        """Committed at the end of the block; if that raises, the pool rolls back."""
        with self._pool.borrow(give_up_at=give_up_at) as connection:
            # Not prepared, as psycopg does after some times: that would be a round trip more.
            connection.execute(begin, prepare=False)
            session = PostgresSession(connection, self._forms)
            yield session
            session.finish()
            connection.execute("COMMIT", prepare=False)
            session.committed()
            if self._clock.is_stale():
                with suppress(Error):  # the verb is done, whatever becomes of this
                    self._clock.measure(lambda: server_time(connection))


def server_time(connection: Connection) -> float:
    """Seconds since 1970."""
    row = connection.execute(_TIME).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return float(row["now"])
