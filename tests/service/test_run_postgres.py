"""The service on PostgreSQL: several processes, one of which leads."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from postgres import Postgres
from pressfeeds import FewOutlets
from program import Cli
from workers import Crew, Process, eventually

from aggregator.demo.press import Press
from aggregator.storage.backends import open_storage
from aggregator.types import PostgresUrl, Worker

PATIENCE = 60
"""Seconds after which a test gives up on something that must happen."""


class Scene:
    """Outlets of a press, an empty database, and processes on them."""

    def __init__(self, few: FewOutlets, url: str, crew: Crew, cli: Cli) -> None:
        self.few = few
        self.url = url
        self.crew = crew
        self.cli = cli

    def workers(self) -> list[Worker]:
        with closing(open_storage(PostgresUrl(self.url), read_only=True)) as storage:
            return storage.workers()

    def stories(self) -> list[dict[str, Any]]:
        output = self.cli("stories", "--json", "-n", "999").stdout
        return [json.loads(row) for row in output.splitlines()]

    def until_grouped(self) -> None:
        def missing() -> object:
            with closing(open_storage(PostgresUrl(self.url), read_only=True)) as storage:
                counts = storage.counts()
            whole = counts.articles == len(self.few.truth())
            return not (whole and not counts.unassigned and not counts.pending_texts) and counts

        self.crew.until(missing, within=PATIENCE, what="ungrouped articles")

    def until_leads(self, process: Process) -> None:
        self.crew.until(
            lambda: not process.events("leads now"),
            within=PATIENCE,
            what=f"{process.name} does not lead",
        )

    def until_listed(self, *processes: Process) -> None:
        self.crew.until(
            lambda: (
                {process.pid for process in processes}
                ^ {int(worker.name.rpartition(":")[2]) for worker in self.workers()}
            ),
            within=PATIENCE,
            what="listed wrongly",
        )


@pytest.fixture
def scene(press: Press, postgres_url: str, tmp_path: Path, cli: Cli) -> Iterator[Scene]:
    few = FewOutlets(press)
    cli.write(few.feeds_yaml(postgres_url))
    with Crew(tmp_path, lambda _: few.feeds_yaml(postgres_url)) as crew:
        yield Scene(few, postgres_url, crew, cli)


def test_one_leads_and_another_takes_over_when_it_ends(scene: Scene) -> None:
    first = scene.crew.start("first", "run")
    scene.until_leads(first)
    second = scene.crew.start("second", "worker")
    scene.until_listed(first, second)
    scene.until_grouped()
    assert not second.events("leads now")
    assert first.events("started")[0]["added"] == len(scene.few.outlets)
    assert second.events("started")[0]["added"] == 0
    assert "postgresql://" in second.events("started")[0]["database"]

    first.stop()
    assert first.events("stopped")[-1]["all_work_finished"] is True
    assert first.events("leads no longer")
    scene.until_leads(second)
    scene.until_listed(second)

    third = scene.crew.start("third", "worker")
    scene.until_listed(second, third)
    second.kill()
    scene.until_leads(third)
    third.stop()
    assert third.events("stopped")
    for process in scene.crew.all:
        assert not process.events("job failed"), process.tail()
    urls = [item["url"] for story in scene.stories() for item in story["articles"]]
    assert sorted(urls) == sorted(scene.few.truth())


def test_workers_and_health_say_who_is_there(scene: Scene) -> None:
    scene.cli("update")
    assert "Nobody works on it" in scene.cli("workers").stdout
    assert "start one" in scene.cli("health", check=1).stdout
    one = scene.crew.start("one", "worker")
    two = scene.crew.start("two", "worker")
    scene.until_listed(one, two)
    leader = f"{socket.gethostname()}:"
    eventually(
        lambda: not any(worker.leads for worker in scene.workers()), within=PATIENCE, what="no lead"
    )

    rows = [json.loads(row) for row in scene.cli("workers", "--json").stdout.splitlines()]
    assert {row["name"] for row in rows} == {f"{leader}{one.pid}", f"{leader}{two.pid}"}
    assert sum(row["leads"] for row in rows) == 1
    assert all(row["alive"] and row["version"] and row["started_at"] for row in rows)
    assert "leads" in scene.cli("workers").stdout
    healthy = scene.cli("health").stdout
    assert healthy.startswith("alive; 2 workers, ")
    assert healthy.rstrip().endswith(" leads")

    for process in (one, two):
        process.stop()
    assert "start one" in scene.cli("health", check=1).stdout
    assert "Nobody works on it" in scene.cli("workers").stdout


def test_a_pass_beside_a_leader_leaves_the_stories_to_it(scene: Scene) -> None:
    one = scene.crew.start("one", "worker")
    scene.until_leads(one)
    summary = json.loads(scene.cli("update", "--json").stdout)
    assert summary["left_to_leader"] is True
    assert summary["failed"] == []
    scene.until_grouped()
    assert "left to the worker that leads" in scene.cli("update").stdout
    one.stop()

    scene.few.press.publish("The Europe Today", title="Seals are back", text="Seals are back. Yes.")
    alone = json.loads(scene.cli("update", "Europe", "--json").stdout)
    assert alone["left_to_leader"] is False
    assert (alone["new"], alone["assigned"]) == (1, 1)


def test_an_edited_file_is_taken_and_a_bad_one_refused(scene: Scene) -> None:
    process = scene.crew.start("one", "run")
    scene.until_leads(process)
    path = scene.crew.write("one") / "feeds.yaml"
    whole = path.read_text(encoding="utf-8")
    head, _, _ = whole.rpartition("  - name:")

    path.write_text(head, encoding="utf-8")
    scene.crew.until(
        lambda: not process.events("configuration taken"), within=PATIENCE, what="not taken"
    )
    assert process.events("configuration taken")[-1]["removed"] == [scene.few.outlets[-1].name]
    path.write_text(whole + "intervall: 5m\n", encoding="utf-8")
    scene.crew.until(
        lambda: not process.events("configuration refused"), within=PATIENCE, what="not refused"
    )
    path.write_text(whole, encoding="utf-8")
    scene.crew.until(
        lambda: len(process.events("configuration taken")) < 2, within=PATIENCE, what="not taken"
    )
    scene.until_grouped()
    process.stop()
    assert not process.events("job failed"), process.tail()


def test_it_goes_on_when_every_connection_is_cut(scene: Scene, postgres: Postgres) -> None:
    process = scene.crew.start("one", "run")
    scene.until_leads(process)
    scene.until_grouped()  # a poll under way now might end without what is published next
    postgres.kill_connections()
    scene.few.press.publish("The Europe Today", title="Seals are back", text="Seals are back. Yes.")
    with closing(open_storage(PostgresUrl(scene.url))) as storage:
        storage.wake(None, now=storage.clock(), force=True)
    scene.until_grouped()
    process.stop()


def test_it_stops_although_the_database_is_gone(press: Press, tmp_path: Path) -> None:
    with Postgres() as server:
        url = server.create()
        with Crew(tmp_path, lambda _: press.feeds_yaml(url)) as crew:
            process = crew.start("one", "run")
            crew.until(lambda: not process.events("polled"), within=PATIENCE, what="nothing polled")
            if not server.is_ours:
                pytest.skip("another's server cannot be stopped")
            server.stop(at_once=True)
            process.stop()
            server.start()


def test_it_stops_while_a_server_keeps_it_waiting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://ada@127.0.0.1:{mute.getsockname()[1]}/news"
        text = f"storage: {url}\nsources: [https://example.org/feed]\n"
        with Crew(tmp_path, lambda _: text) as crew:
            process = crew.start("one", "worker")
            mute.settimeout(PATIENCE)
            with mute.accept()[0]:
                process.stop()


def test_a_server_that_is_not_there_is_a_sentence(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    cli.write("sources: [https://example.org/feed]\n")
    url = f"postgresql://ada:hunter2@127.0.0.1:{port}/news?connect_timeout=2"
    environment = {**cli.environment(), "AGGREGATOR_STORAGE": url}
    for words, code in ((["run"], 4), (["worker"], 4), (["health"], 1), (["stories"], 4)):
        done = _run(cli, words, environment)
        assert done.returncode == code, done.stderr
        output = done.stdout + done.stderr
        assert "hunter2" not in output
        assert "Traceback" not in output
        assert f"127.0.0.1, port {port}" in output


def test_no_password_is_logged(press: Press, postgres: Postgres, cli: Cli, tmp_path: Path) -> None:
    url = postgres.create().replace("postgres@", "postgres:hunter2@", 1)
    cli.write(url, "url")
    text = press.feeds_yaml({"file": str(tmp_path / "url")}) + "log: {level: debug}\n"
    with Crew(tmp_path, lambda _: text) as crew:
        process = crew.start("one", "run")
        crew.until(lambda: not process.events("leads now"), within=PATIENCE, what="no lead")
        process.terminate()
        process.wait()
        assert "hunter2" not in process.log()
        assert "postgres:***@" in process.events("started")[0]["database"]


def _run(
    cli: Cli, words: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*cli.command, *words],
        cwd=cli.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_ctrl_c_is_clean(scene: Scene) -> None:
    process = scene.crew.start("one", "run")
    scene.until_leads(process)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait() == 0
