"""Connections for reading: each borrowed for one verb, kept for the next."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aggregator.errors import StorageError

KEEP = 8
"""Idle connections kept open; more are opened when more threads read at once."""


class Readers:
    """Each borrower sees one consistent state and is alone on its connection."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        *,
        fault: Callable[[sqlite3.Error], StorageError],
        closed: Callable[[], StorageError],
    ) -> None:
        """`connect` opens a connection in autocommit mode that any thread may use."""
        self._connect = connect
        self._fault = fault
        self._closed_error = closed
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a read transaction; SQLite's errors come out as StorageError."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.Error as error:
            raise self._fault(error) from error
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Those in use are closed when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise self._closed_error()
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.rollback()
        with self._lock:
            if not self._closed and len(self._idle) < KEEP:
                self._idle.append(connection)
                return
        connection.close()
