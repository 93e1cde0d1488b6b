"""Hostile servers, all at once beside good ones: the process stays small, the others are polled.

What each of them may do to a fetcher or a parser is in tests/fetch/test_hostile.py and
tests/core/test_parse_hostile.py; here it is the whole program that is looked at.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hostile import (
    absurd_dates,
    bomb,
    bombs,
    endless,
    entities,
    external_entity,
    large,
    large_header,
    lone_surrogates,
    long_guid,
    many_items,
    nested,
    nul_bytes,
    pours,
    redirects,
    says,
)
from program import Cli
from rogues import Behaviour, Rogues, drips, good

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has /proc, and answers to all of 127.0.0.0/8"
)

LIMIT = 200_000_000
"""Bytes that the process may ever have had in memory."""
TOO_LARGE = "the body is larger than"
SLOW = "took longer than"

FAIL: dict[str, tuple[Behaviour, str]] = {
    "gzip bomb": (bombs("gzip"), TOO_LARGE),
    "br bomb": (bombs("br"), TOO_LARGE),
    "zstd bomb": (bombs("zstd"), TOO_LARGE),
    "nested bomb": (bombs("gzip", 2), "the body is encoded more than once (gzip, gzip)"),
    "drip-feed": (drips, SLOW),
    "endless body": (pours(endless), TOO_LARGE),
    "10 MB header": (large_header, "the header of the answer is too large"),
    "100,000 redirects": (redirects, "more than 10 redirects"),
    "50 MB feed": (pours(large), TOO_LARGE),
}
"""What each is told."""
MAY_FAIL: dict[str, Behaviour] = {
    "15 MB feed": pours(lambda: large(15_000_000)),
    "50,000 items": says(many_items),
    "entity expansion": says(entities),
    "external entities": says(external_entity),
    "100,000 nested tags": says(nested),
    "NUL bytes": says(nul_bytes),
    "lone surrogates": says(lone_surrogates),
    "years 0 and 9999": says(absurd_dates),
    "GUID of 1 MB": says(long_guid),
}
"""Documents of which something can be read, or a sentence says why not (within what time, depends
on the machine)."""
FINE = [f"127.9.6.{number}" for number in range(1, 31)]


@pytest.fixture(scope="module", autouse=True)
def packed() -> None:
    """Bombs are made before a server is asked for one."""
    for encoding, layers in (("gzip", 1), ("br", 1), ("zstd", 1), ("gzip", 2)):
        bomb(encoding, layers)


@pytest.fixture
def press(cli: Cli) -> Iterator[Rogues]:
    hostile = {name: behave for name, (behave, _) in FAIL.items()} | MAY_FAIL
    hosts = {f"127.3.6.{number}": behave for number, behave in enumerate(hostile.values(), 1)}
    with Rogues({**hosts, **{host: good() for host in FINE}}) as running:
        sources = {name: running.url(host) for name, host in zip(hostile, hosts, strict=True)}
        sources |= {host: running.url(host) for host in FINE}
        settings = {"timeout": "15s", "host_delay": "0s", "pages": "never"}
        cli.write(running.feeds_yaml(sources, **settings))
        yield running


class Watch(threading.Thread):
    """Reads the greatest size that a process has had, for as long as there is one."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.peak = 0
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.02):
            self._look()

    def end(self) -> None:
        self._over.set()
        self.join()

    def _look(self) -> None:
        try:
            lines = self._status.read_text().splitlines()
        except OSError:
            return
        sizes = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
        self.peak = max(self.peak, *sizes, 0)


@contextmanager
def started(cli: Cli, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Watch]]:
    with (cli.folder / "log.jsonl").open("wb") as log:
        process = subprocess.Popen(
            [*cli.command, *arguments],
            cwd=cli.folder,
            stdout=log,
            stderr=log,
            env=cli.environment(),
        )
    watch = Watch(process.pid)
    watch.start()
    try:
        yield process, watch
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        watch.end()


def stored(cli: Cli) -> Mapping[str, int]:
    """Articles by source."""
    database = cli.folder / "aggregator.db"
    if not database.exists():
        return {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            rows = connection.execute(
                "SELECT s.name, count(*) FROM articles a JOIN sources s ON s.id = a.source_id "
                "GROUP BY s.name"
            )
            return dict(rows.fetchall())
        except sqlite3.OperationalError:  # it is being made
            return {}


def listed(cli: Cli) -> Mapping[str, Mapping[str, object]]:
    lines = cli("sources", "--json").stdout.splitlines()
    return {str(one["name"]): one for one in map(json.loads, lines)}


def assert_withstood(cli: Cli) -> None:
    """Every good source is stored; every other has its items, or a sentence that says why not."""
    articles, sources = stored(cli), listed(cli)
    assert {host: articles.get(host) for host in FINE} == dict.fromkeys(FINE, 2)
    assert all(sources[host]["last_error"] is None for host in FINE)
    for name, (_, why) in FAIL.items():
        assert str(sources[name]["last_error"]).startswith(why), name
        assert name not in articles
    for name in MAY_FAIL:
        assert articles.get(name) or sources[name]["last_error"], name
    with closing(sqlite3.connect(cli.folder / "aggregator.db")) as connection:
        texts = connection.execute("SELECT text FROM texts").fetchall()
    assert not [text for (text,) in texts if "root:" in text]


def assert_small(watch: Watch) -> None:
    assert 0 < watch.peak < LIMIT, f"{watch.peak / 1e6:.0f} MB"


def eventually(happened: Callable[[], object], *, within: float = 90) -> None:
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.usefixtures("press")
def test_a_pass_over_all_of_them_stays_small_and_polls_the_others(cli: Cli) -> None:
    with started(cli, "update", "--json") as (process, watch):
        assert process.wait(timeout=110) == 0
    assert_withstood(cli)
    assert_small(watch)


@pytest.mark.usefixtures("press")
def test_the_service_stays_small_and_polls_the_others(cli: Cli) -> None:
    with started(cli, "run") as (process, watch):
        eventually(lambda: all(stored(cli).get(host) for host in FINE))
        eventually(lambda: all(one["state"] != "new" for one in listed(cli).values()))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert_withstood(cli)
    assert_small(watch)
