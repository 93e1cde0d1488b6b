"""Looking names up and choosing among their addresses."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
from clients import failed, fetcher
from sim.clock import run_virtually

from aggregator.fetch.race import Opener, alternating, first
from aggregator.fetch.resolve import SystemResolver
from aggregator.types import FailureGrade, FetchRequest

FOUR = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
SIX = ["2001:db8::1", "2001:db8::2"]


@pytest.mark.parametrize(
    ("addresses", "order"),
    [
        ([], []),
        (FOUR[:1], FOUR[:1]),
        (FOUR, FOUR),
        (SIX + FOUR, [SIX[0], FOUR[0], SIX[1], FOUR[1], FOUR[2]]),
        (FOUR + SIX, [FOUR[0], SIX[0], FOUR[1], SIX[1], FOUR[2]]),
    ],
)
def test_families_take_turns_and_the_preferred_one_begins(
    addresses: list[str], order: list[str]
) -> None:
    assert alternating(addresses) == order


class _Line:
    """A connection to nobody."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


class _Race:
    """Attempts that succeed or fail after so many seconds; `begun` has their starts."""

    def __init__(self, *attempts: tuple[float, bool]) -> None:
        self.begun: list[float] = []
        self.lines: list[_Line] = []
        self._attempts = attempts

    async def run(self) -> str:
        return (await first([self._opener(n) for n in range(len(self._attempts))])).address

    def _opener(self, number: int) -> Opener[_Line]:
        async def attempt() -> _Line:
            self.begun.append(asyncio.get_running_loop().time())
            seconds, succeeds = self._attempts[number]
            await asyncio.sleep(seconds)
            if not succeeds:
                raise ConnectionRefusedError(str(number))
            self.lines.append(_Line(str(number)))
            return self.lines[-1]

        return attempt


@pytest.mark.parametrize(
    ("attempts", "winner", "begun"),
    [
        ([(0.1, True)], "0", [0.0]),
        ([(0.1, True), (0.1, True)], "0", [0.0]),
        ([(0.1, False), (0.1, True)], "1", [0.0, 0.1]),
        ([(99.0, True), (0.1, True)], "1", [0.0, 0.25]),
        ([(0.4, True), (0.4, True)], "0", [0.0, 0.25]),
        ([(99.0, True), (99.0, True), (0.1, True)], "2", [0.0, 0.25, 0.5]),
        ([(0.3, False), (0.3, False), (0.3, True)], "2", [0.0, 0.25, 0.3]),
    ],
)
def test_the_next_address_is_tried_after_a_failure_or_a_quarter_second(
    attempts: list[tuple[float, bool]], winner: str, begun: list[float]
) -> None:
    race = _Race(*attempts)
    assert run_virtually(race.run()) == winner
    assert race.begun == pytest.approx(begun)


def test_when_two_connect_at_once_one_is_closed() -> None:
    race = _Race((0.5, True), (0.25, True))
    winner = run_virtually(race.run())
    assert [line.closed for line in race.lines] == [line.address != winner for line in race.lines]


def test_when_all_fail_the_first_one_tells_why() -> None:
    with pytest.raises(ConnectionRefusedError, match="0"):
        run_virtually(_Race((0.1, False), (0.1, False)).run())


def test_calling_off_calls_off_every_attempt() -> None:
    race = _Race((99.0, True), (99.0, True))

    async def main() -> int:
        task = asyncio.ensure_future(race.run())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks())

    assert run_virtually(main()) == 1
    assert (len(race.begun), race.lines) == (2, [])


def test_a_name_server_that_does_not_answer_is_named() -> None:
    async def never(_: str, __: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> str:
        async with fetcher(timeout=60, resolve=never) as client:
            outcome = failed(await client.fetch(FetchRequest(url="http://news.example.org/")))
            assert outcome.grade is FailureGrade.PASSING
            return outcome.reason

    assert run_virtually(main()) == (
        "news.example.org could not be reached: looking up its address took longer than 10 s"
    )


def test_the_system_knows_localhost() -> None:
    found = asyncio.run(SystemResolver()("localhost", 80))
    assert set(found) <= {"127.0.0.1", "::1"}
    assert len(set(found)) == len(found) > 0


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".invalid", "a..invalid"])
def test_the_system_does_not_know_these(host: str) -> None:
    with pytest.raises(socket.gaierror):
        asyncio.run(SystemResolver()(host, 80))


def test_a_look_up_that_hangs_holds_up_one_turn_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system's resolver itself is the seam: nothing of ours is replaced."""
    release = threading.Event()
    asked: list[str] = []

    def hanging(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        if host == "hangs.example.org":
            release.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", hanging)

    async def main() -> None:
        resolve = SystemResolver(lookups=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await resolve("hangs.example.org", 80)
        waiting = asyncio.ensure_future(resolve("news.example.org", 80))
        await asyncio.sleep(0)
        assert asked == ["hangs.example.org"]  # its thread still has the only turn
        release.set()
        assert await waiting == ["203.0.113.1"]

    asyncio.run(main())
    assert not any(
        thread.name.startswith("look up") and not thread.daemon for thread in threading.enumerate()
    )


def test_a_loop_that_closes_leaves_a_look_up_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    release, threads = threading.Event(), []

    def hanging(*_: object, **__: object) -> list[object]:
        threads.append(threading.current_thread())
        release.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hanging)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await SystemResolver()("hangs.example.org", 80)

    asyncio.run(main())
    release.set()
    threads[0].join(5)  # raises nothing, which pytest would report
    assert not threads[0].is_alive()
