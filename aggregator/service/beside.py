"""What else runs in the service's process, beside its engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.service.runtime import Runtime

Beside = Callable[["Runtime", asyncio.Event], Coroutine[Any, Any, None]]
"""Runs from when the service is ready until the event is set, and then for `GRACE` at most. It sees
to its own errors, and follows `Runtime.config`, which changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Of the page."""

    address: str | None = None
    """Where it is served, http://…; None: it is not."""
    trouble: str | None = None
    """Why it is not, although it should be."""
