"""web, as a user runs it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest
from program import Cli

from aggregator.service.status import read_health, status_path
from aggregator.storage.backends import open_storage
from aggregator.types import Scope
from aggregator.web.access.passwords import is_right
from aggregator.web.access.secrets import secret_hash

FEEDS = "storage: news.db\nsources: [{url: 'https://hill.example.org/', name: Hill}]\n"


@pytest.fixture
def cli(cli: Cli) -> Cli:
    cli.write(FEEDS)
    return cli


def stored_password(cli: Cli) -> str | None:
    with closing(open_storage(cli.folder / "news.db", read_only=True)) as storage:
        return storage.password_hash()


def test_a_password_is_set_before_the_first_start_and_taken_away(cli: Cli) -> None:
    assert cli("web", "password", "--stdin", stdin=b"six wet geese\n").stdout.startswith("Set.")
    assert is_right(stored_password(cli), "six wet geese")
    assert "six wet geese" not in str(stored_password(cli))
    assert cli("web", "password", "--remove").stdout.startswith("Removed.")
    assert stored_password(cli) is None


def test_a_password_is_asked_for_only_where_somebody_can_answer(cli: Cli) -> None:
    assert "give the password by --stdin" in cli("web", "password", stdin=b"", check=2).stderr
    short = cli("web", "password", "--stdin", stdin=b"geese\n", check=2)
    assert "8 characters at least" in short.stderr
    both = cli("web", "password", "--stdin", "--remove", check=2)
    assert "name one of the two" in both.stderr
    assert not (cli.folder / "news.db").exists()


def test_a_token_is_made_listed_and_revoked(cli: Cli) -> None:
    assert "There are no tokens" in cli("web", "token", "list").stdout
    secret = cli("web", "token", "add", "phone", "--scope", "read").stdout.strip()
    with closing(open_storage(cli.folder / "news.db")) as storage:
        found = storage.token(secret_hash(secret), now=storage.clock())
    assert found is not None
    assert (found.name, found.scope) == ("phone", Scope.READ)
    assert "phone" in cli("web", "token", "list").stdout
    listed = json.loads(cli("web", "token", "list", "--json").stdout)
    assert (listed["name"], listed["scope"]) == ("phone", "read")
    assert secret not in str(listed)
    taken = cli("web", "token", "add", "phone", check=2)
    assert "there is a token called phone already" in taken.stderr
    assert "Revoked: phone" in cli("web", "token", "revoke", "phone").stdout
    gone = cli("web", "token", "revoke", "phone", check=2)
    assert "there is no token “phone”" in gone.stderr


def test_a_token_for_scripts(cli: Cli) -> None:
    told = json.loads(cli("web", "token", "add", "script", "--json").stdout)
    assert (told["name"], told["scope"]) == ("script", "mark")
    assert told["token"].startswith("agg_")


def test_the_page_is_served_alone_until_told_to_stop(cli: Cli) -> None:
    environment = {**cli.environment(), "AGGREGATOR_LISTEN": "127.0.0.1:0"}
    with subprocess.Popen(
        [*cli.command, "web", "serve"],
        cwd=cli.folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = json.loads(process.stderr.readline())
        assert told["event"] == "page served"
        assert httpx.get(f"{told['address']}/settings").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_alone_at_an_address_that_is_taken_it_ends_and_promises_nothing(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        done = cli("web", "serve", check=2, env={"AGGREGATOR_LISTEN": taken})
    assert f"aggregator: {taken} cannot be listened on" in done.stderr
    assert "end what uses this one\n" in done.stderr
    assert "every second" not in done.stderr


def test_the_service_serves_it_and_follows_an_edited_file(cli: Cli) -> None:
    environment = cli.environment()
    del environment["AGGREGATOR_LISTEN"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        cli.write(FEEDS + "web: {listen: off}\n")
        process = subprocess.Popen(
            [*cli.command, "run"],
            cwd=cli.folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                next_of(process, "started")
                cli.write(f"{FEEDS}web: {{listen: '127.0.0.1:{other.getsockname()[1]}'}}\n")
                # An address that is taken is a warning, and the service goes on.
                told = next_of(process, "page not served")
                assert "give another address under web: listen:" in told["error"]
                assert told["next_try"] == "every second"
                cli.write(FEEDS + "web: {listen: '127.0.0.1:0'}\n")
                address = next_of(process, "page served")["address"]
                assert httpx.get(f"{address}/settings").status_code == 200
                said = said_by_health(cli, until="the page is at")
                assert said.endswith(f"the page is at {address}\n")
            finally:
                process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def next_of(process: subprocess.Popen[str], event: str) -> dict[str, str]:
    """The next line of the log about it."""
    assert process.stderr is not None
    for line in process.stderr:
        told: dict[str, str] = json.loads(line)
        if told["event"] == event:
            return told
    raise AssertionError(f"no “{event}”")


def said_by_health(cli: Cli, *, until: str) -> str:
    """Once it says this; a service writes its status every two seconds."""
    path = status_path(cli.folder / "news.db")
    while True:
        _, sentence = read_health(path, now=datetime.now(UTC))
        if until in sentence:
            return cli("health").stdout
        time.sleep(0.1)


def test_a_page_that_cannot_be_served_says_why(cli: Cli) -> None:
    cli.write(FEEDS + "web: {listen: off}\n")
    assert "is off in feeds.yaml" in cli("web", "serve", check=2).stderr


@pytest.mark.parametrize(
    ("listen", "said"),
    [
        ("0.0.0.0:0", "set a password by `aggregator web password`"),
        ("taken", "give another address"),
    ],
)
def test_an_address_that_cannot_be_used_ends_it(cli: Cli, listen: str, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        written = listen.replace("taken", f"127.0.0.1:{other.getsockname()[1]}")
        done = cli("web", "serve", env={"AGGREGATOR_LISTEN": written}, check=2)
    assert said in done.stderr


def test_check_says_where_the_page_is_and_who_may_come(cli: Cli) -> None:
    assert "Page:      not served" in cli("check").stdout  # as tests have it
    done = cli("check", env={"AGGREGATOR_LISTEN": "0.0.0.0:8460"})
    assert "Page:      http://0.0.0.0:8460, for nobody yet" in done.stdout
