"""Who leads, by a role that a test gives and takes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from enginemaker import SwitchedRole, until

from aggregator.engine.leadership import Leadership
from aggregator.errors import StorageError
from aggregator.storage.protocol import Role

pytestmark = pytest.mark.anyio


class Log:
    """What a leadership has told."""

    def __init__(self, *, broken: int = 0) -> None:
        """`broken`: how often beginning fails at first."""
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._broken = broken

    def begin(self) -> None:
        if self._broken:
            self._broken -= 1
            raise RuntimeError("not yet")
        self.lines.append("begin")

    async def end(self) -> None:
        self.lines.append("end")

    def report(self, name: str, error: Exception) -> None:
        self.errors.append(f"{name}: {error}")


@asynccontextmanager
async def leadership(role: Role, log: Log) -> AsyncIterator[Leadership]:
    asking = Leadership(
        role,
        begin=log.begin,
        end=log.end,
        report=log.report,
        period=timedelta(milliseconds=5),
        patience=timedelta(milliseconds=50),
    )
    task = asyncio.create_task(asking.run())
    try:
        yield asking
    finally:
        asking.stop()
        await task
        await asking.drop()
        assert not asking.leads


async def test_begins_and_ends_with_the_role() -> None:
    role, log = SwitchedRole(held=False), Log()
    async with leadership(role, log) as asking:
        for _ in range(2):
            role.held = True
            await until(lambda: asking.leads)
            role.held = False
            await until(lambda: not asking.leads)
    await until(lambda: log.lines == ["begin", "end"] * 2)
    assert log.errors == []
    assert role.dropped == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [(StorageError("away"), []), (RuntimeError("odd"), ["leadership: odd"])],
)
async def test_a_role_that_cannot_be_asked_is_not_ours(error: Exception, told: list[str]) -> None:
    class Broken(SwitchedRole):
        fails = False

        def take(self) -> bool:
            if self.fails:
                raise error
            return super().take()

    role, log = Broken(), Log()
    async with leadership(role, log) as asking:
        await until(lambda: asking.leads)
        role.fails = True
        await until(lambda: not asking.leads)
        role.fails = False
        await until(lambda: asking.leads)
    assert sorted(set(log.errors)) == told


async def test_a_role_that_does_not_answer_is_not_ours_and_not_asked_twice_at_once() -> None:
    class Silent(SwitchedRole):
        silent = False
        inside = 0
        gate = threading.Event()

        def take(self) -> bool:
            if self.silent:
                self.inside += 1
                assert self.inside == 1
                self.gate.wait()
                self.inside -= 1
            return super().take()

    role, log = Silent(), Log()
    async with leadership(role, log) as asking:
        await until(lambda: asking.leads)
        role.silent = True
        await until(lambda: log.lines == ["begin", "end"])
        role.silent = False
        role.gate.set()
        await until(lambda: asking.leads)
    assert log.errors == []


async def test_a_leader_that_cannot_begin_tries_again() -> None:
    log = Log(broken=1)
    async with leadership(SwitchedRole(), log) as asking:
        await until(lambda: asking.leads)
    assert log.errors == ["leadership: not yet"]
    assert log.lines == ["begin"]
