"""Places for jobs, on a clock that a test sets."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.engine.places import MOST, Places


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def places(count: int, clock: Clock) -> Places:
    return Places(count, patience=timedelta(seconds=5), clock=clock)


def test_a_job_has_a_place_until_it_ends_or_takes_long() -> None:
    clock = Clock()
    two = places(2, clock)
    assert (two.free, two.opens_in) == (2, None)
    two.begin("a")
    clock.now = 3.0
    two.begin("b")
    assert (two.free, two.opens_in) == (0, 2.0)
    clock.now = 5.0
    assert (two.free, two.opens_in) == (1, 3.0)
    two.end("b")
    assert (two.free, two.opens_in) == (2, None)
    two.end("a")
    two.end("a")
    assert two.free == 2


def test_slow_jobs_are_bounded_too() -> None:
    clock = Clock()
    two = places(2, clock)
    for number in range(MOST * 2):
        assert two.free >= 1
        two.begin(number)
        clock.now += 5.0
    assert (two.free, two.opens_in) == (0, None)
    two.end(0)
    assert two.free == 1


@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.floats(0, 4)), max_size=60))
def test_whatever_happens_few_are_young_and_not_many_are_there(
    count: int, steps: list[tuple[bool, float]]
) -> None:
    clock, begun = Clock(), dict[int, float]()
    some = places(count, clock)
    for number, (begins, passes) in enumerate(steps):
        if begins and some.free:
            begun[number] = clock.now
            some.begin(number)
        elif not begins and begun:
            oldest = min(begun)
            del begun[oldest]
            some.end(oldest)
        clock.now += passes
        assert len(begun) <= MOST * count
        assert sum(clock.now - at < 5 for at in begun.values()) <= count


@pytest.mark.anyio
async def test_who_waits_is_called_when_a_job_ends_or_has_taken_long_or_all_is_over() -> None:
    one = Places(1, patience=timedelta(hours=1))
    assert await one.wait()
    one.begin("a")
    waiting = asyncio.create_task(one.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    one.end("a")
    assert await waiting

    slow = Places(1, patience=timedelta(milliseconds=10))
    slow.begin("a")
    assert await slow.wait()

    one.begin("b")
    waiting = asyncio.create_task(one.wait())
    await asyncio.sleep(0)
    one.close()
    assert not await waiting
