"""The server's time, without asking for it each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic, time

from aggregator.storage.rows import from_us

_FRESH = 60.0
"""Seconds that a measurement is good for."""
_JUMP = 0.5
"""Seconds that our own clock may be moved by before the server's time is asked for again."""


class ServerClock:
    """Our own clock and how far the server's is ahead, as last measured.

    Our own is the wall's: a monotonic one stands still while the machine sleeps. When the two part
    (the wall's was set, or the machine slept), the measurement is out of date at once.
    """

    def __init__(
        self, *, wall: Callable[[], float] = time, ticks: Callable[[], float] = monotonic
    ) -> None:
        """`wall` counts seconds since 1970, `ticks` since any time and without jumps."""
        self._wall = wall
        self._ticks = ticks
        self._lock = threading.Lock()
        self._ahead = 0.0
        self._measured: tuple[float, float] | None = None
        """`wall` and `ticks` when it was; None: not yet."""

    def now(self) -> datetime:
        """No input or output."""
        return from_us(round((self._wall() + self._ahead) * 1_000_000))

    def is_stale(self) -> bool:
        if self._measured is None:
            return True
        wall, ticks = self._wall() - self._measured[0], self._ticks() - self._measured[1]
        return ticks > _FRESH or abs(wall - ticks) > _JUMP

    def measure(self, ask: Callable[[], float]) -> None:
        """`ask` gets the server's time in seconds since 1970; of several threads one asks."""
        if self._lock.acquire(blocking=False):
            try:
                before = self._wall()
                server = ask()
                self._ahead = server - (before + self._wall()) / 2
                self._measured = self._wall(), self._ticks()
            finally:
                self._lock.release()
