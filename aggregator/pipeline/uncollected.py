"""The garbage collector put off while much is built that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """For less than a second or two, in one thread at a time.

    A window in memory is a hundred thousand objects without a cycle among them. Each collection
    walks over many of them and finds nothing, which takes a tenth of the time of grouping.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
