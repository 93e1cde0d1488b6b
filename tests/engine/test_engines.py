"""What every engine does, whatever it runs on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from enginemaker import NOW, QUICK, SOON, engine, ready, until
from postgres import Postgres

from aggregator.engine.inprocess import InProcessEngine
from aggregator.engine.places import MOST, PATIENCE
from aggregator.engine.protocol import (
    AssignStories,
    CleanUp,
    Engine,
    EnrichHost,
    Handler,
    Job,
    PollHost,
    SendDigests,
)

pytestmark = pytest.mark.anyio

ALL: list[Job] = [
    PollHost("example.com"),
    PollHost("example.org"),
    EnrichHost("example.com"),
    AssignStories(),
    SendDigests(),
    CleanUp(),
]


class Bench:
    """Makes engines that lead, and keeps what went wrong in them."""

    def __init__(self, uri: str | None) -> None:
        self.errors: list[str] = []
        self._uri = uri

    async def __call__(self, handler: Handler, *, patience: timedelta = PATIENCE) -> Engine:
        if self._uri is None:
            return InProcessEngine(handler, concurrency=5, on_error=self._failed, patience=patience)
        pace = replace(QUICK, patience=patience)
        running = await engine(self._uri, handler, on_error=self._failed, pace=pace)
        await until(lambda: running.leads)
        return running

    def _failed(self, name: str, error: BaseException) -> None:
        self.errors.append(f"{name}: {error}")


@pytest.fixture(params=["in process", "distributed"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "in process":
        return Bench(None)
    server: Postgres = request.getfixturevalue("postgres")
    return Bench(ready(server))


async def nothing(_: Job) -> None: ...


async def for_ever(_: Job) -> None:
    await asyncio.Event().wait()


async def test_every_job_runs_once(bench: Bench) -> None:
    done: list[Job] = []

    async def handler(job: Job) -> None:
        done.append(job)

    running = await bench(handler)
    await running.submit(ALL)
    await until(lambda: len(done) >= len(ALL))
    assert await running.stop(grace=SOON)
    assert set(done) == set(ALL)
    assert len(done) == len(ALL)
    assert bench.errors == []


async def test_the_same_job_is_not_under_way_twice(bench: Bench) -> None:
    gate = asyncio.Event()
    begun: list[Job] = []

    async def handler(job: Job) -> None:
        begun.append(job)
        await gate.wait()

    running = await bench(handler)
    await running.submit([PollHost("a"), PollHost("a"), AssignStories()])
    await until(lambda: running.running == 2)
    await running.submit([AssignStories(), PollHost("a"), PollHost("b")])
    await until(lambda: running.running == 3)
    gate.set()
    await running.idle()
    assert set(begun) == {PollHost("a"), PollHost("b"), AssignStories()}
    assert len(begun) == 3
    # Once it has ended it may run again.
    again = len(begun) + 1

    async def resubmit() -> None:
        while len(begun) < again:
            await running.submit([PollHost("a")])
            await asyncio.sleep(0.01)

    await asyncio.wait_for(resubmit(), SOON.total_seconds())
    assert await running.stop(grace=SOON)


async def test_jobs_that_take_long_do_not_take_the_places_of_others(bench: Bench) -> None:
    """Twelve hosts hang, five may be young: so three rounds, and the others are done meanwhile."""
    hang = asyncio.Event()
    hanging: set[Job] = set()
    done: set[Job] = set()

    async def handler(job: Job) -> None:
        assert isinstance(job, PollHost)
        if job.host.startswith("bad"):
            hanging.add(job)
            await hang.wait()
        done.add(job)

    running = await bench(handler, patience=timedelta(milliseconds=200))
    bad: list[Job] = [PollHost(f"bad{number}") for number in range(12)]
    good: list[Job] = [PollHost(f"good{number}") for number in range(12)]
    waiting = [*bad, *good]

    async def keep_full() -> None:
        while waiting:
            for _ in range(await running.room()):
                if waiting:
                    await running.submit([waiting.pop(0)])
            await running.changed()

    await asyncio.wait_for(keep_full(), SOON.total_seconds())
    await until(lambda: done == set(good))
    assert hanging == set(bad)
    hang.set()
    await running.idle()
    assert await running.stop(grace=SOON)
    assert bench.errors == []


async def test_slow_jobs_are_bounded_too(bench: Bench) -> None:
    begun = 0

    async def handler(_: Job) -> None:
        nonlocal begun
        begun += 1
        await asyncio.Event().wait()

    running = await bench(handler, patience=timedelta(0))
    await running.submit([PollHost(f"bad{number}") for number in range(MOST * 5 - 1)])
    await until(lambda: begun == MOST * 5 - 1)
    await running.submit([EnrichHost("bad")])
    await until(lambda: begun == MOST * 5)
    assert running.running == MOST * 5
    assert not await running.stop(grace=NOW)


async def test_a_job_that_fails_is_reported_and_harms_no_other(bench: Bench) -> None:
    done: list[str] = []

    async def handler(job: Job) -> None:
        assert isinstance(job, PollHost)
        if job.host == "bad":
            raise RuntimeError("boom")
        done.append(job.host)

    running = await bench(handler)
    await running.submit([PollHost("bad"), PollHost("good")])
    await until(lambda: done and bench.errors)
    assert await running.stop(grace=SOON)
    assert bench.errors == ["PollHost: boom"]
    assert done == ["good"]


async def test_changed_and_idle_wait_for_jobs(bench: Bench) -> None:
    gates = {"a": asyncio.Event(), "b": asyncio.Event()}

    async def handler(job: Job) -> None:
        assert isinstance(job, PollHost)
        await gates[job.host].wait()

    running = await bench(handler)
    await running.changed()  # nothing is under way
    await running.idle()
    await running.submit([PollHost("a"), PollHost("b")])
    await until(lambda: running.running == 2)
    gates["a"].set()
    while running.running == 2:
        await asyncio.wait_for(running.changed(), SOON.total_seconds())
    idle = asyncio.create_task(running.idle())
    gates["b"].set()
    await asyncio.wait_for(idle, SOON.total_seconds())
    assert running.running == 0
    assert await running.stop(grace=SOON)


async def test_room_is_for_a_few_times_what_can_be_under_way(bench: Bench) -> None:
    running = await bench(for_ever)
    submitted = 0
    deadline = time.monotonic() + SOON.total_seconds()
    while running.running < 5 or await running.room():
        assert time.monotonic() < deadline
        for _ in range(await running.room()):
            submitted += 1
            await running.submit([PollHost(f"{submitted}.example.com")])
        await running.changed() if running.running < 5 else await asyncio.sleep(0.01)
    assert 5 <= submitted <= 5 + 3 * 5
    assert not await running.stop(grace=NOW)
    assert await running.room() == 0


async def test_stop_waits_for_what_is_under_way_and_begins_nothing_more(bench: Bench) -> None:
    gate = asyncio.Event()
    ended: list[Job] = []

    async def handler(job: Job) -> None:
        await gate.wait()
        ended.append(job)

    running = await bench(handler)
    await running.submit([PollHost("a"), AssignStories()])
    await until(lambda: running.running == 2)
    stopping = asyncio.create_task(running.stop(grace=SOON))
    await asyncio.sleep(0)
    await running.submit([PollHost("b")])
    gate.set()
    assert await stopping
    assert set(ended) == {PollHost("a"), AssignStories()}
    assert (running.running, await running.room()) == (0, 0)


async def test_stop_cancels_what_takes_longer_than_the_grace(bench: Bench) -> None:
    cancelled: list[Job] = []

    async def handler(job: Job) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(job)
            raise

    running = await bench(handler)
    await running.submit([PollHost("a"), AssignStories()])
    await until(lambda: running.running == 2)
    assert not await running.stop(grace=NOW)
    assert set(cancelled) == {PollHost("a"), AssignStories()}
    assert not running.running
    assert bench.errors == []


@pytest.mark.parametrize("everywhere", [False, True])
async def test_every_calls_at_once_and_again_and_survives_errors(
    bench: Bench, everywhere: bool
) -> None:
    calls = 0

    async def action() -> None:
        nonlocal calls
        calls += 1
        raise RuntimeError(f"call {calls}")

    running = await bench(nothing)
    running.every(timedelta(milliseconds=10), "tick", action, everywhere=everywhere)
    await until(lambda: calls >= 3)
    await running.stop(grace=SOON)
    assert bench.errors[:3] == ["tick: call 1", "tick: call 2", "tick: call 3"]


async def test_an_action_is_late_rather_than_called_twice_at_once(bench: Bench) -> None:
    inside, calls = 0, 0
    gate = asyncio.Event()

    async def action() -> None:
        nonlocal inside, calls
        calls += 1
        inside += 1
        assert inside == 1
        await gate.wait()
        inside -= 1

    running = await bench(nothing)
    running.every(timedelta(milliseconds=5), "slow", action)
    await until(lambda: inside)
    await asyncio.sleep(0.05)  # several periods
    assert calls == 1
    gate.set()
    await until(lambda: calls >= 2)
    assert await running.stop(grace=SOON)
    assert bench.errors == []


async def test_stop_lets_an_action_finish_or_cuts_it_short(bench: Bench) -> None:
    begun, gate, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def action(gate: asyncio.Event) -> Callable[[], Awaitable[None]]:
        async def wait() -> None:
            begun.set()
            await gate.wait()
            finished.set()

        return wait

    running = await bench(nothing)
    running.every(timedelta(hours=1), "slow", action(gate))
    await begun.wait()
    stopping = asyncio.create_task(running.stop(grace=SOON))
    await asyncio.sleep(0)
    gate.set()
    assert await stopping
    assert finished.is_set()

    begun.clear()
    running = await bench(nothing)
    running.every(timedelta(hours=1), "slower", action(asyncio.Event()))
    await begun.wait()
    assert not await running.stop(grace=NOW)


async def test_stop_insists_where_a_cancellation_gets_lost(bench: Bench) -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost += 1
        await asyncio.Event().wait()

    async def handler(_: Job) -> None:
        await stubborn()

    running = await bench(handler)
    running.every(timedelta(hours=1), "stubborn", stubborn)
    await running.submit([PollHost("a"), AssignStories()])
    await until(lambda: running.running == 2)
    assert not await asyncio.wait_for(running.stop(grace=NOW), SOON.total_seconds())
    assert lost == 3
    assert bench.errors == []
