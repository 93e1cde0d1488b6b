"""The service's digest over several days, with a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from mailserver import Mailbox, mail_server
from pressfeeds import FewOutlets

from aggregator.demo.press import Press
from aggregator.errors import StorageError
from aggregator.service.run import Service
from aggregator.storage.backends import open_storage
from aggregator.types import Edition, PostgresUrl

pytestmark = pytest.mark.usefixtures("quick_readers")

MORNING = datetime(2024, 2, 10, 6, 50, tzinfo=UTC)
PATIENCE = 60


class Days:
    """One installation, whose service is started and stopped at times of the test's choosing."""

    def __init__(self, folder: Path, press: Press, url: str | None) -> None:
        """`url`: of the PostgreSQL database that three processes share; None: a file, and one."""
        self.now = MORNING
        self.box = Mailbox()
        self._folder = folder
        self._press = press
        self._outlets = FewOutlets(press)
        self._database = PostgresUrl(url) if url else folder / "aggregator.db"
        self._named = url or "aggregator.db"
        self._services = 3 if url else 1

    def write(self, port: int, *, to: str = "[ann@example.com, bob@example.com]") -> None:
        (self._folder / "feeds.yaml").write_text(
            "max_interval: 30m\n"  # days are jumped over, and everything is due again
            + self._outlets.feeds_yaml(self._named)
            + f"digest:\n  at: '07:00'\n  timezone: UTC\n  to: {to}\n"
            + "  from: news@example.org\n"
            + f"smtp:\n  host: 127.0.0.1\n  port: {port}\n  security: none\n",
            encoding="utf-8",
        )

    def publish(self, title: str) -> None:
        """A new article in a feed with full texts."""
        self._press.publish(
            "The Europe Today", title=title, text=f"{title}. It is true.", at=self.now
        )

    def serve_until(self, happened: Callable[[], bool]) -> None:
        """Run the service at the present time until something has happened."""

        async def run() -> None:
            services = [self._service(number) for number in range(self._services)]
            tasks = [asyncio.create_task(service.run()) for service in services]
            try:
                async with asyncio.timeout(PATIENCE):
                    # What happens is seen in files and at the mail server, so it is polled for.
                    while not any(task.done() for task in tasks):
                        if await asyncio.to_thread(happened):
                            break
                        await asyncio.sleep(0.02)
            finally:
                for service in services:
                    service.stop()
                await asyncio.gather(*tasks)

        asyncio.run(run())

    def _service(self, number: int) -> Service:
        return Service(
            self._folder / "feeds.yaml", environ={}, clock=lambda: self.now, worker=number > 0
        )

    def grouped(self) -> bool:
        """Whether nothing is left to do, and the service has said so at the present time."""
        try:
            with closing(open_storage(self._database, read_only=True)) as storage:
                counts, workers = storage.counts(), storage.workers()
        except StorageError:  # not made yet
            return False
        if isinstance(self._database, Path):
            status = self._database.with_name("aggregator.db.status.json")
            told = status.exists() and json.loads(status.read_text())["written_at"]
            alive = told == self.now.isoformat()
        else:
            # All in this one process report under one name, so who leads does not show.
            alive = any(worker.seen_at == self.now for worker in workers)
        return (
            alive
            and counts.articles >= len(self._outlets.truth())
            and not counts.unassigned
            and not counts.pending_texts
        )

    def tried(self) -> bool:
        """Whether a digest of today has been tried to send."""
        with closing(open_storage(self._database, read_only=True)) as storage:
            edition = Edition(digest="digest", local_date=self.now.date(), slot=1)
            return any(delivery.error for delivery in storage.deliveries(edition))

    def sent(self) -> list[tuple[str, str]]:
        """(recipient, Message-ID) of what the mail server has."""
        return [(str(message["To"]), str(message["Message-ID"])) for message in self.messages()]

    def messages(self) -> list[EmailMessage]:
        parsed = []
        for envelope in self.box.envelopes:
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            parsed.append(message)
        return parsed


@pytest.fixture(params=["file", "server"])
def days(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Days]:
    url = request.getfixturevalue("postgres_url") if request.param == "server" else None
    with Press(MORNING) as press:
        yield Days(tmp_path, press, url)


@contextmanager
def mail_for(days: Days) -> Iterator[int]:
    with mail_server(days.box) as port:
        days.write(port)
        yield port


def test_once_a_day_for_each_recipient_across_restarts(days: Days) -> None:
    with mail_for(days):
        days.serve_until(days.grouped)
        assert days.sent() == []  # the hour has not struck yet

        days.now = datetime(2024, 2, 10, 7, 0, 30, tzinfo=UTC)
        days.serve_until(lambda: len(days.sent()) == 2)
        first = days.sent()
        assert {recipient for recipient, _ in first} == {"ann@example.com", "bob@example.com"}

        for hours in (0, 1, 9):
            days.now = datetime(2024, 2, 10, 7 + hours, 5, tzinfo=UTC)
            days.serve_until(days.grouped)
        assert days.sent() == first

        days.publish("Harbour seals return to the inner basin")
        days.now = datetime(2024, 2, 10, 18, 0, tzinfo=UTC)
        days.serve_until(days.grouped)
        assert days.sent() == first

        days.now = datetime(2024, 2, 11, 9, 0, tzinfo=UTC)  # was off at seven: made up once
        days.serve_until(lambda: len(days.sent()) == 4)
        days.serve_until(days.grouped)
        assert len({message_id for _, message_id in days.sent()}) == 4

    for message in days.messages()[:2]:
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        assert "The Europe Today" in text.get_content()
        assert "The Europe Today" in html.get_content()


def test_a_mail_server_that_is_down_gets_the_same_message_later(days: Days) -> None:
    with mail_for(days) as port:
        days.serve_until(days.grouped)
    days.now = datetime(2024, 2, 10, 7, 1, tzinfo=UTC)
    days.write(port, to="[ann@example.com]")
    days.serve_until(days.tried)  # nobody listens on that port now

    with mail_server(days.box) as second:
        days.write(second, to="[ann@example.com]")
        days.now += timedelta(minutes=1)
        days.serve_until(days.grouped)
        assert days.sent() == []  # backing off
        days.now += timedelta(minutes=10)
        days.serve_until(lambda: len(days.sent()) == 1)

    (message,) = days.messages()
    assert str(message["Date"]).endswith("07:01:00 +0000")
