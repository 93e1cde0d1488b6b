"""migrate as a user runs it: there and back, what it says, and whom it refuses."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest
from pressfeeds import feeds_of
from program import Cli

from aggregator.demo.press import Press
from aggregator.storage.instance import instance_lock

OUTLETS = ("The Europe Today", "Вестник Лугоморья", "بوابة وادي الرمان")


@pytest.fixture
def full(press: Press, cli: Cli) -> Cli:
    """With a database that holds stories, in three scripts."""
    cli.write(feeds_of(press, "aggregator.db", *OUTLETS))
    cli("update")
    return cli


def configure(cli: Cli, storage: str) -> None:
    """Another `storage` in the file that is there."""
    lines = (cli.folder / "feeds.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("storage:")]
    cli.write("\n".join([f"storage: {storage}", *kept]) + "\n")


def seen(cli: Cli) -> list[str]:
    """What the store answers."""
    return [
        cli(*words, "--json").stdout
        for words in (["stories", "-n", "999"], ["sources"], ["search", "lang:en"])
    ]


def test_there_and_back(full: Cli, postgres_url: str) -> None:
    before = seen(full)
    said = full("migrate", "--to", postgres_url).stdout
    assert f"storage: {postgres_url}" in said
    assert "articles" in said
    assert "each compared" in said
    assert "aggregator.db is as it was: keep it as a backup" in said
    configure(full, postgres_url)
    assert seen(full) == before
    assert "which is whole" in full("check", "--database").stdout
    full("update")
    before = seen(full)
    said = full("migrate", "--to", "back.db").stdout
    assert f"storage: {full.folder / 'back.db'}" in said
    configure(full, "back.db")
    assert seen(full) == before
    assert "which is whole" in full("check", "--database").stdout
    full("update")


def test_json_and_another_source(full: Cli) -> None:
    (full.folder / "feeds.yaml").unlink()
    first, second = (
        [
            json.loads(row)
            for row in full("migrate", "--from", a, "--to", b, "--json").stdout.splitlines()
        ]
        for a, b in (("aggregator.db", "a.db"), ("a.db", "b.db"))
    )
    *tables, whole = first
    assert second[:-1] == tables
    assert {one["table"] for one in tables} >= {"sources", "articles", "texts"}
    assert all(len(one["sha256"]) == 64 for one in tables)
    assert whole["from"] == str(full.folder / "aggregator.db")
    assert whole["to"] == str(full.folder / "a.db")
    assert whole["rows"] == whole["copied"] == sum(one["rows"] for one in tables)
    assert whole["seconds"] > 0


def test_on_a_terminal_it_shows_how_far_it_is(full: Cli) -> None:
    output = full.on_terminal("migrate", "--to", "new.db")
    assert "copying articles" in output
    assert "comparing texts" in output
    assert "100/100" in output


def test_killed_it_is_finished_by_the_same_command(full: Cli, press: Press) -> None:
    """Wherever that catches it, also before its first word and after its last."""
    full.write(press.feeds_yaml("aggregator.db"))  # all there is, so that it takes a while
    full("update")
    command = [*full.command, "migrate", "--to", "new.db"]
    for wait in (0.2, 0.4, 0.5, 0.6, 0.8):
        child = subprocess.Popen(
            command,
            cwd=full.folder,
            env=full.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        assert child.wait() in {0, -signal.SIGKILL}
    before = seen(full)
    full("migrate", "--to", "new.db")
    configure(full, "new.db")
    assert seen(full) == before


def test_the_password_is_never_shown(full: Cli, postgres_url: str) -> None:
    url = postgres_url.replace("://postgres@", "://postgres:hunter2@")
    done = full("migrate", "--to", url)
    assert "hunter2" not in done.stdout + done.stderr
    assert f"storage: {postgres_url}" in done.stdout
    assert "PGPASSWORD" in done.stdout
    for words, code in (
        (["--to", f"{url}x"], 4),
        (["--from", url, "--to", url], 4),
        (["--to", url.replace("//", "/")], 2),
    ):
        done = full("migrate", *words, check=code)
        assert done.stderr
        assert "hunter2" not in done.stdout + done.stderr


def test_what_it_refuses(full: Cli) -> None:
    assert "--to" in full("migrate", check=2).stderr
    assert "mysql://" in full("migrate", "--to", "mysql://example.org/news", check=2).stderr
    assert "folder" in full("migrate", "--to", ".", check=2).stderr
    assert "there is no database" in full("migrate", "--from", "x", "--to", "y", check=4).stderr
    assert "itself" in full("migrate", "--to", "./aggregator.db", check=4).stderr
    with instance_lock(full.folder / "aggregator.db"):
        assert "stop it first" in full("migrate", "--to", "new.db", check=5).stderr
    full("migrate", "--to", "new.db")
    full.write(
        "storage: new.db\nallow: [127.0.0.1]\nsources: [{name: Late, url: http://127.0.0.1:9/feed}]\n"
    )
    full("update", check=1)
    configure(full, "aggregator.db")
    assert "is in use" in full("migrate", "--to", "new.db", check=4).stderr
