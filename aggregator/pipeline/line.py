"""What the stages work with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.core.cluster import Grouper
from aggregator.fetch.gate import HostGate
from aggregator.pipeline.events import Event
from aggregator.sandbox import SandboxProtocol
from aggregator.storage.protocol import Storage
from aggregator.types import FetchOutcome, FetchRequest


class Fetching(Protocol):
    async def fetch(self, request: FetchRequest) -> FetchOutcome: ...


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """Everything the stages need; swapped as a whole when the configuration changes."""

    storage: Storage
    fetcher: Fetching
    sandbox: SandboxProtocol
    gate: HostGate
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    """0 to 1."""
    report: Callable[[Event], None]
    copy_window: timedelta
    event_window: timedelta
    max_feed_size: int
    max_page_size: int
    timeout: timedelta
    """Of one exchange as a whole: none takes longer."""
    lease: timedelta
    """How long a host is ours; longer than `timeout`."""
    keep_pages: bool = False
    """Whether pages are kept, so that their texts can be made again."""
    only: Collection[int] | None = None
    """Ids of the sources that are served; None: all."""
    grouper: Grouper | None = None
    """Rebuilt from the store when first needed, after a failed commit, and when stories have
    changed otherwise than by it."""
    grouping_state: int | None = None
    """That of the store which `grouper` knows; None: there has been none."""
    delays: dict[str, timedelta] = field(default_factory=dict)
    """By host: the pause between two requests that its robots.txt asks for, where that is known
    and longer than the gate's."""
    one_large: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Who reads and records a large document has it, for there is not the memory for two."""
    ends_at: datetime | None = None
    """Nothing more is asked for from then on; None: it goes on."""

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.clock() >= self.ends_at
