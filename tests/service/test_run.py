"""The service as a process: polls, mails once, reads its file again, stops cleanly."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mailserver import Mailbox, mail_server
from pressfeeds import FewOutlets
from program import Cli

from aggregator.demo.press import Press

PATIENCE = 60
"""Seconds after which a test gives up on something that must happen."""


@pytest.fixture
def few(press: Press) -> FewOutlets:
    return FewOutlets(press)


def wait_for(happened: Callable[[], bool], what: str) -> None:
    """Until it has; a real process is on the other side, so there is nothing to wait on."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


class Running:
    """A service under way; its log as JSON."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = self._log.read_text(encoding="utf-8").splitlines(keepends=True)
        parsed = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in parsed if event["event"] == name]

    def wait_for(self, name: str) -> dict[str, Any]:
        wait_for(lambda: bool(self.events(name)), f"“{name}” in the log")
        return self.events(name)[-1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def service(cli: Cli) -> Iterator[Running]:
    log = cli.folder / "log.jsonl"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*cli.command, "run"], cwd=cli.folder, stderr=stream, env=cli.environment()
        )
    try:
        yield Running(process, log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def counts(cli: Cli) -> dict[str, Any]:
    path = cli.folder / "aggregator.db.status.json"
    loaded: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return loaded


def all_grouped(cli: Cli, few: FewOutlets) -> bool:
    now = counts(cli)
    return (
        now.get("articles") == len(few.truth()) and now["unassigned"] == 0 == now["pending_texts"]
    )


def test_it_polls_groups_and_stops_with_nothing_lost(few: FewOutlets, cli: Cli) -> None:
    cli.write(few.feeds_yaml("aggregator.db"))
    with service(cli) as running:
        wait_for(lambda: all_grouped(cli, few), "all articles to be grouped")
        assert cli("health").stdout.startswith("alive with")
        second = cli("run", check=5)
        assert str(running.process.pid) in second.stderr
        assert cli("update", check=5).stderr
        assert cli("search", "baku").stdout  # reading works beside the service

        assert running.stop() == 0

        assert running.events("stopped")[-1]["all_work_finished"] is True
        told = cli("health", check=1).stdout
        assert told.startswith("the service was stopped at 20")
        assert told.endswith(" UTC; start it with `aggregator run`\n")
        assert not running.events("job failed")
    polls = len(few.press.requests)
    summary = json.loads(cli("update", "--json").stdout)
    assert (summary["polled"], summary["new"]) == (0, 0)
    assert len(few.press.requests) == polls


def test_a_stop_amid_the_work_loses_nothing(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    with service(cli) as running:
        running.wait_for("polled")
        assert running.stop() == 0
    cli("update")
    stories = [json.loads(row) for row in cli("stories", "--json", "-n", "999").stdout.splitlines()]
    urls = [item["url"] for story in stories for item in story["articles"]]
    assert sorted(urls) == sorted(press.truth())


def test_ctrl_c_is_clean(few: FewOutlets, cli: Cli) -> None:
    cli.write(few.feeds_yaml("aggregator.db"))
    with service(cli) as running:
        running.wait_for("started")
        assert running.stop(signal.SIGINT) == 0


def test_a_good_edit_is_taken_and_a_bad_one_refused(few: FewOutlets, cli: Cli) -> None:
    whole = few.feeds_yaml("aggregator.db")
    first, last = few.outlets[0], few.outlets[-1]
    settings = "host_delay: 0s\nallow: [127.0.0.1]\nsources:\n"
    cli.write(f"{settings}  - {{name: {first.name}, url: '{first.feed_url}'}}\n")
    with service(cli) as running:
        running.wait_for("polled")

        cli.write(whole)
        taken = running.wait_for("configuration taken")
        assert last.name in taken["added"]
        wait_for(
            lambda: (
                len({event["source"] for event in running.events("polled")}) == len(few.outlets)
            ),
            "the new sources to be polled",
        )

        cli.write(whole + "intervall: 5m\n")
        refused = running.wait_for("configuration refused")
        assert "intervall" in refused["problem"]
        assert "interval" in refused["problem"].replace("intervall", "")
        wait_for(lambda: bool(counts(cli)["config_error"]), "the status to say so")
        assert "refused" in cli("health").stdout

        cli.write(whole)
        running.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not counts(cli)["config_error"], "the good file to be taken again")
        assert running.stop() == 0


def with_digest(few: FewOutlets, port: int, *, at: datetime) -> str:
    return few.feeds_yaml("aggregator.db") + (
        f"digest:\n  at: '{at:%H:%M}'\n  timezone: UTC\n  to: [ann@example.com, bob@example.com]\n"
        f"  from: news@example.org\nsmtp:\n  host: 127.0.0.1\n  port: {port}\n  security: none\n"
    )


def test_digest_send_mails_at_once_and_reports_a_refusal(few: FewOutlets, cli: Cli) -> None:
    with mail_server(Mailbox(rcpt="550 no such user")) as port:
        cli.write(with_digest(few, port, at=datetime.now(UTC) - timedelta(hours=2)))
        cli("update")
        refused = cli("digest", "send", check=6)
        assert "550" in refused.stderr
    box = Mailbox()
    with mail_server(box) as port:
        cli.write(with_digest(few, port, at=datetime.now(UTC) - timedelta(hours=2)))
        again = cli("digest", "send", check=6)
        assert "550" in again.stderr
        assert len(box.envelopes) == 0  # a permanent refusal is not tried again by itself
        cli("digest", "send", "--to", "ann@example.com")
        assert [one.rcpt_tos for one in box.envelopes] == [["ann@example.com"]]


def test_digest_send_without_recipients_says_what_to_do(few: FewOutlets, cli: Cli) -> None:
    cli.write(few.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    assert "give it a “to”" in cli("digest", "send", check=2).stderr
