"""How a child process keeps memory: little waste for one document, no growth over many."""

from __future__ import annotations

import ctypes
import gc
import platform

_TASKS_A_TRIM = 100
"""Tasks after which what glibc has kept for later is given back; it takes a millisecond or two."""


def collect_seldom() -> None:
    """A document leaves few cycles, and its child is replaced before they add up."""
    gc.set_threshold(200_000, 20, 100)


class Trimmer:
    """Gives memory back after every so many tasks.

    Of the 90 MB by which 20,000 pages enlarge a process, it gives a third back. Another C library
    than glibc does as it likes.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
        self._tasks = 0

    def count_task(self) -> None:
        self._tasks += 1
        if self._libc is not None and self._tasks % _TASKS_A_TRIM == 0:
            gc.collect()
            self._libc.malloc_trim(0)
