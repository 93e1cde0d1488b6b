"""The stay at one host: what ends it, or a request of it, before its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lines import line_of

from aggregator.core.outage import ENOUGH
from aggregator.pipeline import Event, FeedPolled, Pipeline, WorkDropped, poll_host
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import FailureGrade, FetchFailed, FetchOutcome, FetchRequest, Source

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "news.example.org"
FEEDS = 10


@dataclass
class Publisher:
    """Does as told with each request, and remembers it."""

    does: Callable[[FetchRequest], FetchOutcome | None]
    """None: it does not answer."""
    requests: list[str] = field(default_factory=list)

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        self.requests.append(request.url)
        outcome = self.does(request)
        if outcome is None:
            await asyncio.Event().wait()
            raise AssertionError
        return outcome


@dataclass
class Stay:
    storage: SqliteStorage
    now: datetime = NOW
    events: list[Event] = field(default_factory=list)

    def line(self, publisher: Publisher, *, lease: timedelta = timedelta(minutes=10)) -> Pipeline:
        return line_of(
            self.storage,
            publisher,
            clock=lambda: self.now,
            report=self.events.append,
            timeout=timedelta(milliseconds=10),
            lease=lease,
        )

    @property
    def due(self) -> int:
        """Feeds that whoever comes next finds due on a host that nobody holds."""
        return sum(one.due for one in self.storage.due_hosts(now=self.now, limit=10))


@pytest.fixture
def stay(tmp_path: Path) -> Iterator[Stay]:
    storage = open_storage(tmp_path / "aggregator.db")
    sources = [
        Source(name=f"Feed {n}", url=f"https://{HOST}/{n}", proxy="" if n % 2 else None)
        for n in range(FEEDS)
    ]
    storage.sync_sources(sources, now=NOW)
    yield Stay(storage)
    storage.close()


def passing(request: FetchRequest) -> FetchFailed:
    return FetchFailed(url=request.url, grade=FailureGrade.PASSING, reason="took longer than 1 s")


def test_a_request_is_cut_when_the_lease_runs_out(stay: Stay) -> None:
    """It may have waited for a connection meanwhile, and have hardly begun."""
    publisher = Publisher(lambda _: None)
    asyncio.run(poll_host(stay.line(publisher, lease=timedelta(milliseconds=50)), HOST))
    assert set(stay.events) == {WorkDropped(what=f"poll of Feed {n}") for n in range(FEEDS)}
    assert stay.due == FEEDS


def test_of_a_host_that_does_not_answer_the_rest_is_put_off(stay: Stay) -> None:
    """Those that go through a proxy are another matter."""
    publisher = Publisher(passing)
    asyncio.run(poll_host(stay.line(publisher), HOST))
    assert len(publisher.requests) == 2 * ENOUGH
    errors = [event.error for event in stay.events if isinstance(event, FeedPolled)]
    assert errors.count("took longer than 1 s") == 2 * ENOUGH
    assert len(errors) == FEEDS
    assert {error for error in errors if error != "took longer than 1 s"} == {
        f"not asked, as {HOST} has answered none of 3 requests just before: took longer than 1 s"
    }
    assert stay.due == 0

    # Those that were not asked are due again before the others, and so asked first.
    asked = set(publisher.requests)
    stay.now += timedelta(hours=3)
    asyncio.run(poll_host(stay.line(publisher), HOST))
    again = publisher.requests[2 * ENOUGH :]
    assert not set(again[: FEEDS - len(asked)]) & asked


def test_nothing_more_is_asked_for_when_the_pass_is_over(stay: Stay) -> None:
    line = stay.line(Publisher(lambda _: None))

    def answer(request: FetchRequest) -> FetchOutcome:
        if len(publisher.requests) == 2:
            line.ends_at = stay.now
        return FetchFailed(url=request.url, grade=FailureGrade.SOFT, reason="no", status=404)

    publisher = Publisher(answer)
    line.fetcher = publisher
    asyncio.run(poll_host(line, HOST))
    assert len(publisher.requests) == 2
    assert stay.due == FEEDS - 2
