"""What the service hears while the database is away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from aggregator.engine.reports import Reports
from aggregator.errors import ClaimLost, StorageError

pytestmark = pytest.mark.anyio


class Away(Exception):
    """As the queue's library raises it."""


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def reports(heard: list[str]) -> Reports:
    return Reports(
        lambda name, error: heard.append(f"{name}: {error}"),
        losses=(Away,),
        patience=timedelta(seconds=0.02),
        quiet=timedelta(0),
    )


async def answer(*, after: asyncio.Event | None = None, error: Exception | None = None) -> str:
    if after is not None:
        await after.wait()
    if error is not None:
        raise error
    return "answer"


async def test_an_outage_is_reported_once(reports: Reports, heard: list[str]) -> None:
    states = [reports.up]
    for _ in range(3):
        assert await reports.ask(answer(error=Away("connection refused\nmore"))) is None
    states.append(reports.up)
    [line] = heard
    assert line == (
        "engine: the job queue cannot be used: connection refused; it is tried until it answers"
    )
    assert await reports.ask(answer()) == "answer"
    assert [*states, reports.up] == [True, False, True]
    await reports.ask(answer(error=Away("again")))
    assert len(heard) == 2


async def test_a_server_that_goes_bit_by_bit_is_one_outage(heard: list[str]) -> None:
    reports = Reports(
        lambda name, _: heard.append(name), losses=(Away,), patience=timedelta(hours=1)
    )
    for _ in range(3):
        await reports.ask(answer(error=Away("gone")))
        await reports.ask(answer())
    assert reports.up
    assert heard == ["engine"]


async def test_the_cause_is_what_counts(reports: Reports, heard: list[str]) -> None:
    error = Away("database error")
    error.__cause__ = OSError("the server went away")
    await reports.ask(answer(error=error))
    assert "the server went away" in heard[0]
    assert "database error" not in heard[0]


async def test_silence_is_a_loss_but_not_where_it_is_expected(
    reports: Reports, heard: list[str]
) -> None:
    never = asyncio.Event()
    assert await reports.ask(answer(after=never)) is None
    assert heard == [
        "engine: the job queue cannot be used: it does not answer; it is tried until it answers"
    ]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reports.ask(answer(after=never), in_time=False), 0.05)


async def test_an_answer_to_an_older_question_ends_no_outage(reports: Reports) -> None:
    late = asyncio.Event()
    older = asyncio.create_task(reports.ask(answer(after=late), in_time=False))
    await asyncio.sleep(0)
    await reports.ask(answer(error=Away("gone")))
    late.set()
    assert await older == "answer"
    assert not reports.up


async def test_a_failure_that_is_older_than_an_answer_is_no_new_outage(
    reports: Reports, heard: list[str]
) -> None:
    late = asyncio.Event()

    def failing() -> asyncio.Task[str | None]:
        return asyncio.create_task(
            reports.ask(answer(after=late, error=Away("gone")), in_time=False)
        )

    asked = [failing()]  # before the outage
    await asyncio.sleep(0)
    await reports.ask(answer(error=Away("gone")))
    asked.append(failing())  # during the outage
    await asyncio.sleep(0)
    await reports.ask(answer())
    late.set()
    assert await asyncio.gather(*asked) == [None, None]
    assert reports.up
    assert len(heard) == 1


async def test_other_errors_pass(reports: Reports, heard: list[str]) -> None:
    with pytest.raises(ValueError, match="odd"):
        await reports.ask(answer(error=ValueError("odd")))
    assert reports.up
    assert heard == []


async def test_at_the_end_no_answer_is_waited_for_and_no_loss_told(heard: list[str]) -> None:
    reports = Reports(
        lambda name, _: heard.append(name), losses=(Away,), patience=timedelta(hours=1)
    )
    asked = asyncio.create_task(reports.ask(answer(after=asyncio.Event())))
    await asyncio.sleep(0)
    reports.end()
    assert await asked is None
    assert await reports.ask(answer(error=Away("closed"))) is None
    assert heard == []


@pytest.mark.parametrize("lost", [Away("broken"), None])
async def test_a_cancellation_that_the_library_loses_is_not_lost(
    reports: Reports, heard: list[str], lost: Away | None
) -> None:
    async def losing() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if lost is not None:
                raise lost from None
        return "answer"

    asked = asyncio.create_task(reports.ask(losing(), in_time=False))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])
    assert asked.cancelled()
    assert heard == []


async def test_what_fails_with_the_database_is_not_told_again(
    reports: Reports, heard: list[str]
) -> None:
    reports.failed("PollHost", StorageError("no connection"))
    reports.failed("status", StorageError("no connection"))
    await reports.ask(answer(error=Away("gone")))
    reports.failed("PollHost", StorageError("something else"))
    assert [line.partition(":")[0] for line in heard] == ["PollHost", "engine"]


async def test_everything_else_is_told_each_time(reports: Reports, heard: list[str]) -> None:
    await reports.ask(answer(error=Away("gone")))
    for _ in range(2):
        reports.failed("PollHost", ClaimLost("the lease ran out"))
        reports.failed("PollHost", RuntimeError("a mistake"))
    assert len(heard) == 5


async def test_after_an_answer_the_same_words_are_news(reports: Reports, heard: list[str]) -> None:
    for _ in range(2):
        reports.failed("PollHost", StorageError("the disk is full"))
        await reports.ask(answer())
    assert heard == ["PollHost: the disk is full"] * 2
