"""The service's digest over several days, with a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from mailserver import Mailbox, mail_server

from aggregator.demo.press import Press
from aggregator.service.run import Service

MORNING = datetime(2024, 2, 10, 6, 50, tzinfo=UTC)
PATIENCE = 60


class Days:
    """One installation, whose service is started and stopped at times of the test's choosing."""

    def __init__(self, folder: Path, press: Press) -> None:
        self.now = MORNING
        self.box = Mailbox()
        self._folder = folder
        self._press = press

    def write(self, port: int, *, to: str = "[ann@example.com, bob@example.com]") -> None:
        (self._folder / "feeds.yaml").write_text(
            self._press.feeds_yaml("aggregator.db")
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
            service = Service(self._folder / "feeds.yaml", environ={}, clock=lambda: self.now)
            task = asyncio.create_task(service.run())
            try:
                async with asyncio.timeout(PATIENCE):
                    # What happens is seen in files and at the mail server, so it is polled for.
                    while not (happened() or task.done()):  # noqa: ASYNC110
                        await asyncio.sleep(0.02)
            finally:
                service.stop()
                await task

        asyncio.run(run())

    def grouped(self) -> bool:
        """Whether the service has said that nothing is left to do at the present time."""
        path = self._folder / "aggregator.db.status.json"
        if not path.exists():
            return False
        status = json.loads(path.read_text(encoding="utf-8"))
        return (
            status["written_at"] == self.now.isoformat()
            and status["articles"] >= len(self._press.truth())
            and not status["unassigned"]
            and not status["pending_texts"]
        )

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


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    with Press(MORNING) as press:
        yield Days(tmp_path, press)


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
    days.serve_until(days.grouped)  # nobody listens on that port now

    with mail_server(days.box) as second:
        days.write(second, to="[ann@example.com]")
        days.now += timedelta(minutes=1)
        days.serve_until(days.grouped)
        assert days.sent() == []  # backing off
        days.now += timedelta(minutes=10)
        days.serve_until(lambda: len(days.sent()) == 1)

    (message,) = days.messages()
    assert str(message["Date"]).endswith("07:01:00 +0000")
