"""The engine of one process, on a real event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from aggregator.engine.inprocess import InProcessEngine
from aggregator.engine.protocol import EnrichHost, Job, PollHost

pytestmark = pytest.mark.anyio


def engine(
    handler: Callable[[Job], Awaitable[None]],
    *,
    concurrency: int = 2,
    errors: list[str] | None = None,
) -> InProcessEngine:
    def on_error(name: str, error: BaseException) -> None:
        if errors is not None:
            errors.append(f"{name}: {error}")

    return InProcessEngine(handler, concurrency=concurrency, on_error=on_error)


async def test_runs_jobs_and_never_the_same_one_twice_at_once() -> None:
    gate = asyncio.Event()
    seen: list[Job] = []

    async def handler(job: Job) -> None:
        seen.append(job)
        await gate.wait()

    running = engine(handler)
    await running.submit([PollHost("a")])
    await running.submit([PollHost("a"), EnrichHost("a")])
    assert (running.running, await running.room()) == (2, 0)
    assert running.running == 2
    gate.set()
    await running.idle()
    assert seen == [PollHost("a"), EnrichHost("a")]
    await running.submit([PollHost("a")])
    await running.idle()
    assert await running.stop(grace=timedelta(seconds=1))


async def test_a_job_that_fails_is_reported_and_harms_no_other() -> None:
    errors: list[str] = []
    done: list[str] = []

    async def handler(job: Job) -> None:
        assert isinstance(job, PollHost)
        if job.host == "bad":
            raise RuntimeError("boom")
        done.append(job.host)

    running = engine(handler, errors=errors)
    await running.submit([PollHost("bad")])
    await running.submit([PollHost("good")])
    await running.idle()
    assert errors == ["PollHost: boom"]
    assert done == ["good"]
    await running.stop(grace=timedelta(seconds=1))


async def test_changed_returns_when_a_job_has_ended_meanwhile() -> None:
    async def handler(_: Job) -> None:
        await asyncio.sleep(0)

    running = engine(handler)
    await running.changed()  # nothing is under way
    await running.submit([PollHost("a")])
    await running.idle()
    await running.submit([PollHost("b")])
    await running.changed()
    await running.idle()
    await running.changed()
    await running.stop(grace=timedelta(seconds=1))


async def test_stop_waits_for_what_is_under_way_and_begins_nothing_more() -> None:
    finished = asyncio.Event()

    async def handler(_: Job) -> None:
        await asyncio.sleep(0.01)
        finished.set()

    running = engine(handler)
    await running.submit([PollHost("a")])
    assert await running.stop(grace=timedelta(seconds=30))
    assert finished.is_set()
    await running.submit([PollHost("b")])
    assert (running.running, await running.room()) == (0, 0)


async def test_stop_cancels_what_takes_longer_than_the_grace() -> None:
    cancelled = asyncio.Event()

    async def handler(_: Job) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    running = engine(handler)
    await running.submit([PollHost("a")])
    await asyncio.sleep(0)
    assert not await running.stop(grace=timedelta(0))
    assert cancelled.is_set()
    assert not running.running


async def test_every_calls_at_once_and_again_and_survives_errors() -> None:
    calls = 0
    thrice = asyncio.Event()
    errors: list[str] = []

    async def nothing(_: Job) -> None: ...

    async def action() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            thrice.set()
        raise RuntimeError(f"call {calls}")

    running = engine(nothing, errors=errors)
    running.every(timedelta(milliseconds=10), "tick", action)
    await thrice.wait()
    await running.stop(grace=timedelta(seconds=1))
    assert errors[:3] == ["tick: call 1", "tick: call 2", "tick: call 3"]


async def test_stop_lets_an_action_finish() -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def nothing(_: Job) -> None: ...

    async def action() -> None:
        begun.set()
        await asyncio.sleep(0.01)
        finished.set()

    running = engine(nothing)
    running.every(timedelta(hours=1), "slow", action)
    await begun.wait()
    assert await running.stop(grace=timedelta(seconds=30))
    assert finished.is_set()
