"""One request at a time to a host, with a pause between starts; on a clock that jumps."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sim.clock import run_virtually

from aggregator.fetch.gate import HostGate

DELAY = timedelta(seconds=2)


async def _visit(
    gate: HostGate, host: str, log: list[tuple[str, float]], *, takes: float = 0.0
) -> None:
    async with gate.turn(host):
        log.append((host, asyncio.get_running_loop().time()))
        await asyncio.sleep(takes)


def test_b12_starts_at_one_host_are_spaced_and_hosts_do_not_wait_for_each_other() -> None:
    async def main() -> list[tuple[str, float]]:
        gate, log = HostGate(DELAY), list[tuple[str, float]]()
        await asyncio.gather(*(_visit(gate, host, log) for host in ("a", "a", "b", "a", "b")))
        return log

    log = run_virtually(main())
    assert [at for host, at in log if host == "a"] == pytest.approx([0, 2, 4])
    assert [at for host, at in log if host == "b"] == pytest.approx([0, 2])


def test_b12_a_slow_request_is_waited_for_and_is_followed_by_half_a_pause() -> None:
    async def main() -> list[tuple[str, float]]:
        gate, log = HostGate(DELAY), list[tuple[str, float]]()
        takes = (5.0, 0.5, 0.0)
        await asyncio.gather(*(_visit(gate, "a", log, takes=seconds) for seconds in takes))
        return log

    assert [at for _, at in run_virtually(main())] == pytest.approx([0, 6, 8])


def test_the_pause_holds_between_visits_that_do_not_overlap() -> None:
    async def main() -> list[tuple[str, float]]:
        gate, log = HostGate(DELAY), list[tuple[str, float]]()
        for _ in range(3):
            await _visit(gate, "a", log)
        return log

    assert [at for _, at in run_virtually(main())] == pytest.approx([0, 2, 4])


def test_an_idle_host_is_forgotten_once_its_pause_is_over() -> None:
    async def main() -> tuple[int, int]:
        gate = HostGate(DELAY)
        for number in range(100):
            await _visit(gate, str(number), [])
        during = len(gate)
        await asyncio.sleep(2.5)
        return during, len(gate)

    assert run_virtually(main()) == (100, 0)


def test_a_host_in_use_is_not_forgotten() -> None:
    async def main() -> tuple[list[tuple[str, float]], int]:
        gate, log = HostGate(DELAY), list[tuple[str, float]]()
        await _visit(gate, "a", log)
        visits = [asyncio.ensure_future(_visit(gate, "a", log, takes=10)) for _ in range(2)]
        await asyncio.sleep(8)
        remembered = len(gate)
        await asyncio.gather(*visits)
        return log, remembered

    log, remembered = run_virtually(main())
    assert [at for _, at in log] == pytest.approx([0, 2, 13])
    assert remembered == 1


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_cancelling_a_visit_neither_blocks_nor_delays_the_others(cancelled: int) -> None:
    async def main() -> list[tuple[str, float]]:
        gate, log = HostGate(DELAY), list[tuple[str, float]]()
        tasks = [asyncio.ensure_future(_visit(gate, "a", log, takes=1)) for _ in range(4)]
        await asyncio.sleep(0.5)
        tasks[cancelled].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(5)
        assert len(gate) == 0
        return log

    starts = [at for _, at in run_virtually(main())]
    assert starts == pytest.approx([0, 2, 4, 6] if cancelled == 0 else [0, 2, 4])


def test_an_error_in_a_turn_ends_it() -> None:
    async def main() -> list[tuple[str, float]]:
        gate, log = HostGate(DELAY), list[tuple[str, float]]()
        with pytest.raises(ZeroDivisionError):
            async with gate.turn("a"):
                _ = 1 / 0
        await _visit(gate, "a", log)
        return log

    assert [at for _, at in run_virtually(main())] == pytest.approx([2])
