"""What one process at a time does, in a process that is no worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aggregator.storage.protocol import LEADER, Storage


@asynccontextmanager
async def leading(storage: Storage) -> AsyncIterator[bool]:
    """Whether it falls to us for the block; False: another process is at it, and will do it."""
    role = storage.role(LEADER)
    leads = await asyncio.to_thread(role.take)
    try:
        yield leads
    finally:
        if leads:
            await asyncio.to_thread(role.drop)
