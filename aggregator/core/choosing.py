"""Which source somebody means by a name, an address, or a part of either."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from aggregator.errors import UsageError
from aggregator.types import Source

T = TypeVar("T")


def choose(items: Collection[T], name: str, *, source: Callable[[T], Source], unknown: str) -> T:
    """The one whose source has that name or address, else the only one that has it as a part.

    Case does not count. Raises UsageError: `unknown` where there is none, or which it may mean.
    """
    wanted = name.casefold()
    near = []
    for item in items:
        names = (source(item).name.casefold(), source(item).url.casefold())
        if wanted in names:
            return item
        if any(wanted in one for one in names):
            near.append(item)
    if len(near) == 1:
        return near[0]
    if not near:
        raise UsageError(unknown)
    listed = ", ".join(f"“{source(item).name}”" for item in near[:5])
    raise UsageError(f"“{name}” may mean {listed}; say which")
