"""How the C library keeps memory that Python has given back."""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of mallopt(3)."""
_SETTINGS = (
    (_ARENA_MAX, 2),
    (_MMAP_THRESHOLD, 256 * 1024),
    (_TRIM_THRESHOLD, 8 * 1024 * 1024),
)


def keep_little() -> bool:
    """Give large blocks back to the system at once, and share what is kept among threads.

    By default glibc keeps an arena for each of our threads, and raises what it keeps with every
    large block: hostile feeds left a process at 220 MB that has 150 MB this way. Call it before
    threads are started; False: the C library is another, which does as it likes.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return all(libc.mallopt(parameter, value) == 1 for parameter, value in _SETTINGS)
