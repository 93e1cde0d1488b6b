"""A running service counts what it does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.demo.press import Press
from aggregator.service.meters import Histogram, Meters
from aggregator.service.run import Service


@pytest.mark.timeout(120)
def test_a_service_counts_its_polls_exchanges_texts_and_stories(tmp_path: Path) -> None:
    meters = Meters()

    def all_has_happened() -> bool:
        done = (
            meters.polls,
            meters.exchanges,
            meters.texts,
            meters.assigned,
            meters.to_story.total,
        )
        return all(done) and meters.ticked_at is not None

    async def main() -> None:
        service = Service(tmp_path / "feeds.yaml", environ={}, meters=meters)
        running = asyncio.create_task(service.run())
        try:
            while not all_has_happened() and not running.done():  # noqa: ASYNC110 - meters tell nobody
                await asyncio.sleep(0.02)
        finally:
            service.stop()
            await running

    with Press(datetime.now(UTC)) as press:
        (tmp_path / "feeds.yaml").write_text(
            "storage: aggregator.db\nhost_delay: 0s\nallow: [127.0.0.1]\n"
            f"sources: [{press.outlets[0].feed_url}]\n",
            encoding="utf-8",
        )
        asyncio.run(main())
    assert all_has_happened()
    assert meters.items["new"] > 0
    assert meters.received > 0
    assert sum(meters.published.counts) == 0  # the first reading of a feed brings what is old


def test_a_value_on_a_bound_is_not_above_it() -> None:
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 7.0):
        histogram.add(value)
    assert histogram.counts == [2, 1, 1]
    assert histogram.total == 10.0
