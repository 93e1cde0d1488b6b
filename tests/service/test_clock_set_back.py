"""A clock that ran ahead and is set back, before the service begins or while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from program import Cli

from aggregator.demo.press import Press
from aggregator.service.meters import Meters
from aggregator.service.run import Service

AHEAD = timedelta(days=1825)


@pytest.mark.timeout(120)
def test_a_running_service_polls_again_and_so_does_an_update(cli: Cli) -> None:
    meters, real = Meters(), datetime.now(UTC)
    now = real + AHEAD

    def polls() -> int:
        return sum(meters.polls.values())

    async def until(happened: Callable[[], bool], running: asyncio.Task[None]) -> None:
        while not happened() and not running.done():  # noqa: ASYNC110 - meters tell nobody
            await asyncio.sleep(0.02)

    async def main(path: Path) -> None:
        nonlocal now
        service = Service(path, environ={}, clock=lambda: now, meters=meters)
        running = asyncio.create_task(service.run())
        try:
            await until(lambda: polls() == 1, running)
            now = real
            await until(lambda: polls() == 2, running)
            now = real + AHEAD
            await until(lambda: polls() == 3, running)
        finally:
            service.stop()
            await running

    with Press(real) as press:
        path = cli.write(
            "storage: aggregator.db\nhost_delay: 0s\nallow: [127.0.0.1]\n"
            f"sources: [{press.outlets[0].feed_url}]\n"
        )
        asyncio.run(main(path))
        told = cli("update").stdout
        assert told.startswith("The clock seems to have been set back: 1 source had been polled")
        assert "1 source polled" in told
        assert "set back" not in cli("update").stdout
