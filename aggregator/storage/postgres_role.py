"""A role as an advisory lock of a session: whoever loses the connection loses the role."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from aggregator.errors import StorageError
from aggregator.storage.postgres_faults import is_lost
from aggregator.storage.postgres_pool import Connection, Error
from aggregator.storage.postgres_session import LOCK_KEY

_TAKE = f"SELECT pg_try_advisory_lock({LOCK_KEY}) AS taken"
_DROP = f"SELECT pg_advisory_unlock({LOCK_KEY})"


class PostgresRole:
    """Implements `protocol.Role` on a connection of its own.

    The pool's would not do: what is borrowed and given back keeps no lock, and a role must end
    with one connection, not with the last of several.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], Connection],
        *,
        fault: Callable[[Error], StorageError],
        closed: Callable[[], StorageError],
    ) -> None:
        self._key = f"role {name}"
        self._connect = connect
        self._fault = fault
        self._closed_error = closed
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._held = False
        self._closed = False

    def take(self) -> bool:
        with self._lock:
            if self._closed:
                raise self._closed_error()
            try:
                return self._take()
            except Error as error:
                self._drop()
                raise self._fault(error) from error

    def drop(self) -> None:
        with self._lock:
            self._drop()

    def close(self) -> None:
        """Drop it for good."""
        with self._lock:
            self._closed = True
            self._drop()

    def _take(self) -> bool:
        if self._connection is not None:
            held = self._held
            try:
                return self._try(self._connection)
            except Error as error:
                if not is_lost(error):
                    raise
                self._drop()
            if held:
                # Lost with the connection. Taking it again at once would hide that somebody else
                # may have had it meanwhile.
                return False
        self._connection = self._connect()
        return self._try(self._connection)

    def _try(self, connection: Connection) -> bool:
        """Also when it is held already: the answer shows that the connection is alive."""
        if self._held:
            connection.execute("SELECT 1")
        else:
            row = connection.execute(_TAKE, (self._key,)).fetchone()
            self._held = row is not None and row["taken"]
        return self._held

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        held, self._held = self._held, False
        if connection is None:
            return
        # Closing alone would free it some time after this has returned.
        with suppress(Error):
            if held:
                connection.execute(_DROP, (self._key,))
        connection.close()
