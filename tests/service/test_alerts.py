"""What the program sends when feeds.yaml has watches: to a real server on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hookserver import Hooks, Reply, hook_server
from mailserver import Mailbox, mail_server
from pressfeeds import feeds_of

from aggregator.config import load
from aggregator.demo.press import Press
from aggregator.service.run import Service
from aggregator.service.runtime import open_runtime
from aggregator.service.update import UpdateSummary, update
from aggregator.storage.backends import open_storage
from aggregator.types import NoticeState, PostgresUrl

pytestmark = pytest.mark.usefixtures("quick_readers")

PATIENCE = 60
OUTLET = "The Europe Today"
"""Its feed has full texts."""


class House:
    """One installation that follows a press."""

    def __init__(self, folder: Path, press: Press, url: str | None = None) -> None:
        self._press = press
        self._path = folder / "feeds.yaml"
        self._named = url or "aggregator.db"
        self.database = PostgresUrl(url) if url else folder / "aggregator.db"

    def write(self, hooks: Hooks, *watches: str, more: str = "", desk: str = "desk") -> None:
        """`watches` as feeds.yaml has them, a line each; `desk`: name of the first channel."""
        listed = "".join(f"  - {{{one}}}\n" for one in watches)
        self._path.write_text(
            feeds_of(self._press, self._named, OUTLET)
            + f"channels:\n  {desk}: {hooks.url('/desk')}\n  phone: {hooks.url('/phone')}\n"
            + (f"watches:\n{listed}" if watches else "")
            + more,
            encoding="utf-8",
        )

    def publish(self, title: str, *, ago: timedelta = timedelta()) -> None:
        at = datetime.now(UTC) - ago
        self._press.publish(OUTLET, title=title, text=f"{title}. The zeppelin is here.", at=at)

    def update(self, *, force: bool = False) -> UpdateSummary:
        async def run() -> UpdateSummary:
            config = load(self._path, environ={})
            async with open_runtime(config, report=lambda _: None) as runtime:
                return await update(runtime, force=force)

        return asyncio.run(run())

    def serve(self, *steps: Callable[[], bool], services: int = 1) -> None:
        """Run the service until each step, one after the other, has come true."""

        async def run() -> None:
            running = [
                Service(self._path, environ={}, worker=number > 0) for number in range(services)
            ]
            tasks = [asyncio.create_task(service.run()) for service in running]
            try:
                async with asyncio.timeout(PATIENCE):
                    # What happens is seen at the server, so it is polled for.
                    for step in steps:
                        while not any(task.done() for task in tasks):
                            if await asyncio.to_thread(step):
                                break
                            await asyncio.sleep(0.02)
            finally:
                for service in running:
                    service.stop()
                await asyncio.gather(*tasks)

        asyncio.run(run())

    def wake(self) -> None:
        """Have every source polled now."""
        with closing(open_storage(self.database)) as storage:
            storage.wake(None, now=storage.clock(), force=True)

    def states(self) -> list[tuple[str, NoticeState, str | None]]:
        with closing(open_storage(self.database, read_only=True)) as storage:
            return [(one.channel, one.state, one.error) for one in storage.notices(limit=99)]


def told(hooks: Hooks, target: str = "/desk") -> list[str]:
    """The headlines that came to a channel, those of each message sorted."""
    bodies = [json.loads(one.body) for one in hooks.received if one.target == target]
    return [title for body in bodies for title in sorted(_headlines(body))]


def _headlines(body: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    return [item["headline"] for item in body["data"]["items"]]


@pytest.fixture
def house(tmp_path: Path, press: Press) -> House:
    return House(tmp_path, press)


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as server:
        yield server


ZEPPELIN = "name: Airships, query: zeppelin, to: desk"


def test_an_update_sends_what_it_brought_once(house: House, hooks: Hooks) -> None:
    house.write(hooks, ZEPPELIN)
    house.publish("It lands", ago=timedelta(hours=1))
    first = house.update()
    assert (first.caught, first.sent, first.unsent) == (1, 1, [])
    assert told(hooks) == ["It lands"]
    again = house.update(force=True)
    assert (again.polled > 0, again.caught, again.sent) == (True, 0, 0)
    house.publish("It starts")
    house.update(force=True)
    assert told(hooks) == ["It lands", "It starts"]
    assert len({one.headers["idempotency-key"] for one in hooks.received}) == 2


def test_the_archive_of_a_new_source_is_no_news(house: House, hooks: Hooks) -> None:
    house.write(hooks, ZEPPELIN)
    house.publish("Long gone", ago=timedelta(days=2))
    house.publish("It lands", ago=timedelta(hours=1))
    house.update()
    assert told(hooks) == ["It lands"]


def test_a_watch_that_is_added_begins_with_what_comes(house: House, hooks: Hooks) -> None:
    house.write(hooks)
    house.publish("It lands", ago=timedelta(hours=1))
    house.update()
    house.write(hooks, ZEPPELIN)
    house.publish("It starts")
    assert house.update(force=True).caught == 1
    assert told(hooks) == ["It starts"]


def test_a_refusal_is_reported_and_tried_later(house: House) -> None:
    with hook_server([Reply(status=503)]) as broken:
        house.write(broken, ZEPPELIN)
        house.publish("It lands", ago=timedelta(hours=1))
        summary = house.update()
    [unsent] = summary.unsent
    assert (summary.sent, unsent.notice.state) == (0, NoticeState.WAITING)
    assert "503" in str(unsent.error)
    assert house.states() == [("desk", NoticeState.WAITING, unsent.error)]


def test_what_waits_for_a_channel_that_is_gone_is_given_up(house: House) -> None:
    with hook_server([Reply(status=503)]) as broken:
        house.write(broken, ZEPPELIN)
        house.publish("It lands", ago=timedelta(hours=1))
        house.update()
        house.write(broken, "name: Airships, query: zeppelin, to: other", desk="other")
        house.update()
    [(channel, state, error)] = house.states()
    assert (channel, state) == ("desk", NoticeState.DEAD)
    assert error == "The channel desk is in feeds.yaml no longer."


def test_mail_goes_through_the_server_of_the_digest(house: House, hooks: Hooks) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        house.write(
            hooks,
            "name: Airships, query: zeppelin, to: ann@example.com",
            more="digest:\n  from: news@example.org\n"
            f"smtp:\n  host: 127.0.0.1\n  port: {port}\n  security: none\n",
        )
        house.publish("It lands", ago=timedelta(hours=1))
        assert house.update().sent == 1
    assert [envelope.rcpt_tos for envelope in box.envelopes] == [["ann@example.com"]]


def test_the_service_sends_as_it_comes_and_reads_new_watches(house: House, hooks: Hooks) -> None:
    house.write(hooks, ZEPPELIN)
    house.publish("It lands", ago=timedelta(hours=1))
    house.serve(lambda: told(hooks) == ["It lands"])

    def edited() -> bool:
        house.write(hooks, ZEPPELIN, "name: Again, query: zeppelin, to: [phone]")
        return True

    published = 1

    def heard() -> bool:
        """Something new each time the last has come, until the new watch looks at it, too."""
        nonlocal published
        if not told(hooks, "/phone") and len(told(hooks)) == published:
            house.publish(f"It starts {published}")
            house.wake()
            published += 1
        return told(hooks, "/phone") != []

    house.serve(lambda: len(hooks.received) == 1, edited, heard)
    assert told(hooks)[0] == "It lands"
    assert told(hooks, "/phone") == told(hooks)[-1:] != ["It lands"]


@pytest.mark.timeout(120)
def test_of_several_processes_one_sends(tmp_path: Path, press: Press, postgres_url: str) -> None:
    house = House(tmp_path, press, postgres_url)
    with hook_server() as hooks:
        house.write(hooks, ZEPPELIN, "name: Ships, query: zeppelin, per: story, to: phone")
        house.publish("It lands", ago=timedelta(hours=1))
        house.serve(
            lambda: told(hooks) == told(hooks, "/phone") == ["It lands"],
            services=3,
        )
    assert {(channel, state) for channel, state, _ in house.states()} == {
        ("desk", NoticeState.SENT),
        ("phone", NoticeState.SENT),
    }
