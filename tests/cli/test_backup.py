"""backup as a user runs it: what it writes, what it says, and that its advice works."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from postgres import Postgres
from program import Cli

from aggregator.demo.press import Press


@pytest.fixture
def full(press: Press, cli: Cli) -> Cli:
    """With a database."""
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    return cli


def advised(output: str, cli: Cli, before: str, *, path: str = "") -> None:
    """Run the command that is printed after `before`."""
    command = output.partition(before)[2].strip()
    environment = {**cli.environment(), "PATH": f"{path}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-ec", command], cwd=cli.folder, check=True, env=environment)


def test_a_backup_is_restored_as_it_says(full: Cli) -> None:
    stories = full("stories", "--json").stdout
    said = full("backup", "my backup.db").stdout
    assert said.startswith("Written: my backup.db (")
    assert "checked and whole" in said
    (full.folder / "aggregator.db").write_bytes(b"an accident")
    assert full("stories", check=4).stderr
    advised(said, full, "then: ")
    assert full("stories", "--json").stdout == stories
    assert "which is whole" in full("check", "--database").stdout


def test_json(full: Cli) -> None:
    [said] = map(json.loads, full("backup", "copy.db", "--json").stdout.splitlines())
    assert said["database"] == str(full.folder / "aggregator.db")
    assert said["file"] == "copy.db"
    assert said["bytes"] == (full.folder / "copy.db").stat().st_size
    assert said["seconds"] >= 0


def test_a_file_that_is_there_needs_force(full: Cli) -> None:
    full("backup", "copy.db")
    assert "--force" in full("backup", "copy.db", check=2).stderr
    full("backup", "copy.db", "--force")


def test_without_a_database_there_is_nothing_to_copy(cli: Cli) -> None:
    cli("init")
    assert "there is no database" in cli("backup", "copy.db", check=4).stderr
    assert [one.name for one in cli.folder.iterdir()] == ["feeds.yaml"]


def test_a_full_disk_leaves_nothing_behind(full: Cli) -> None:
    """The limit on the size of files stands in for it."""
    safe = full.folder / "safe"
    safe.mkdir()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 64; exec "$@"', "-", *full.command, "backup", "safe/copy.db"],
        cwd=full.folder,
        capture_output=True,
        text=True,
        check=False,
        env=full.environment(),
    )
    assert done.returncode == 4
    assert "could not be written into safe" in done.stderr
    assert "Traceback" not in done.stderr
    assert [*safe.iterdir()] == []


def test_postgresql_has_its_own_program(cli: Cli, postgres: Postgres) -> None:
    """The command that is printed makes a dump, and shows no password."""
    url = postgres.create()
    with_password = url.replace("://postgres@", "://postgres:hunter2@")
    cli.write("storage: {file: where}\nsources: [https://example.org/feed]\n")
    cli.write(f"{with_password}&application_name=press", "where")
    said = cli("backup", "my news.dump", check=2).stderr
    assert "hunter2" not in said
    assert "application_name=press" in said
    if not postgres.is_ours:
        pytest.skip("its programs may not be on this machine")
    advised(said, cli, "pg_restore: ", path=str(postgres._programs))
    assert (cli.folder / "my news.dump").read_bytes()[:5] == b"PGDMP"
    assert not Path(cli.folder, "my news.db").exists()
