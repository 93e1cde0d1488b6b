"""A time for all of a conversation over a socket."""

from __future__ import annotations

import contextlib
import socket
import time
from datetime import timedelta
from threading import Event, Timer
from typing import Self


class Patience:
    """A connection made within `with` is cut when the time is over, and everything that waits for
    it goes on with an error.

    A time-out of a socket is for one call: who sends a byte now and then passes none of them. A
    thread of its own shuts the connection down, below any TLS that has been put upon it.
    """

    def __init__(self, span: timedelta) -> None:
        self._ends_at = time.monotonic() + span.total_seconds()
        self._over = Event()
        self._timer = Timer(span.total_seconds(), self._cut)
        self._timer.daemon = True
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._connection is not None:
            self._connection.close()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def connected(self, address: tuple[str, int], *, timeout: timedelta) -> socket.socket:
        """`timeout` is for each call on it, and for each address of the host. Raises OSError."""
        left = max(self._ends_at - time.monotonic(), 0.001)
        made = socket.create_connection(address, timeout=min(timeout.total_seconds(), left))
        made.settimeout(timeout.total_seconds())
        # Another handle of the same connection: the first is given up when TLS begins.
        self._connection = made.dup()
        if self.is_over:
            self._cut()
        return made

    def _cut(self) -> None:
        self._over.set()
        if self._connection is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._connection.shutdown(socket.SHUT_RDWR)
