"""What is special about the engine of one process; the rest is in test_engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.engine.inprocess import InProcessEngine
from aggregator.engine.protocol import EnrichHost, Job, PollHost

pytestmark = pytest.mark.anyio


def _unexpected(name: str, error: BaseException) -> None:
    raise AssertionError(f"{name}: {error}") from error


async def test_a_job_is_under_way_as_soon_as_it_is_submitted() -> None:
    gate = asyncio.Event()
    seen: list[Job] = []

    async def handler(job: Job) -> None:
        seen.append(job)
        await gate.wait()

    running = InProcessEngine(handler, concurrency=3, on_error=_unexpected)
    assert running.leads
    assert await running.room() == 3
    await running.submit([PollHost("a")])
    await running.submit([PollHost("a"), EnrichHost("a")])
    assert (running.running, await running.room()) == (2, 1)
    gate.set()
    await running.idle()
    assert seen == [PollHost("a"), EnrichHost("a")]
    assert await running.stop(grace=timedelta(seconds=1))


async def test_changed_returns_when_a_job_has_ended_meanwhile() -> None:
    async def handler(_: Job) -> None:
        await asyncio.sleep(0)

    running = InProcessEngine(handler, concurrency=3, on_error=_unexpected)
    await running.changed()  # nothing is under way
    await running.submit([PollHost("a")])
    await running.idle()
    await running.submit([PollHost("b")])
    await running.changed()
    await running.idle()
    await running.changed()
    assert await running.stop(grace=timedelta(seconds=1))
