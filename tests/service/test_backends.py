"""Which libraries a database takes, and what is said where they are missing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pressfeeds import feeds_of
from program import Cli

from aggregator.demo.press import Press
from aggregator.errors import InstanceRunning, StorageError
from aggregator.service.opening import storage_opened
from aggregator.storage.backends import alone, fresh_schema, open_storage
from aggregator.types import PostgresUrl

EXTRA = ("psycopg", "psycopg_pool", "procrastinate")
EVERYTHING = f"""
import asyncio, os, signal, sys
from pathlib import Path
from aggregator.cli import cli
for words in ("update", "stories", "search baku", "sources", "digest", "check --database"):
    assert not cli.main(words.split(), standalone_mode=False), words
from aggregator.service.run import serve
stop = lambda: os.kill(os.getpid(), signal.SIGTERM)
asyncio.run(serve(Path("feeds.yaml"), environ=os.environ, ready=stop))
cli.main(["health"], standalone_mode=False)
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {{*{EXTRA}}}))
"""
WITHOUT = "import sys; sys.modules[{!r}] = None; from aggregator.cli import main; main()"


def child(cli: Cli, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cli.folder,
        env=cli.environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_file_takes_nothing_of_the_extra(press: Press, cli: Cli) -> None:
    cli.write(feeds_of(press, "aggregator.db", "The Europe Today", "Wexcombe Evening Post"))
    done = child(cli, EVERYTHING)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("library", "command"),
    [("psycopg", "stories"), ("psycopg", "worker"), ("procrastinate", "run")],
)
def test_what_is_missing_is_named(
    press: Press, cli: Cli, postgres_url: str, library: str, command: str
) -> None:
    cli.write(feeds_of(press, postgres_url, "The Europe Today"))
    done = child(cli, WITHOUT.format(library), command)
    assert done.returncode == 4, done.stderr
    assert "install aggregator[postgres]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_of_ours_that_is_missing_is_an_error_of_ours(cli: Cli) -> None:
    cli.write("storage: postgresql://db/news\nsources: [https://example.org/feed]\n")
    done = child(cli, WITHOUT.format("aggregator.storage.postgres"), "stories")
    assert done.returncode == 70
    assert "aggregator[postgres]" not in done.stderr


def test_a_file_is_for_one_and_a_server_for_many(tmp_path: Path, postgres_url: str) -> None:
    path, url = tmp_path / "aggregator.db", PostgresUrl(postgres_url)
    with alone(path), pytest.raises(InstanceRunning), alone(path):
        pass
    with alone(url), alone(url), closing(open_storage(url)) as storage:
        assert storage.shared
    with closing(open_storage(path)) as storage:
        assert not storage.shared


def test_a_fresh_schema_leaves_the_others_alone(press: Press, cli: Cli, postgres_url: str) -> None:
    first = fresh_schema(PostgresUrl(postgres_url), "one")
    cli.write(press.feeds_yaml(first.uri))
    cli("update", "--polls-only")
    second = fresh_schema(PostgresUrl(postgres_url), "two")
    with closing(open_storage(second)) as storage:
        assert storage.counts().articles == 0
    assert json.loads(cli("sources", "--json").stdout.splitlines()[0])["articles"] > 0

    assert fresh_schema(PostgresUrl(postgres_url), "one") == first
    with closing(open_storage(first)) as storage:
        assert storage.counts().articles == 0
    with pytest.raises(StorageError, match="schema public that is not ours"):
        fresh_schema(PostgresUrl(postgres_url), "public")


@pytest.mark.anyio
async def test_opening_tells_what_went_wrong(tmp_path: Path) -> None:
    (tmp_path / "aggregator.db").write_text("These are my notes. " * 50, encoding="utf-8")
    with pytest.raises(StorageError, match=r"aggregator\.db"):
        async with storage_opened(tmp_path / "aggregator.db"):
            pass


@pytest.mark.anyio
async def test_opening_can_be_given_up() -> None:
    connected = asyncio.Event()

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        try:
            await given_up.wait()
        finally:
            writer.close()

    given_up = asyncio.Event()
    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = PostgresUrl(f"postgresql://ada@127.0.0.1:{port}/news?connect_timeout=2")

        async def opened() -> None:
            async with storage_opened(url):
                pytest.fail("there is nobody")

        task = asyncio.create_task(opened())
        await connected.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        given_up.set()
