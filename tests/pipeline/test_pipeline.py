"""The straight line, with a fake publisher at the fetching seam and a real store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lines import Publisher, answer, feed_of, line_of

from aggregator.errors import StorageError
from aggregator.pipeline import (
    Event,
    FeedPolled,
    Pipeline,
    StoriesAssigned,
    TextFetched,
    WorkDropped,
    assign_stories,
    enrich_host,
    poll_host,
)
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import (
    Article,
    Assignment,
    FailureGrade,
    FetchFailed,
    GroupInput,
    NotModified,
    PagePolicy,
    Source,
    TextOrigin,
    TextState,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "news.example.org"
FEED = f"https://{HOST}/feed"
PAGE = f"https://{HOST}/ferry"
SENTENCE = (
    "The ferry to Skerry Point sailed again on Sunday after {n} days in dock, and the harbour "
    "master of Orrinmouth counted {n} cars, two lorries and a wedding party on board. "
)
LONG = "".join(f"<p>{SENTENCE.format(n=number)}</p>" for number in range(3, 12))


def feed(*items: tuple[str, str, str]) -> bytes:
    return feed_of(HOST, *items)


def page(body: str = LONG) -> bytes:
    return f"<html lang=en><title>Ferry</title><article><h1>Ferry</h1>{body}</article>".encode()


@dataclass
class House:
    line: Pipeline
    publisher: Publisher
    storage: SqliteStorage
    events: list[Event]
    now: datetime = NOW

    def poll(self) -> FeedPolled:
        asyncio.run(poll_host(self.line, HOST))
        (event,) = [item for item in self.events if isinstance(item, FeedPolled)]
        self.events.clear()
        return event

    def enrich(self, host: str = HOST) -> list[TextFetched]:
        asyncio.run(enrich_host(self.line, host))
        found = [item for item in self.events if isinstance(item, TextFetched)]
        self.events.clear()
        return found

    def article(self, number: int = 1) -> Article:
        found = self.storage.article(number)
        assert found is not None
        return found

    def follow(self, **changes: object) -> None:
        source = Source(name="News", url=FEED, headers=(("X-Api-Key", "secret"),))
        changed = replace(source, **changes)  # type: ignore[arg-type]  # fields of it
        self.storage.sync_sources([changed], now=self.now)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    storage = open_storage(tmp_path / "aggregator.db")
    publisher = Publisher()
    events: list[Event] = []
    line = line_of(storage, publisher, clock=lambda: made.now, report=events.append)
    made = House(line, publisher, storage, events)
    made.follow()
    yield made
    storage.close()


def test_a_poll_stores_entries_and_validators_and_asks_with_them(house: House) -> None:
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", "Back.")), etag='"1"')
    assert house.poll().new == 1
    house.publisher.answers[FEED] = NotModified(
        url=FEED, etag=None, last_modified=None, elapsed=timedelta()
    )
    house.now += timedelta(hours=1)
    second = house.poll()
    assert (second.new, second.unchanged, second.error) == (0, True, None)
    assert house.publisher.requests[-1].etag == '"1"'
    assert house.publisher.requests[-1].max_bytes == 1_000_000


def test_the_same_bytes_are_not_parsed_again(house: House) -> None:
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", "Back.")))
    house.poll()
    house.now += timedelta(hours=1)
    assert house.poll().unchanged


def test_a_body_that_is_no_feed_is_a_failure_and_keeps_no_validators(house: House) -> None:
    house.publisher.answers[FEED] = answer(FEED, b"<html><p>Hello</p></html>", etag='"1"')
    polled = house.poll()
    assert polled.error
    assert polled.next_poll_at > house.now + timedelta(minutes=30)
    (status,) = house.storage.source_statuses()
    assert status.state.etag is None
    assert status.state.failures == 1


def test_a_failed_fetch_says_why_and_when_again(house: House) -> None:
    polled = house.poll()
    assert polled.error == "the server answered 404"
    assert polled.status == 404
    assert house.storage.due_hosts(now=polled.next_poll_at, limit=9)


def test_a_page_replaces_the_feeds_summary(house: House) -> None:
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", "Back.")))
    house.publisher.answers[PAGE] = answer(PAGE, page())
    house.poll()
    (fetched,) = house.enrich()
    assert fetched.state is TextState.READY
    article = house.article()
    assert article.text_origin is TextOrigin.PAGE
    assert "wedding party" in article.text
    assert dict(house.publisher.requests[-1].headers) == {"X-Api-Key": "secret"}
    assert house.publisher.requests[-1].max_bytes == 500_000


def test_headers_of_a_source_do_not_go_to_other_hosts(house: House) -> None:
    elsewhere = "https://pages.example.com/ferry"
    body = feed(("ferry", "Ferry", "Back.")).replace(PAGE.encode(), elsewhere.encode())
    house.publisher.answers[FEED] = answer(FEED, body)
    house.publisher.answers[elsewhere] = answer(elsewhere, page())
    house.poll()
    house.enrich("pages.example.com")
    assert house.publisher.requests[-1].url == elsewhere
    assert house.publisher.requests[-1].headers == ()


def test_a_failed_page_is_tried_again_with_back_off_and_then_given_up(house: House) -> None:
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", "It is back.")))
    house.publisher.answers[PAGE] = FetchFailed(
        url=PAGE, grade=FailureGrade.SOFT, reason="the server answered 500", status=500
    )
    house.poll()
    states = []
    for _ in range(10):
        states += [fetched.state for fetched in house.enrich()]
        house.now += timedelta(days=1)
    assert states == [TextState.RETRY] * 4 + [TextState.FAILED]
    article = house.article()
    assert article.text == "It is back."
    assert article.text_error == "the server answered 500"


def test_an_article_whose_page_fails_gets_its_story_at_once_and_its_text_later(
    house: House,
) -> None:
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", "It is back.")))
    house.poll()
    assert asyncio.run(assign_stories(house.line)) == 0  # the page is still to come
    house.enrich()
    assert asyncio.run(assign_stories(house.line)) == 1
    house.publisher.answers[PAGE] = answer(PAGE, page())
    house.now += timedelta(days=1)
    house.enrich()
    assert house.article().text_origin is TextOrigin.PAGE
    assert asyncio.run(assign_stories(house.line)) == 1  # alone, so it is looked at again


def test_of_a_page_that_gives_far_less_than_the_feed_the_feeds_text_is_taken(house: House) -> None:
    house.follow(pages=PagePolicy.ALWAYS)
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", LONG)))
    house.publisher.answers[PAGE] = answer(PAGE, page(f"<p>{SENTENCE.format(n=1)}</p>"))
    house.poll()
    (fetched,) = house.enrich()
    assert (fetched.state, fetched.error) == (TextState.READY, None)
    assert fetched.origin.is_feed
    article = house.article()
    assert article.text_why
    assert "counted 9 cars" in article.text


def test_work_whose_lease_ran_out_is_dropped_and_falls_due_again(house: House) -> None:
    house.publisher.answers[FEED] = answer(FEED, feed(("ferry", "Ferry", "Back.")))
    late = house.now + 2 * house.line.lease
    times = iter([house.now, late, late])
    house.line.clock = lambda: next(times, late)
    asyncio.run(poll_host(house.line, HOST))
    assert [type(event) for event in house.events] == [WorkDropped]
    assert house.publisher.requests == []
    assert house.storage.due_hosts(now=late, limit=9)


class FullDisk(SqliteStorage):
    """A store that fails in the third stage for as long as it is told to."""

    full = False

    def assign(
        self,
        assigned: Sequence[tuple[GroupInput, Assignment]],
        *,
        now: datetime,
        state: int | None = None,
    ) -> list[Assignment]:
        if self.full:
            raise StorageError("the disk is full")
        return super().assign(assigned, now=now, state=state)


def test_a_failed_commit_of_stage_three_changes_nothing(house: House, tmp_path: Path) -> None:
    storage = FullDisk(
        tmp_path / "aggregator.db", read_only=False, busy_timeout=timedelta(seconds=10)
    )
    house.line.storage = storage
    text = " ".join(SENTENCE.format(n=n) for n in range(3, 12))
    items = [("one", "Ferry sails", text), ("two", "Ferry back at sea", text)]
    house.publisher.answers[FEED] = answer(FEED, feed(*items))
    house.follow(pages=PagePolicy.NEVER)
    house.poll()
    storage.full = True
    with pytest.raises(StorageError):
        asyncio.run(assign_stories(house.line))
    storage.full = False
    assert asyncio.run(assign_stories(house.line)) == 2
    (assigned,) = [event for event in house.events if isinstance(event, StoriesAssigned)]
    assert len({item.story for item in assigned.assignments}) == 1
    assert storage.check() == []
    storage.close()
