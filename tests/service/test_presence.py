"""What a health check says of the workers that a database knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.service.presence import machine, workers_health
from aggregator.types import Worker

NOW = datetime(2024, 2, 7, 10, 30, tzinfo=UTC)


def worker(name: str, *, ago: int = 2, leads: bool = False) -> Worker:
    return Worker(
        name=name,
        machine=name.partition(":")[0],
        version="1.0",
        started_at=NOW - timedelta(hours=1),
        seen_at=NOW - timedelta(seconds=ago),
        jobs=3,
        leads=leads,
    )


HERE = f"{machine()}:12"


@pytest.mark.parametrize(
    ("workers", "alive", "says"),
    [
        ([], False, "no worker has given a sign of life; start one with `aggregator worker`"),
        ([worker(HERE, ago=91, leads=True)], False, "no worker has given a sign of life"),
        ([worker(HERE)], True, "alive; 1 worker, none leads yet"),
        ([worker(HERE, ago=90, leads=True)], True, f"alive; 1 worker, {HERE} leads"),
        (
            [worker(HERE), worker("far:7", leads=True), worker("gone:8", ago=300)],
            True,
            "alive; 2 workers, far:7 leads",
        ),
        (
            [worker(HERE, ago=100, leads=True), worker("far:7")],
            False,
            f"no worker of this machine, {machine()}, is alive; there is 1 worker, none leads yet",
        ),
    ],
)
def test_health_is_that_of_this_machine(workers: list[Worker], alive: bool, says: str) -> None:
    found, sentence = workers_health(workers, now=NOW)
    assert found is alive
    assert sentence.startswith(says)
